import { type FormEvent, useState } from "react";
import { type QuietWindow, type RulesInForce, type SendingRules, sendingRules } from "../api/rules.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { Button } from "../ui/Button.tsx";
import { Checkbox } from "../ui/Checkbox.tsx";
import { Field } from "../ui/Field.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { toast } from "../ui/Toasts.tsx";
import { useAction } from "../ui/useAction.ts";
import { zoneName } from "../inbox/schedule.ts";
import { QuietWindowFields } from "./QuietWindowFields.tsx";

interface SendingRulesFormProps {
  channel: string | null;
  inForce: RulesInForce;
  onSaved: () => void;
}

const everyDay = [1, 2, 3, 4, 5, 6, 7];

export function SendingRulesForm({ channel, inForce, onSaved }: SendingRulesFormProps) {
  const { t, formats } = useLanguage();
  const { can } = useSession();
  const [rules, setRules] = useState<SendingRules>(() => startRules(inForce));
  const [isOwn, setIsOwn] = useState(channel === null || inForce.own !== null);
  const { busy, problem, run } = useAction();
  const { quiet_hours: windows, daily_cap: cap } = rules;
  const mayChange = can("channel.write");
  const change = (index: number, window: QuietWindow | null) =>
    setRules({
      ...rules,
      quiet_hours: windows.flatMap((known, at) => at === index ? (window ? [window] : []) : [known]),
    });
  const save = (event: FormEvent) => {
    event.preventDefault();
    void run(async () => {
      if (channel && !isOwn) await sendingRules.inherit(channel);
      else await sendingRules.set(channel, rules);
      toast(t.common.saved);
      onSaved();
    });
  };
  return (
    <form className="stack" onSubmit={save} noValidate>
      {inForce.quiet_until && (
        <p role="status" data-testid="rules-quiet">
          {t.rules.quietNow(formats.moment(new Date(inForce.quiet_until)))}
        </p>
      )}
      {channel && (
        <Checkbox
          label={t.rules.own}
          checked={isOwn}
          disabled={!mayChange}
          onChange={setIsOwn}
          data-testid="rules-own"
        />
      )}
      <fieldset className="plain stack" disabled={!mayChange || !isOwn}>
        <legend className="visually-hidden">{t.rules.title}</legend>
        <Field label={t.rules.zone}>
          <select
            value={rules.time_zone}
            onChange={(event) => setRules({ ...rules, time_zone: event.target.value })}
            data-testid="rules-zone"
          >
            {zones(rules.time_zone).map((zone) => <option key={zone}>{zone}</option>)}
          </select>
        </Field>
        {windows.map((window, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- windows have no identity; they are replaced whole
          <QuietWindowFields key={index} number={index + 1} window={window} onChange={(next) => change(index, next)} />
        ))}
        <div>
          <Button
            small
            icon="plus"
            onClick={() =>
              setRules({ ...rules, quiet_hours: [...windows, { days: everyDay, from: "21:00", to: "09:00" }] })}
            data-testid="rules-add-window"
          >
            {t.rules.addWindow}
          </Button>
        </div>
        <Field label={t.rules.cap} hint={t.rules.capHint}>
          <input
            type="number"
            min={1}
            max={1_000}
            inputMode="numeric"
            value={cap ?? ""}
            onChange={(event) =>
              setRules({ ...rules, daily_cap: event.target.value ? Number(event.target.value) : null })}
            data-testid="rules-cap"
          />
        </Field>
      </fieldset>
      {problem && <ProblemNotice problem={problem} />}
      {mayChange && (
        <div>
          <Button type="submit" busy={busy} data-testid="rules-save">{t.common.save}</Button>
        </div>
      )}
    </form>
  );
}

/// An account without rules begins with the reader's own zone.
function startRules({ rules, own }: RulesInForce): SendingRules {
  const isEmpty = !own && rules.quiet_hours.length === 0 && !rules.daily_cap;
  return isEmpty ? { ...rules, time_zone: zoneName() } : rules;
}

function zones(chosen: string): string[] {
  return [...new Set([chosen, "UTC", ...Intl.supportedValuesOf("timeZone")])].sort();
}
