import type { LocalizedText } from "../api/types.ts";
import { languageNames } from "../i18n/language.tsx";
import { Field } from "../ui/Field.tsx";
import { spoken } from "./draft.ts";
import { type SettingsPart, written } from "./SettingsPart.ts";

interface SpokenFieldProps extends SettingsPart {
  label: string;
  hint?: string;
  /// The field's name in the HTTP contract.
  field: string;
  value: LocalizedText;
  most: number;
  rows?: number;
  onChange: (text: LocalizedText) => void;
  "data-testid": string;
}

/// A text in the language that is being written; where it is empty stands what visitors would read instead.
export function SpokenField(props: SpokenFieldProps) {
  const { label, hint, field, value, most, rows, writing, settings, error, onChange } = props;
  const shared = {
    lang: writing,
    maxLength: most,
    value: value[writing] ?? "",
    placeholder: spoken(value, writing, settings.language),
    onChange: (event: { target: { value: string } }) => onChange(written(value, writing, event.target.value)),
    "data-testid": props["data-testid"],
  };
  return (
    <Field label={`${label} (${languageNames[writing]})`} hint={hint} error={error(`${field}.${writing}`)}>
      {rows ? <textarea rows={rows} {...shared} /> : <input type="text" {...shared} />}
    </Field>
  );
}
