import type { Theme } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";

interface ThemeChoiceProps {
  value: Theme;
  onChange: (theme: Theme) => void;
}

export function ThemeChoice({ value, onChange }: ThemeChoiceProps) {
  const { t } = useLanguage();
  return (
    <fieldset>
      <legend>{t.settings.theme}</legend>
      <div className="inline-choices">
        {(["system", "light", "dark"] as const).map((theme) => (
          <div className="checkbox" key={theme}>
            <input
              id={`theme-${theme}`}
              type="radio"
              name="theme"
              checked={value === theme}
              onChange={() => onChange(theme)}
              data-testid={`theme-${theme}`}
            />
            <label htmlFor={`theme-${theme}`}>{t.settings[theme]}</label>
          </div>
        ))}
      </div>
    </fieldset>
  );
}
