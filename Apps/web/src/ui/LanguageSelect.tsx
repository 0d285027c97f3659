import type { SelectHTMLAttributes } from "react";
import type { Language } from "../api/types.ts";
import { languageNames, languages } from "../i18n/language.tsx";

interface LanguageSelectProps extends Omit<SelectHTMLAttributes<HTMLSelectElement>, "onChange" | "value"> {
  value: Language;
  onChange: (language: Language) => void;
  "data-testid"?: string;
}

export function LanguageSelect({ value, onChange, ...rest }: LanguageSelectProps) {
  return (
    <select {...rest} value={value} onChange={(event) => onChange(event.target.value as Language)}>
      {languages.map((language) => (
        <option key={language} value={language} lang={language}>{languageNames[language]}</option>
      ))}
    </select>
  );
}
