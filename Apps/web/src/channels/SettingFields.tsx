import type { Problem } from "../api/problem.ts";
import type { ChannelField, ChannelKind } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Checkbox } from "../ui/Checkbox.tsx";
import { Field } from "../ui/Field.tsx";
import { fieldText } from "../ui/ProblemNotice.tsx";
import { isRare, localText } from "./kinds.ts";

interface SettingFieldsProps {
  kind: ChannelKind;
  values: Record<string, string>;
  onChange: (values: Record<string, string>) => void;
  /// Whether the person tried to go on, so that empty fields are told.
  tried: boolean;
  problem: Problem | null;
  /// The channel exists: its secrets are kept unless something is typed over them.
  isChange?: boolean;
}

export function isMissing(field: ChannelField, values: Record<string, string>, isChange = false): boolean {
  return field.required && !(isChange && field.secret) && !values[field.name]?.trim();
}

/// The fields that a kind of channel describes, so that a new kind needs no new screen. What is rarely touched is folded.
export function SettingFields(props: SettingFieldsProps) {
  const { t } = useLanguage();
  const { kind, problem } = props;
  const rare = kind.fields.filter(isRare);
  const hasRareProblem = rare.some((field) => problem?.field(`settings.${field.name}`) || problem?.field(field.name));
  return (
    <>
      {kind.fields.filter((field) => !isRare(field)).map((field) => (
        <SettingInput key={field.name} field={field} {...props} />
      ))}
      {rare.length > 0 && (
        <details className="more-settings" open={hasRareProblem || undefined}>
          <summary>{t.channels.wizard.more}</summary>
          <div className="stack">
            {rare.map((field) => <SettingInput key={field.name} field={field} {...props} />)}
          </div>
        </details>
      )}
    </>
  );
}

function SettingInput(
  { field, values, onChange, tried, problem, isChange }: SettingFieldsProps & { field: ChannelField },
) {
  const { t, language } = useLanguage();
  const label = localText(field.title, language) || field.name;
  const value = values[field.name] ?? "";
  const set = (next: string) => onChange({ ...values, [field.name]: next });
  const error = tried && isMissing(field, values, isChange)
    ? t.errors.required
    : fieldText(problem, field.name, t) ?? fieldText(problem, `settings.${field.name}`, t);
  const help = localText(field.help, language);
  if (field.kind === "flag") {
    return (
      <Checkbox
        label={label}
        hint={help || undefined}
        error={error}
        checked={(value || field.default) === "true"}
        onChange={(checked) => set(String(checked))}
        data-testid={`field-${field.name}`}
      />
    );
  }
  const hints = [
    help,
    field.default && t.channels.wizard.defaultIs(field.default),
    isChange && field.secret && t.channels.secretKeep,
  ].filter(Boolean).join(" ");
  return (
    <Field label={label} hint={hints || undefined} error={error}>
      <input
        type={field.secret ? "password" : field.kind === "base-url" ? "url" : "text"}
        autoComplete="off"
        spellCheck={false}
        required={field.required && !(isChange && field.secret)}
        value={value}
        placeholder={isChange && field.secret ? t.channels.secretKept : field.default ?? undefined}
        onChange={(event) => set(event.target.value)}
        data-testid={`field-${field.name}`}
      />
    </Field>
  );
}
