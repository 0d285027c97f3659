import { useLanguage } from "../i18n/language.tsx";
import { Button } from "../ui/Button.tsx";
import { Checkbox } from "../ui/Checkbox.tsx";
import { Field } from "../ui/Field.tsx";
import { useNow } from "../ui/useNow.ts";
import { momentOf, usualTimes, wallClock, zoneName } from "./schedule.ts";
import type { Zone } from "./useCompanyZone.ts";

export interface ScheduleValue {
  at: string;
  cancelOnReply: boolean;
}

interface ScheduleFieldsProps {
  /// Whose clock `at` is read from.
  zone: Zone;
  value: ScheduleValue;
  error: string | null;
  onChange: (value: ScheduleValue) => void;
}

/// When a message is to leave, and whether an answer of the customer stops it.
export function ScheduleFields({ zone, value, error, onChange }: ScheduleFieldsProps) {
  const { t, formats } = useLanguage();
  const now = useNow();
  const at = momentOf(value.at, zone.name, now);
  const isElsewhere = at && wallClock(at, zone.name) !== wallClock(at, zoneName());
  const hint = [
    (zone.isCompanys ? t.schedule.companyZone : t.schedule.zone)(zone.name),
    isElsewhere && t.schedule.yourClock(formats.moment(at)),
  ].filter(Boolean).join(" ");
  return (
    <>
      <div className="form-actions">
        {usualTimes(now, zone.name).map(({ key, at }) => (
          <Button
            key={key}
            small
            onClick={() => onChange({ ...value, at: wallClock(at, zone.name) })}
            data-testid={`schedule-${key}`}
          >
            {t.schedule[key]}
          </Button>
        ))}
      </div>
      <Field label={t.schedule.at} hint={hint} error={error}>
        <input
          type="datetime-local"
          required
          min={wallClock(now, zone.name)}
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
