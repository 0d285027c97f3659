import { languageNames, languages } from "../i18n/language.tsx";
import { Checkbox } from "../ui/Checkbox.tsx";
import { Field } from "../ui/Field.tsx";
import { LanguageSelect } from "../ui/LanguageSelect.tsx";
import type { SettingsPart } from "./SettingsPart.ts";
import { useWords } from "./words/useWords.ts";

export function LanguagesFields({ settings, set, error }: SettingsPart) {
  const words = useWords();
  const problem = error("languages");
  return (
    <section className="panel" aria-label={words.languages}>
      <h2>{words.languages}</h2>
      <fieldset>
        <legend>{words.languagesHint}</legend>
        <div className="inline-choices">
          {languages.map((language) => (
            <Checkbox
              key={language}
              label={languageNames[language]}
              checked={settings.languages.includes(language)}
              onChange={(on) =>
                set({
                  languages: languages.filter((code) => code === language ? on : settings.languages.includes(code)),
                })}
              data-testid={`chat-language-${language}`}
            />
          ))}
        </div>
        {problem && <p className="field__error" role="alert">{problem}</p>}
      </fieldset>
      <Field label={words.language} error={error("language")}>
        <LanguageSelect
          value={settings.language}
          onChange={(language) => set({ language })}
          data-testid="chat-language"
        />
      </Field>
    </section>
  );
}
