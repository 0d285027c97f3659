import type { Language, LocalizedText, WebChatSettings } from "../api/types.ts";

/// What each group of fields works on.
export interface SettingsPart {
  settings: WebChatSettings;
  set: (change: Partial<WebChatSettings>) => void;
  /// The language in which texts are being written.
  writing: Language;
  /// What is wrong with a field, by its name in the HTTP contract.
  error: (field: string) => string | null;
}

export function written(text: LocalizedText, language: Language, value: string): LocalizedText {
  return { ...text, [language]: value };
}
