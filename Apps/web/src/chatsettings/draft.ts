import type { Language, LocalizedText, OpenPeriod, WebChatSettings } from "../api/types.ts";
import { contrastWithWhite } from "../widget/contrast.ts";
import type { ChatConfig } from "../webchat/types.ts";
import type { ChatWords } from "./words/en.ts";

/// What is wrong, by the field's name in the HTTP contract.
export type Problems = Record<string, string>;

const isLink = (text: string) => /^https?:\/\/[^\s/]+\.?[^\s]*$/i.test(text) && URL.canParse(text);

/// What can be told before the server is asked, in the reader's words.
export function problemsOf(settings: WebChatSettings, words: ChatWords["problems"]): Problems {
  const problems: Problems = {};
  if (contrastWithWhite(settings.color) < 1.2) problems.color = words.color;
  if (settings.languages.length === 0) problems.languages = words.languages;
  else if (!settings.languages.includes(settings.language)) problems.language = words.language;
  settings.hours.periods.forEach((period, index) => {
    const problem = problemOf(period, settings.hours.periods.slice(0, index));
    if (problem) problems[`hours.periods.[${index}]`] = words[problem];
  });
  const link = settings.consent.link.trim();
  if (link && !isLink(link)) problems["consent.link"] = words.link;
  const wrong = settings.origins.find((line) => line.trim() && !originOf(line));
  if (wrong) problems.origins = words.origin(wrong.trim());
  return problems;
}

function problemOf(period: OpenPeriod, earlier: OpenPeriod[]): "time" | "order" | "overlap" | null {
  if (!period.from || !period.to) return "time";
  if (period.from >= period.to) return "order";
  const overlaps = earlier.some(({ day, from, to }) => day === period.day && from < period.to && period.from < to);
  return overlaps ? "overlap" : null;
}

/// A line as browsers write origins, with Cyrillic names turned to Latin ones; null when it is none.
export function originOf(line: string): string | null {
  const text = line.trim();
  const isRule = /^(https?:\/\/)?\*\./i.test(text);
  const plain = text.replace(/^(https?:\/\/)?\*\./i, "$1");
  const address = plain.includes("://") ? plain : `https://${plain}`;
  if (!URL.canParse(address)) return null;
  const { protocol, host, hostname, username, pathname, search, hash } = new URL(address);
  if (!/^https?:$/.test(protocol) || username || pathname !== "/" || search || hash) return null;
  if (!/^[a-z0-9.-]+$/.test(hostname) || (isRule && !hostname.includes("."))) return null;
  return `${protocol}//${isRule ? "*." : ""}${host}`;
}

/// What to send: the settings that differ from the saved ones, with origins as browsers write them.
export function changedOf(draft: WebChatSettings, saved: WebChatSettings): Partial<WebChatSettings> {
  const origins = draft.origins.map(originOf).filter((line) => line !== null);
  const wanted = { ...draft, origins, consent: { ...draft.consent, link: draft.consent.link.trim() } };
  const names = Object.keys(wanted) as (keyof WebChatSettings)[];
  const changed = names.filter((name) => canonical(wanted[name]) !== canonical(saved[name]));
  return Object.fromEntries(changed.map((name) => [name, wanted[name]]));
}

/// Equal for values that mean the same: the order of names is nobody's, and an empty text is none.
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part) => {
    if (part === null || typeof part !== "object" || Array.isArray(part)) return part;
    return Object.fromEntries(
      Object.entries(part).filter(([, text]) => text !== "").sort(([a], [b]) => a < b ? -1 : 1),
    );
  });
}

/// A text as visitors of a language read it.
export function spoken(text: LocalizedText, language: Language, fallback: Language): string {
  const texts = [text[language], text[fallback], text.en, text.ru, text.kk];
  return texts.map((line) => line?.trim() ?? "").find(Boolean) ?? "";
}

/// What the server would tell a visitor of `language` with these settings.
export function configOf(settings: WebChatSettings, name: string, language: Language): ChatConfig {
  const speaks = settings.languages.includes(language) ? language : settings.language;
  const say = (text: LocalizedText) => spoken(text, speaks, settings.language);
  const consent = say(settings.consent.text);
  return {
    title: say(settings.title) || name,
    greeting: say(settings.greeting),
    color: settings.color,
    language: speaks,
    languages: settings.languages,
    position: settings.position,
    launcher: { icon: settings.launcher.icon, label: say(settings.launcher.label) || undefined },
    initials: settings.initials.trim() || undefined,
    avatar: settings.avatar || undefined,
    open: true,
    offline_message: say(settings.offline_message) || undefined,
    pre_chat: settings.pre_chat,
    consent: consent
      ? { text: consent, link: settings.consent.link || undefined, version: settings.consent.version }
      : undefined,
    rating: settings.rating,
    files: settings.files,
    ai_notice: "",
  };
}
