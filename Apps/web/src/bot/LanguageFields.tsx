import type { Language } from "../api/types.ts";
import { languageNames, languages, useLanguage } from "../i18n/language.tsx";
import { Checkbox } from "../ui/Checkbox.tsx";
import { Field } from "../ui/Field.tsx";
import type { BotFieldsProps } from "./BotForm.tsx";

/// The languages of the answers and the notice that a machine answers.
export function LanguageFields({ draft, set, error }: BotFieldsProps) {
  const { t } = useLanguage();
  const toggle = (language: Language, on: boolean) =>
    set({ languages: languages.filter((code) => code === language ? on : draft.languages.includes(code)) });
  return (
    <section className="panel">
      <fieldset>
        <legend>{t.bot.languages}</legend>
        <div className="inline-choices">
          {languages.map((language) => (
            <Checkbox
              key={language}
              label={languageNames[language]}
              checked={draft.languages.includes(language)}
              onChange={(on) => toggle(language, on)}
              data-testid={`bot-language-${language}`}
            />
          ))}
        </div>
      </fieldset>
      <h3>{t.bot.notice}</h3>
      <p className="muted">{t.bot.noticeHint}</p>
      {languages.map((language) => (
        <Field key={language} label={languageNames[language]} error={error(`ai_notice.${language}`)}>
          <input
            type="text"
            lang={language}
            value={draft.ai_notice[language] ?? ""}
            onChange={(event) =>
              set({ ai_notice: { ...draft.ai_notice, [language]: event.target.value } })}
            data-testid={`bot-notice-${language}`}
          />
        </Field>
      ))}
    </section>
  );
}
