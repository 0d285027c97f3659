import { daysBetween, distance, type Formats, moneyDigits } from "./formats.ts";

const locales = { en: "en-GB", ru: "ru-RU" };

/// Formats for languages that browsers know well.
export function intlFormats(language: "en" | "ru"): Formats {
  const locale = locales[language];
  const number = new Intl.NumberFormat(locale);
  const time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
  const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" });
  const dayThisYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long" });
  const short = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
  const shortWithYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });
  const weekday = new Intl.DateTimeFormat(locale, { weekday: "short" });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const collator = new Intl.Collator(locale, { sensitivity: "base", numeric: true });
  return {
    number: (value) => number.format(value),
    money({ micros, currency }) {
      const digits = moneyDigits(micros);
      return new Intl.NumberFormat(locale, {
        style: "currency",
        currency,
        currencyDisplay: "narrowSymbol",
        minimumFractionDigits: Math.min(2, digits),
        maximumFractionDigits: digits,
      }).format(micros / 1_000_000);
    },
    time: (date) => time.format(date),
    day: (date) => day.format(date),
    moment: (date) => `${shortWithYear.format(date)}, ${time.format(date)}`,
    brief(date, now) {
      const days = daysBetween(date, now);
      if (days <= 0) return time.format(date);
      if (days === 1) return relative.format(-1, "day");
      if (days < 7) return weekday.format(date);
      return (date.getFullYear() === now.getFullYear() ? short : shortWithYear).format(date);
    },
    dayHeading(date, now) {
      const days = daysBetween(date, now);
      if (days === 0 || days === 1) return capitalized(relative.format(-days, "day"));
      return (date.getFullYear() === now.getFullYear() ? dayThisYear : day).format(date);
    },
    relative(date, now) {
      const { count, unit } = distance(date, now);
      return relative.format(-count, unit);
    },
    compare: (a, b) => collator.compare(a, b),
  };
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
