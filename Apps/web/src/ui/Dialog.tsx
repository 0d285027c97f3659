import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "./Button.tsx";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
  "data-testid"?: string;
}

/// A modal dialog. The browser's own element traps focus, closes on Escape and gives focus back.
export function Dialog({ title, onClose, children, wide, ...rest }: DialogProps) {
  const { t } = useLanguage();
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  // In the layout phase: closed after it left the page, a dialog would not give the focus back.
  useLayoutEffect(() => {
    const dialog = element.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the backdrop; Escape does the same
    <dialog
      ref={element}
      className={wide ? "dialog dialog--wide" : "dialog"}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => event.target === element.current && onClose()}
      data-testid={rest["data-testid"] ?? "dialog"}
    >
      <div className="dialog__body">
        <header className="dialog__header">
          <h2 id={heading}>{title}</h2>
          <Button look="quiet" icon="close" iconOnly onClick={onClose}>{t.common.close}</Button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
