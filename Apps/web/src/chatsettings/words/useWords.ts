import type { Language } from "../../api/types.ts";
import { useLanguage } from "../../i18n/language.tsx";
import { type ChatWords, en } from "./en.ts";
import { kk } from "./kk.ts";
import { ru } from "./ru.ts";

const tables: Record<Language, ChatWords> = { en, ru, kk };

export function useWords(): ChatWords {
  return tables[useLanguage().language];
}
