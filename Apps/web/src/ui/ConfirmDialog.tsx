import { useLanguage } from "../i18n/language.tsx";
import { Button } from "./Button.tsx";
import { Dialog } from "./Dialog.tsx";

interface ConfirmDialogProps {
  title: string;
  text: string;
  action: string;
  onConfirm: () => void;
  onClose: () => void;
}

/// Asks before something that cannot be taken back.
export function ConfirmDialog({ title, text, action, onConfirm, onClose }: ConfirmDialogProps) {
  const { t } = useLanguage();
  return (
    <Dialog title={title} onClose={onClose} data-testid="confirm-dialog">
      <p>{text}</p>
      <footer className="dialog__footer">
        <Button onClick={onClose}>{t.common.cancel}</Button>
        <Button
          look="danger"
          data-testid="confirm"
          onClick={() => {
            onClose();
            onConfirm();
          }}
        >
          {action}
        </Button>
      </footer>
    </Dialog>
  );
}
