import { en } from "../src/i18n/en.ts";
import { moneyDigits } from "../src/i18n/formats.ts";
import { formatsOf } from "../src/i18n/formatsOf.ts";
import { compareKazakh } from "../src/i18n/formatsKazakh.ts";
import { guessLanguage } from "../src/i18n/guessLanguage.ts";
import { kk } from "../src/i18n/kk.ts";
import { russian, russianCategory } from "../src/i18n/plural.ts";
import { ru } from "../src/i18n/ru.ts";
import { equal, isTrue } from "./assert.ts";

const kazakh = formatsOf("kk");
const at = (text: string) => new Date(text);

Deno.test("Russian numbers take one, few, many and, for fractions, other", () => {
  const categories = [0, 1, 2, 4, 5, 11, 12, 14, 21, 22, 25, 101, 111, 112, 1.5].map(russianCategory);
  equal(
    categories,
    "many one few few many many many many one few many one many many other".split(" "),
  );
  equal(russian(3, "сообщение", "сообщения", "сообщений"), "3 сообщения");
});

Deno.test("a Kazakh date uses Kazakh month names, not M11", () => {
  equal(kazakh.day(at("2026-11-22T10:00:00")), "2026 ж. 22 қараша");
  equal(kazakh.moment(at("2026-03-01T09:05:00")), "2026 ж. 1 нау., 09:05");
});

Deno.test("Kazakh money has the tenge sign after the number and spaces between thousands", () => {
  equal(kazakh.money({ micros: 1_250_000_000_000, currency: "KZT" }), "1\u00a0250\u00a0000,00\u00a0₸");
  equal(kazakh.money({ micros: 0, currency: "KZT" }), "0\u00a0₸");
  equal(kazakh.money({ micros: 1_240, currency: "USD" }), "0,0012\u00a0$");
  equal(kazakh.number(-1234.5), "-1\u00a0234,5");
});

Deno.test("Kazakh relative times", () => {
  const now = at("2026-11-22T12:00:00");
  const said = [
    "2026-11-22T11:59:50",
    "2026-11-22T11:55:00",
    "2026-11-22T09:00:00",
    "2026-11-21T09:00:00",
    "2026-11-17T09:00:00",
  ]
    .map((text) => kazakh.relative(at(text), now));
  equal(said, ["қазір", "5 минут бұрын", "3 сағат бұрын", "кеше", "5 күн бұрын"]);
  equal(kazakh.brief(at("2026-11-18T09:00:00"), now), "ср");
});

Deno.test("Kazakh letters are sorted by their own alphabet", () => {
  equal(
    ["Өмір", "Оспан", "Қанат", "Кәрім", "Әсел", "Асқар", "Ілияс", "Ыдырыс"].sort(compareKazakh),
    ["Асқар", "Әсел", "Кәрім", "Қанат", "Оспан", "Өмір", "Ыдырыс", "Ілияс"],
  );
});

Deno.test("small sums keep the digits that say something", () => {
  equal([0, 5_000_000, 90_000, 1_240, 3].map(moneyDigits), [0, 2, 4, 4, 6]);
});

Deno.test("no text is empty and no Russian or Kazakh text was left in English", () => {
  const same = new Set(["common.email", "settings.version", "shortcuts.open"]);
  const walk = (path: string, english: unknown, other: unknown) => {
    if (typeof english === "string") {
      isTrue(typeof other === "string" && other.trim().length > 0, `${path} is empty`);
      if (/[a-z]{4}/i.test(english) && !same.has(path)) {
        isTrue(/[а-яёәғқңөұүһі]/i.test(String(other)) || !/ /.test(english), `${path} is not translated`);
      }
    } else if (typeof english === "object" && english) {
      for (const key of Object.keys(english)) {
        walk(`${path}.${key}`.replace(/^\./, ""), (english as never)[key], (other as never)[key]);
      }
    }
  };
  walk("", en, ru);
  walk("", en, kk);
});

Deno.test("the language of a text is told by its letters", () => {
  equal(["Бағасы қанша?", "Сколько стоит?", "How much?", "189 000"].map(guessLanguage), ["kk", "ru", "en", undefined]);
});
