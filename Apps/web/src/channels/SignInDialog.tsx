import type { Channel, ChannelKind } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { toast } from "../ui/Toasts.tsx";
import { SignIn } from "./SignIn.tsx";

interface SignInDialogProps {
  channel: Channel;
  kind: ChannelKind;
  onClose: () => void;
  onSignedIn: () => void;
}

/// Signs the account of a channel that exists in again.
export function SignInDialog({ channel, kind, onClose, onSignedIn }: SignInDialogProps) {
  const { t } = useLanguage();
  return (
    <Dialog title={t.channels.signIn.title(channel.name)} onClose={onClose} data-testid="sign-in-dialog">
      <SignIn
        channel={channel}
        kind={kind}
        onSignedIn={() => {
          toast(t.channels.signIn.done);
          onSignedIn();
          onClose();
        }}
      />
    </Dialog>
  );
}
