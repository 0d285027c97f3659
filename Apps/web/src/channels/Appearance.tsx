import type { Problem } from "../api/problem.ts";
import type { Language } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Field } from "../ui/Field.tsx";
import { LanguageSelect } from "../ui/LanguageSelect.tsx";
import { fieldText } from "../ui/ProblemNotice.tsx";
import { ChatPreview } from "./ChatPreview.tsx";

export const defaultAppearance = (language: string): Record<string, string> => ({ color: "#2a5bd7", language });

interface AppearanceProps {
  values: Record<string, string>;
  onChange: (values: Record<string, string>) => void;
  problem: Problem | null;
}

/// How the chat on a site looks and greets, with a picture of it that follows every change.
export function Appearance({ values, onChange, problem }: AppearanceProps) {
  const { t } = useLanguage();
  const { appearance: words } = t.channels;
  const set = (name: string) => (event: { target: { value: string } }) =>
    onChange({ ...values, [name]: event.target.value });
  const errorOf = (name: string) => fieldText(problem, `settings.${name}`, t);
  return (
    <div className="appearance">
      <div className="stack">
        <Field label={words.title} hint={words.titleHint} error={errorOf("title")}>
          <input
            type="text"
            maxLength={60}
            value={values.title ?? ""}
            onChange={set("title")}
            data-testid="look-title"
          />
        </Field>
        <Field label={words.greeting} hint={words.greetingHint} error={errorOf("greeting")}>
          <textarea
            rows={2}
            maxLength={500}
            value={values.greeting ?? ""}
            onChange={set("greeting")}
            data-testid="look-greeting"
          />
        </Field>
        <div className="form-line">
          <Field label={words.color} error={errorOf("color")}>
            <input type="color" value={values.color ?? ""} onChange={set("color")} data-testid="look-color" />
          </Field>
          <Field label={words.language} error={errorOf("language")}>
            <LanguageSelect
              value={(values.language ?? "ru") as Language}
              onChange={(language) => onChange({ ...values, language })}
              data-testid="look-language"
            />
          </Field>
        </div>
      </div>
      <ChatPreview values={values} />
    </div>
  );
}
