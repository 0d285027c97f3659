import { useLanguage } from "../i18n/language.tsx";
import { Button } from "../ui/Button.tsx";
import { Checkbox } from "../ui/Checkbox.tsx";
import { Field } from "../ui/Field.tsx";
import { useNow } from "../ui/useNow.ts";
import { usualTimes, wallClock, zoneName } from "./schedule.ts";

export interface ScheduleValue {
  at: string;
  cancelOnReply: boolean;
}

interface ScheduleFieldsProps {
  value: ScheduleValue;
  error: string | null;
  onChange: (value: ScheduleValue) => void;
}

/// When a message is to leave, and whether an answer of the customer stops it.
export function ScheduleFields({ value, error, onChange }: ScheduleFieldsProps) {
  const { t } = useLanguage();
  const zone = zoneName();
  const now = useNow();
  return (
    <>
      <div className="form-actions">
        {usualTimes(now).map(({ key, at }) => (
          <Button
            key={key}
            small
            onClick={() => onChange({ ...value, at: wallClock(at) })}
            data-testid={`schedule-${key}`}
          >
            {t.schedule[key]}
          </Button>
        ))}
      </div>
      <Field label={t.schedule.at} hint={t.schedule.zone(zone)} error={error}>
        <input
          type="datetime-local"
          required
          min={wallClock(now)}
          value={value.at}
          onChange={(event) => onChange({ ...value, at: event.target.value })}
          data-testid="schedule-at"
        />
      </Field>
      <Checkbox
        label={t.schedule.cancelOnReply}
        checked={value.cancelOnReply}
        onChange={(cancelOnReply) => onChange({ ...value, cancelOnReply })}
        data-testid="schedule-cancel-on-reply"
      />
    </>
  );
}
