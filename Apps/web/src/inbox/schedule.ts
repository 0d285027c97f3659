/// What an `<input type="datetime-local">` holds: the wall clock of a time zone, to the minute.
export function wallClock(date: Date, zone: string): string {
  const parts = new Intl.DateTimeFormat("en", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  }).formatToParts(date);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}`;
}

const farthest = 366 * 86_400_000;

/// The moment of a wall clock's reading in `zone`; null when it is no time to come within a year. Of a time that clocks pass twice in
/// autumn it is one of the two; of one that they leap over in spring, one that is an hour away at most.
export function momentOf(text: string, zone: string, now: Date): Date | null {
  const moment = instant(text, zone);
  const away = (moment?.getTime() ?? NaN) - now.getTime();
  return moment && away > 0 && away <= farthest ? moment : null;
}

function instant(text: string, zone: string): Date | null {
  const reading = Date.parse(`${text}Z`);
  if (Number.isNaN(reading)) return null;
  // The zone's distance from UTC near that time, and then at it: clocks may be changed between the two.
  let moment = reading;
  for (let step = 0; step < 2; step++) moment += reading - Date.parse(`${wallClock(new Date(moment), zone)}Z`);
  return new Date(moment);
}

/// Times that are asked for often, by the clocks of `zone`.
export function usualTimes(now: Date, zone: string): { key: "inHour" | "tomorrow" | "monday"; at: Date }[] {
  const today = new Date(`${wallClock(now, zone).slice(0, 10)}T00:00Z`);
  const morning = (days: number) => {
    const day = new Date(today.getTime() + days * 86_400_000).toISOString().slice(0, 10);
    return instant(`${day}T09:00`, zone) ?? now;
  };
  const tillMonday = (8 - today.getUTCDay()) % 7 || 7;
  return [
    { key: "inHour", at: new Date(now.getTime() + 3_600_000) },
    { key: "tomorrow", at: morning(1) },
    ...(tillMonday > 1 ? [{ key: "monday" as const, at: morning(tillMonday) }] : []),
  ];
}

/// The browser's own: "Asia/Almaty"
export const zoneName = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;
