export interface RussianForms {
  one: string;
  few: string;
  many: string;
  /// For fractions: "1,5 сообщения".
  other: string;
}

/// Which Russian form goes with `n`: 1 and 21 one, 2–4 and 22–24 few, other whole numbers many.
export function russianCategory(n: number): keyof RussianForms {
  if (!Number.isInteger(n)) return "other";
  const [unit, ten] = [Math.abs(n) % 10, Math.abs(n) % 100];
  if (unit === 1 && ten !== 11) return "one";
  if (unit >= 2 && unit <= 4 && (ten < 12 || ten > 14)) return "few";
  return "many";
}

/// `n` with its noun: `russian(3, "сообщение", "сообщения", "сообщений")` is "3 сообщения".
export function russian(n: number, one: string, few: string, many: string): string {
  return `${n} ${{ one, few, many, other: few }[russianCategory(n)]}`;
}
