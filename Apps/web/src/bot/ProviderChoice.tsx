import { useId } from "react";
import type { BotSettings } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";

interface ProviderChoiceProps {
  value: BotSettings["provider"];
  onChange: (provider: BotSettings["provider"]) => void;
}

export function ProviderChoice({ value, onChange }: ProviderChoiceProps) {
  const { t } = useLanguage();
  const name = useId();
  const choices = [
    { provider: "builtin", title: t.bot.builtin, hint: t.bot.builtinHint },
    { provider: "openai_compatible", title: t.bot.openai, hint: t.bot.openaiHint },
  ] as const;
  return (
    <fieldset>
      <legend>{t.bot.provider}</legend>
      <div className="stack stack--tight">
        {choices.map(({ provider, title, hint }) => (
          <div key={provider} className="checkbox">
            <input
              id={name + provider}
              type="radio"
              name={name}
              checked={value === provider}
              aria-describedby={`${name}${provider}-hint`}
              onChange={() => onChange(provider)}
              data-testid={`provider-${provider}`}
            />
            <label htmlFor={name + provider}>{title}</label>
            <p className="field__hint" id={`${name}${provider}-hint`}>{hint}</p>
          </div>
        ))}
      </div>
    </fieldset>
  );
}
