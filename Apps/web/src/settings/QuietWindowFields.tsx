import type { QuietWindow } from "../api/rules.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "../ui/Button.tsx";
import { Checkbox } from "../ui/Checkbox.tsx";
import { Field } from "../ui/Field.tsx";

interface QuietWindowFieldsProps {
  number: number;
  window: QuietWindow;
  /// Null removes it.
  onChange: (window: QuietWindow | null) => void;
}

/// One stretch of quiet hours: the days on which it begins, from when to when.
export function QuietWindowFields({ number, window, onChange }: QuietWindowFieldsProps) {
  const { t } = useLanguage();
  const { days, from, to } = window;
  const toggle = (day: number, on: boolean) =>
    onChange({ ...window, days: [...days.filter((known) => known !== day), ...(on ? [day] : [])].sort() });
  return (
    <fieldset className="quiet" data-testid="quiet-window">
      <legend>{t.rules.window(number)}</legend>
      <div className="quiet__days">
        {t.rules.days.map((name, index) => (
          <Checkbox
            key={name}
            label={name}
            checked={days.includes(index + 1)}
            onChange={(on) => toggle(index + 1, on)}
          />
        ))}
      </div>
      <div className="quiet__times">
        <Field label={t.rules.from}>
          <input
            type="time"
            value={from}
            onChange={(event) => onChange({ ...window, from: event.target.value })}
            data-testid="quiet-from"
          />
        </Field>
        <Field label={t.rules.to} hint={to <= from ? t.rules.nextDay : undefined}>
          <input
            type="time"
            value={to}
            onChange={(event) => onChange({ ...window, to: event.target.value })}
            data-testid="quiet-to"
          />
        </Field>
        <Button small look="quiet" icon="trash" iconOnly onClick={() => onChange(null)} data-testid="quiet-remove">
          {t.rules.removeWindow(number)}
        </Button>
      </div>
    </fieldset>
  );
}
