import type { Language } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { webhooksEn } from "./wordsEn.ts";
import { webhooksKk } from "./wordsKk.ts";
import { webhooksRu } from "./wordsRu.ts";

export type WebhookWords = typeof webhooksEn;

const tables: Record<Language, WebhookWords> = { en: webhooksEn, ru: webhooksRu, kk: webhooksKk };

/// The words of this screen. They come with it, so that the first page does not carry what few people open.
export function useWebhookWords(): WebhookWords {
  return tables[useLanguage().language];
}
