/// What an `<input type="datetime-local">` holds: the browser's own wall clock, to the minute.
export function wallClock(date: Date): string {
  const pad = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}T${pad(date.getHours())}:${
    pad(date.getMinutes())
  }`;
}

const farthest = 366 * 86_400_000;

/// The moment of a wall clock's reading; null when it is no time to come within a year.
export function momentOf(text: string, now: Date): Date | null {
  const moment = new Date(text);
  const away = moment.getTime() - now.getTime();
  return away > 0 && away <= farthest ? moment : null;
}

/// Times that are asked for often, in the browser's zone.
export function usualTimes(now: Date): { key: "inHour" | "tomorrow" | "monday"; at: Date }[] {
  const morning = (days: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, 9);
  const tillMonday = (8 - now.getDay()) % 7 || 7;
  return [
    { key: "inHour", at: new Date(now.getTime() + 3_600_000) },
    { key: "tomorrow", at: morning(1) },
    ...(tillMonday > 1 ? [{ key: "monday" as const, at: morning(tillMonday) }] : []),
  ];
}

/// "Asia/Almaty"
export const zoneName = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;
