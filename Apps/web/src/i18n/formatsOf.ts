import type { Language } from "../api/types.ts";
import type { Formats } from "./formats.ts";
import { intlFormats } from "./formatsIntl.ts";
import { kazakhFormats } from "./formatsKazakh.ts";

export function formatsOf(language: Language): Formats {
  return language === "kk" ? kazakhFormats : intlFormats(language);
}
