import type { OpenPeriod } from "../api/types.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import type { SettingsPart } from "./SettingsPart.ts";
import { SpokenField } from "./SpokenField.tsx";
import { useWords } from "./words/useWords.ts";

const workweek: OpenPeriod[] = [1, 2, 3, 4, 5].map((day) => ({ day, from: "09:00", to: "18:00" }));

/// When people are there, and what the chat says when they are not.
export function HoursFields(part: SettingsPart) {
  const words = useWords();
  const { settings, set, error } = part;
  const { hours } = settings;
  const setPeriods = (periods: OpenPeriod[]) => set({ hours: { ...hours, periods } });
  return (
    <section className="panel" aria-label={words.hours}>
      <h2>{words.hours}</h2>
      <p className="muted">{words.hoursHint}</p>
      <Field label={words.timeZone} error={error("hours.time_zone")}>
        <select
          value={hours.time_zone}
          onChange={(event) => set({ hours: { ...hours, time_zone: event.target.value } })}
          data-testid="chat-zone"
        >
          {zones(hours.time_zone).map((zone) => <option key={zone} value={zone}>{zone.replaceAll("_", " ")}</option>)}
        </select>
      </Field>
      {hours.periods.length === 0 && (
        <div className="form-actions">
          <Button small onClick={() => setPeriods(workweek)} data-testid="chat-workweek">{words.workweek}</Button>
        </div>
      )}
      <ul className="week" data-testid="chat-week">
        {words.days.map((name, index) => (
          <Day key={name} {...part} name={name} day={index + 1} setPeriods={setPeriods} />
        ))}
      </ul>
      <SpokenField
        {...part}
        label={words.offline}
        hint={words.offlineHint}
        field="offline_message"
        value={settings.offline_message}
        most={1000}
        rows={2}
        onChange={(text) =>
          set({ offline_message: text })}
        data-testid="chat-offline"
      />
    </section>
  );
}

interface DayProps extends SettingsPart {
  name: string;
  day: number;
  setPeriods: (periods: OpenPeriod[]) => void;
}

function Day({ name, day, settings, setPeriods, error }: DayProps) {
  const words = useWords();
  const { periods } = settings.hours;
  const own = periods.flatMap((period, index) => period.day === day ? [{ period, index }] : []);
  const change = (index: number, part: Partial<OpenPeriod>) =>
    setPeriods(periods.map((period, at) => at === index ? { ...period, ...part } : period));
  const last = own[own.length - 1]?.period.to;
  const next = last && last < "23:00" ? { day, from: last, to: "23:00" } : { day, from: "09:00", to: "18:00" };
  return (
    <li className="week__day" data-day={day}>
      <span className="week__name">{name}</span>
      <div className="week__hours">
        {own.length === 0 && periods.length > 0 && <span className="muted">{words.closed}</span>}
        {own.map(({ period, index }) => {
          const problem = ["", ".day", ".from", ".to"].map((end) => error(`hours.periods.[${index}]${end}`)).find(
            Boolean,
          );
          const shared = { type: "time", required: true, "aria-invalid": problem ? true : undefined } as const;
          return (
            <div key={index} className="week__line">
              <input
                {...shared}
                aria-label={words.from(name)}
                value={period.from}
                onChange={(event) => change(index, { from: event.target.value })}
              />
              <span aria-hidden="true">–</span>
              <input
                {...shared}
                aria-label={words.to(name)}
                // Midnight at the end of the day is 24:00, which a time field cannot hold.
                value={period.to === "24:00" ? "00:00" : period.to}
                onChange={(event) =>
                  change(index, { to: event.target.value === "00:00" ? "24:00" : event.target.value })}
              />
              <Button small look="quiet" icon="close" iconOnly onClick={() => setPeriods(periods.toSpliced(index, 1))}>
                {words.removeHours(name)}
              </Button>
              {problem && <p className="field__error" role="alert">{problem}</p>}
            </div>
          );
        })}
      </div>
      <Button small look="quiet" icon="plus" iconOnly onClick={() => setPeriods([...periods, next])}>
        {words.addHours(name)}
      </Button>
    </li>
  );
}

function zones(current: string): string[] {
  const known = Intl.supportedValuesOf("timeZone");
  return known.includes(current) ? known : [current, ...known];
}
