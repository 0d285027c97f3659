import { createContext, type ReactNode, useContext, useMemo } from "react";
import type { Language } from "../api/types.ts";
import type { Messages } from "./en.ts";
import type { Formats } from "./formats.ts";
import { formatsOf } from "./formatsOf.ts";

export const languages: Language[] = ["en", "ru", "kk"];
export const languageNames: Record<Language, string> = { en: "English", ru: "Русский", kk: "Қазақша" };

const tables: Record<Language, () => Promise<Messages>> = {
  en: () => import("./en.ts").then((module) => module.en),
  ru: () => import("./ru.ts").then((module) => module.ru),
  kk: () => import("./kk.ts").then((module) => module.kk),
};

export function loadMessages(language: Language): Promise<Messages> {
  return tables[language]();
}

/// The language chosen before, else the browser's, else English.
export function preferredLanguage(): Language {
  const known = (tag: string | null) => languages.find((language) => tag?.toLowerCase().startsWith(language));
  const stored = known(readStored("sevensales.language"));
  return stored ?? navigator.languages.map(known).find(Boolean) ?? "en";
}

export function readStored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function store(key: string, value: string) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Private windows may refuse; the choice then lasts for this page.
  }
}

interface LanguageValue {
  language: Language;
  t: Messages;
  formats: Formats;
  change: (language: Language) => Promise<void>;
}

const LanguageContext = createContext<LanguageValue | null>(null);

interface LanguageProviderProps {
  language: Language;
  messages: Messages;
  change: (language: Language) => Promise<void>;
  children: ReactNode;
}

export function LanguageProvider({ language, messages, change, children }: LanguageProviderProps) {
  const value = useMemo(() => ({ language, t: messages, formats: formatsOf(language), change }), [
    language,
    messages,
    change,
  ]);
  return <LanguageContext.Provider value={value}>{children}</LanguageContext.Provider>;
}

export function useLanguage(): LanguageValue {
  const value = useContext(LanguageContext);
  if (!value) throw new Error("no LanguageProvider above");
  return value;
}
