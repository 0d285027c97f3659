import type { Money } from "../api/types.ts";

/// How a language writes numbers, money and times. All times are in the browser's zone.
export interface Formats {
  number(value: number): string;
  /// An amount in millionths of the currency's unit; small amounts keep as many digits as they need.
  money(amount: Money): string;
  /// "14:05"
  time(date: Date): string;
  /// "22 November 2026"
  day(date: Date): string;
  /// "22 Nov 2026, 14:05"
  moment(date: Date): string;
  /// Short, for rows: the time today, "yesterday", a weekday in the last week, else a date.
  brief(date: Date, now: Date): string;
  /// "today", "yesterday" or the day, for separators.
  dayHeading(date: Date, now: Date): string;
  /// "5 minutes ago"
  relative(date: Date, now: Date): string;
  compare(a: string, b: string): number;
}

/// Whole days between two instants as the calendar of this zone counts them.
export function daysBetween(date: Date, now: Date): number {
  const start = (moment: Date) => Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate());
  return Math.round((start(now) - start(date)) / 86_400_000);
}

/// How many fraction digits show an amount honestly: two for ordinary sums, more for fractions of a cent.
export function moneyDigits(micros: number): number {
  const value = Math.abs(micros) / 1_000_000;
  if (value === 0) return 0;
  if (value >= 0.1) return 2;
  return value >= 0.001 ? 4 : 6;
}

export type RelativeUnit = "second" | "minute" | "hour" | "day" | "month" | "year";

/// The unit and count in which a distance is best said.
export function distance(date: Date, now: Date): { count: number; unit: RelativeUnit } {
  const seconds = Math.max(0, (now.getTime() - date.getTime()) / 1000);
  if (seconds < 45) return { count: 0, unit: "second" };
  if (seconds < 3_570) return { count: Math.max(1, Math.round(seconds / 60)), unit: "minute" };
  if (seconds < 84_600) return { count: Math.max(1, Math.round(seconds / 3_600)), unit: "hour" };
  const days = Math.max(1, daysBetween(date, now));
  if (days < 30) return { count: days, unit: "day" };
  if (days < 365) return { count: Math.max(1, Math.floor(days / 30.44)), unit: "month" };
  return { count: Math.floor(days / 365.25) || 1, unit: "year" };
}
