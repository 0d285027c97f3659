import { type FormEvent, useState } from "react";
import { channels } from "../api/channels.ts";
import type { Channel, ChannelKind } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "../ui/Button.tsx";
import { CopyField } from "../ui/CopyField.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { fieldText, ProblemNotice } from "../ui/ProblemNotice.tsx";
import { toast } from "../ui/Toasts.tsx";
import { useAction } from "../ui/useAction.ts";
import { changedSettings, pastesWebhook } from "./kinds.ts";
import { isMissing, SettingFields } from "./SettingFields.tsx";
import { SharedHookNote } from "./SharedHookNote.tsx";

interface ChangeChannelDialogProps {
  channel: Channel;
  kind: ChannelKind;
  onClose: () => void;
  /// `isNew` when the settings are others now, so that it is worth asking the messenger.
  onSaved: (isNew: boolean) => void;
}

/// The name and the settings of a channel that exists; only what was changed is sent.
export function ChangeChannelDialog({ channel, kind, onClose, onSaved }: ChangeChannelDialogProps) {
  const { t } = useLanguage();
  const [name, setName] = useState(channel.name);
  const [values, setValues] = useState<Record<string, string>>(() => startValues(channel, kind));
  const [tried, setTried] = useState(false);
  const { busy, problem, run } = useAction();
  const save = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!name.trim() || kind.fields.some((field) => isMissing(field, values, true))) return;
    const settings = changedSettings(kind.fields, values, channel.settings);
    const isNew = Object.keys(settings).length > 0;
    void run(async () => {
      await channels.update(channel.id, {
        name: name.trim(),
        ...(isNew ? { settings } : {}),
        ...(isNew && channel.state === "failed" ? { state: "active" } : {}),
      });
      toast(t.channels.changed);
      onSaved(isNew);
      onClose();
    });
  };
  return (
    <Dialog
      title={t.channels.changeTitle(channel.name)}
      onClose={onClose}
      data-testid="change-channel"
    >
      <form className="stack" noValidate onSubmit={save}>
        <Field
          label={t.channels.name}
          error={tried && !name.trim() ? t.errors.required : fieldText(problem, "name", t)}
        >
          <input type="text" value={name} onChange={(event) => setName(event.target.value)} data-testid="change-name" />
        </Field>
        <SettingFields kind={kind} values={values} onChange={setValues} tried={tried} problem={problem} isChange />
        {channel.webhook_path && (
          <div className="stack stack--tight">
            <h3>{t.channels.webhookPath}</h3>
            <CopyField
              label={t.channels.webhookPath}
              value={location.origin + channel.webhook_path}
              data-testid="channel-webhook"
            />
            <SharedHookNote channel={channel} />
            {pastesWebhook(channel.kind) && (
              <>
                <p className="muted">{t.channels.wizard.appAddresses}</p>
                <CopyField
                  label={t.channels.wizard.deletionAddress}
                  value={`${location.origin}${channel.webhook_path}/data-deletion`}
                  data-testid="channel-deletion"
                />
                <CopyField
                  label={t.channels.wizard.deauthorizeAddress}
                  value={`${location.origin}${channel.webhook_path}/deauthorize`}
                  data-testid="channel-deauthorize"
                />
              </>
            )}
          </div>
        )}
        {problem && <ProblemNotice problem={problem} />}
        <footer className="dialog__footer">
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" look="primary" busy={busy} data-testid="change-save">
            {busy ? t.common.saving : t.common.save}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

function startValues(channel: Channel, kind: ChannelKind): Record<string, string> {
  const plain = kind.fields.filter(({ secret }) => !secret).map(({ name }) => [name, channel.settings[name]] as const);
  const filled = plain.filter(([, value]) => value !== undefined && value !== null && value !== "");
  return Object.fromEntries(filled.map(([name, value]) => [name, String(value)]));
}
