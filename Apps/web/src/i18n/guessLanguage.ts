import type { Language } from "../api/types.ts";

/// The likely language of a text, for screen readers; undefined when there are no letters to tell by.
export function guessLanguage(text: string): Language | undefined {
  if (/[әғқңөұүһі]/i.test(text)) return "kk";
  if (/[а-яё]/i.test(text)) return "ru";
  return /[a-z]/i.test(text) ? "en" : undefined;
}
