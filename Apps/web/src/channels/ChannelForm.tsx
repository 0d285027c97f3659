import { type FormEvent, useState } from "react";
import { channels } from "../api/channels.ts";
import type { ChannelKind, ChannelMode, LocalizedText } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { fieldText, ProblemNotice } from "../ui/ProblemNotice.tsx";
import { toast } from "../ui/Toasts.tsx";
import { useAction } from "../ui/useAction.ts";

interface ChannelFormProps {
  kind: ChannelKind;
  onAdded: () => void;
}

/// A form made from the kind's field descriptions, so that a new kind of channel needs no new screen.
export function ChannelForm({ kind, onAdded }: ChannelFormProps) {
  const { t, language } = useLanguage();
  const [name, setName] = useState(kind.title);
  const [mode, setMode] = useState<ChannelMode>(kind.modes[0] ?? "none");
  const [values, setValues] = useState<Record<string, string>>({});
  const [tried, setTried] = useState(false);
  const { busy, problem, run } = useAction();
  const local = (text: LocalizedText | null | undefined) => text?.[language] ?? text?.en ?? "";
  const isMissing = (field: { name: string; required: boolean }) => field.required && !values[field.name]?.trim();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!name.trim() || kind.fields.some(isMissing)) return;
    void run(async () => {
      const filled = Object.entries(values).map(([key, value]) => [key, value.trim()]).filter(([, value]) => value);
      const channel = await channels.add({
        kind: kind.kind,
        name: name.trim(),
        mode,
        settings: Object.fromEntries(filled),
      });
      toast(t.channels.added(channel.name));
      onAdded();
    });
  };
  return (
    <form className="stack" noValidate onSubmit={submit} data-testid="channel-form">
      <Field label={t.channels.name} error={tried && !name.trim() ? t.errors.required : fieldText(problem, "name", t)}>
        <input type="text" value={name} onChange={(event) => setName(event.target.value)} data-testid="channel-name" />
      </Field>
      {kind.modes.length > 1 && (
        <Field label={t.channels.mode} error={fieldText(problem, "mode", t)}>
          <select
            value={mode}
            onChange={(event) => setMode(event.target.value as ChannelMode)}
            data-testid="channel-mode"
          >
            {kind.modes.map((item) => <option key={item} value={item}>{t.channels[item]}</option>)}
          </select>
        </Field>
      )}
      {kind.fields.map((field) => (
        <Field
          key={field.name}
          label={local(field.title) || field.name}
          hint={local(field.help) || undefined}
          error={tried && isMissing(field)
            ? t.errors.required
            : fieldText(problem, field.name, t) ?? fieldText(problem, `settings.${field.name}`, t)}
        >
          <input
            type={field.secret ? "password" : "text"}
            autoComplete="off"
            required={field.required}
            value={values[field.name] ?? ""}
            onChange={(event) => setValues({ ...values, [field.name]: event.target.value })}
            data-testid={`field-${field.name}`}
          />
        </Field>
      ))}
      {problem && <ProblemNotice problem={problem} />}
      <Button type="submit" look="primary" busy={busy} data-testid="channel-connect">
        {busy ? t.channels.connecting : t.channels.connect}
      </Button>
    </form>
  );
}
