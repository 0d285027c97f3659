import { useEffect, useState } from "react";
import { channels } from "../api/channels.ts";
import type { Channel } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "../ui/Button.tsx";
import { CopyField } from "../ui/CopyField.tsx";
import { toast } from "../ui/Toasts.tsx";
import { Arrival } from "./Arrival.tsx";
import { InstallSnippet } from "./InstallSnippet.tsx";
import { mustPaste } from "./kinds.ts";
import { SharedHookNote } from "./SharedHookNote.tsx";

interface ConnectDoneProps {
  channel: Channel;
  /// Whether the messenger took the webhook from us.
  receives: boolean;
  onClose: () => void;
}

/// The last step: what is left to paste, and a first message to try it with.
export function ConnectDone({ channel, receives, onClose }: ConnectDoneProps) {
  const { t } = useLanguage();
  const { wizard: words } = t.channels;
  const [account, setAccount] = useState("");
  useEffect(() => {
    if (receives) toast(t.channels.added(channel.name));
    channels.list().then(({ items }) => {
      const known = items.find(({ id }) => id === channel.id)?.health?.account;
      setAccount(known?.username ? `@${known.username}` : known?.name ?? "");
    }, () => {});
    // Said once, when the step appears.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [channel.id]);
  const hints = t.channels.tryHints as Record<string, (account: string) => string>;
  const hint = (hints[channel.kind] ?? t.channels.tryHints.other)(account);
  return (
    <div className="stack" data-testid="connect-done">
      {!mustPaste(channel, receives) && <SharedHookNote channel={channel} />}
      {mustPaste(channel, receives) && (
        <div className="guide">
          <h3>{words.pasteTitle}</h3>
          <p>{words.pasteHint}</p>
          <CopyField
            label={t.channels.webhookPath}
            value={location.origin + channel.webhook_path}
            data-testid="done-webhook"
          />
          <SharedHookNote channel={channel} />
          {channel.generated?.verify_token
            ? (
              <>
                <p>{words.pasteVerify}</p>
                <CopyField label={words.pasteVerify} value={channel.generated.verify_token} data-testid="done-verify" />
              </>
            )
            : <p className="muted">{words.pasteVerifyMissing}</p>}
        </div>
      )}
      {channel.public_key && <InstallSnippet channel={channel} />}
      <div className="guide">
        <h3>{words.tryIt}</h3>
        <p data-testid="try-hint">{hint}</p>
        <Arrival channel={channel.id} />
      </div>
      <div className="form-actions">
        <Button look="primary" onClick={onClose} data-testid="wizard-done">{words.close}</Button>
      </div>
    </div>
  );
}
