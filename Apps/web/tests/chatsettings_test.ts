import { equal } from "./assert.ts";
import type { WebChatSettings } from "../src/api/types.ts";
import { changedOf, configOf, originOf, problemsOf } from "../src/chatsettings/draft.ts";
import { en } from "../src/chatsettings/words/en.ts";
import { kk } from "../src/chatsettings/words/kk.ts";
import { ru } from "../src/chatsettings/words/ru.ts";
import { contrastWithWhite } from "../src/widget/contrast.ts";

const settings: WebChatSettings = {
  title: { ru: "Мебель" },
  greeting: {},
  color: "#2563eb",
  position: "right",
  launcher: { icon: "chat", label: {} },
  initials: "",
  avatar: "",
  language: "ru",
  languages: ["en", "ru", "kk"],
  hours: { time_zone: "Asia/Almaty", periods: [] },
  offline_message: {},
  pre_chat: { name: "off", email: "off", phone: "off" },
  consent: { text: {}, link: "", version: 0 },
  rating: false,
  files: false,
  origins: [],
};

Deno.test("an origin is written as browsers write it, or is none", () => {
  equal(originOf("shop.kz"), "https://shop.kz");
  equal(originOf(" HTTPS://Shop.kz/ "), "https://shop.kz");
  equal(originOf("http://localhost:8080"), "http://localhost:8080");
  equal(originOf("https://shop.kz:443"), "https://shop.kz");
  equal(originOf("*.shop.kz"), "https://*.shop.kz");
  equal(originOf("https://*.пример.kz"), "https://*.xn--e1afmkfd.kz");
  const none = [
    "",
    "https://",
    "https://shop.kz/page",
    "https://a@shop.kz",
    "ftp://shop.kz",
    "*.kz*",
    "*",
    "https://*",
    "a b",
  ];
  for (const line of none) {
    equal(originOf(line), null, line);
  }
});

Deno.test("what is wrong is named before it is sent", () => {
  equal(problemsOf(settings, en.problems), {});
  const wrong = {
    ...settings,
    color: "#ffffff",
    languages: ["en" as const],
    consent: { text: {}, link: "policy", version: 0 },
    origins: ["", "https://shop.kz/page"],
    hours: {
      time_zone: "UTC",
      periods: [
        { day: 1, from: "09:00", to: "13:00" },
        { day: 1, from: "12:59", to: "18:00" },
        { day: 2, from: "12:59", to: "24:00" },
        { day: 3, from: "18:00", to: "09:00" },
        { day: 4, from: "", to: "09:00" },
      ],
    },
  };
  equal(Object.keys(problemsOf(wrong, en.problems)).sort(), [
    "color",
    "consent.link",
    "hours.periods.[1]",
    "hours.periods.[3]",
    "hours.periods.[4]",
    "language",
    "origins",
  ]);
});

Deno.test("only what means something else is sent", () => {
  const saved = { ...settings, title: { kk: "Жиһаз", ru: "Мебель" }, origins: ["https://shop.kz"] };
  const same = { ...saved, title: { ru: "Мебель", en: "", kk: "Жиһаз" }, origins: ["shop.kz", ""] };
  equal(changedOf(same, saved), {});
  equal(changedOf({ ...same, rating: true }, saved), { rating: true });
});

Deno.test("the preview speaks as the server would", () => {
  const chat = { ...settings, languages: ["ru" as const, "kk" as const], greeting: { en: "Hello" } };
  const config = configOf(chat, "Лавка", "en");
  equal([config.language, config.title, config.greeting], ["ru", "Мебель", "Hello"]);
  equal(configOf({ ...chat, title: {} }, "Лавка", "kk").title, "Лавка");
  equal(configOf(chat, "", "ru").consent, undefined);
});

Deno.test("contrast with white is what WCAG says", () => {
  equal(contrastWithWhite("#ffffff"), 1);
  equal(Math.round(contrastWithWhite("#000000")), 21);
});

Deno.test("every finding of the installation check has its words", () => {
  for (const words of [en, ru, kk]) {
    equal(words.days.length, 7);
    for (const text of Object.values(words.check.outcomes)) equal(text("script-src").length > 5, true);
  }
});
