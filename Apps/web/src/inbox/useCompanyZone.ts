import { type SendingRules, sendingRules } from "../api/rules.ts";
import { useLoaded } from "../ui/useLoaded.ts";
import { zoneName } from "./schedule.ts";

/// A time zone, and whether it is the company's own choice.
export interface Zone {
  name: string;
  isCompanys: boolean;
}

/// The zone in which the company's rules of sending speak; the browser's where it has none, or they cannot be read. Null until it is known.
export function useCompanyZone(): Zone | null {
  const { value, problem } = useLoaded("company zone", () => sendingRules.get(null));
  if (!value && !problem) return null;
  return value && (value.own || isChosen(value.rules))
    ? { name: value.rules.time_zone, isCompanys: true }
    : { name: zoneName(), isCompanys: false };
}

function isChosen({ time_zone: zone, quiet_hours: hours, daily_cap: cap }: SendingRules): boolean {
  return zone !== "UTC" || hours.length > 0 || Boolean(cap);
}
