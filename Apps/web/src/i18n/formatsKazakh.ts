// Chromium says that it supports Kazakh but has no data for it ("2026 M11 22"), so the tables are our own.
// Source of the forms: Unicode CLDR 45, kk; the alphabet is the official Cyrillic one.
import { daysBetween, distance, type Formats, moneyDigits, type RelativeUnit } from "./formats.ts";

const months = "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан".split(" ");
const shortMonths = "қаң. ақп. нау. сәу. мам. мау. шіл. там. қыр. қаз. қар. жел.".split(" ");
const shortWeekdays = "жс дс сс ср бс жм сб".split(" ");
const symbols: Record<string, string> = { KZT: "₸", RUB: "₽", USD: "$", EUR: "€" };
const ago: Record<RelativeUnit, string> = {
  second: "қазір",
  minute: "минут",
  hour: "сағат",
  day: "күн",
  month: "ай",
  year: "жыл",
};
const alphabet = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя";
const space = "\u00a0";

function grouped(value: number, minimum = 0, maximum = 3): string {
  const fixed = Math.abs(value).toFixed(maximum);
  const [whole = "0", fraction = ""] = fixed.split(".");
  let kept = fraction;
  while (kept.length > minimum && kept.endsWith("0")) kept = kept.slice(0, -1);
  const sign = value < 0 && Number(fixed) !== 0 ? "-" : "";
  return sign + whole.replace(/\B(?=(\d{3})+$)/g, space) + (kept ? `,${kept}` : "");
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

const time = (date: Date) => `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`;
const dayAndMonth = (date: Date) => `${date.getDate()} ${months[date.getMonth()]}`;
const short = (date: Date) => `${date.getDate()} ${shortMonths[date.getMonth()]}`;

export const kazakhFormats: Formats = {
  number: (value) => grouped(value),
  money({ micros, currency }) {
    const digits = moneyDigits(micros);
    return `${grouped(micros / 1_000_000, Math.min(2, digits), digits)}${space}${symbols[currency] ?? currency}`;
  },
  time,
  day: (date) => `${date.getFullYear()} ж. ${dayAndMonth(date)}`,
  moment: (date) => `${date.getFullYear()} ж. ${short(date)}, ${time(date)}`,
  brief(date, now) {
    const days = daysBetween(date, now);
    if (days <= 0) return time(date);
    if (days === 1) return "кеше";
    if (days < 7) return shortWeekdays[date.getDay()] ?? "";
    return date.getFullYear() === now.getFullYear() ? short(date) : `${date.getFullYear()} ж. ${short(date)}`;
  },
  dayHeading(date, now) {
    const days = daysBetween(date, now);
    if (days === 0) return "Бүгін";
    if (days === 1) return "Кеше";
    return date.getFullYear() === now.getFullYear() ? dayAndMonth(date) : this.day(date);
  },
  relative(date, now) {
    const { count, unit } = distance(date, now);
    if (unit === "second") return ago.second;
    if (unit === "day" && count === 1) return "кеше";
    return `${count} ${ago[unit]} бұрын`;
  },
  compare: compareKazakh,
};

/// Alphabetical order of the 42-letter alphabet; other characters go before letters, by code.
export function compareKazakh(a: string, b: string): number {
  const [first, second] = [[...a.toLowerCase()], [...b.toLowerCase()]];
  for (let index = 0; index < Math.min(first.length, second.length); index++) {
    const difference = weight(first[index] ?? "") - weight(second[index] ?? "");
    if (difference !== 0) return difference;
  }
  return first.length - second.length;
}

function weight(character: string): number {
  const position = alphabet.indexOf(character);
  return position >= 0 ? 0x110000 + position : character.codePointAt(0) ?? 0;
}
