import { http } from "./http.ts";
import type { BotAnswer, BotSettings, Language, Usage } from "./types.ts";

export type BotChange = Omit<BotSettings, "has_key"> & {
  /// null keeps the stored key, "" removes it.
  api_key: string | null;
};

export const bot = {
  settings: () => http.get<BotSettings>("/api/v1/bot"),
  save: (change: BotChange) => http.put<BotSettings>("/api/v1/bot", change),
  ask: (text: string, language: Language) => http.post<BotAnswer>("/api/v1/bot/ask", { text, language }),
  usage: () => http.get<Usage>("/api/v1/usage"),
};
