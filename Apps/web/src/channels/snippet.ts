import type { LocalizedText, WebChatSettings } from "../api/types.ts";

/// The line that puts the chat on a site. What a visitor sees before opening the chat is in it, so that nothing is asked of us until then.
/// Its values come from our own server but are escaped all the same.
export function widgetSnippet(origin: string, key: string, look: Partial<WebChatSettings> | null | undefined): string {
  const { color, position, launcher, language = "ru" } = look ?? {};
  const attributes: [string, string | undefined][] = [
    ["src", `${origin}/widget.js`],
    ["data-key", key],
    ["data-color", color && /^#[0-9a-f]{6}$/i.test(color) ? color : undefined],
    ["data-position", position === "left" ? "left" : undefined],
    ["data-icon", launcher && launcher.icon !== "chat" ? launcher.icon : undefined],
    ...labels(launcher?.label ?? {}, language),
  ];
  const written = attributes.filter(([, value]) => value).map(([name, value]) => `${name}="${escaped(value ?? "")}"`);
  return `<script ${written.join(" ")} async></script>`;
}

function labels(label: LocalizedText, main: WebChatSettings["language"]): [string, string | undefined][] {
  const rest = (["en", "ru", "kk"] as const).filter((language) => language !== main);
  return [
    ["data-label", label[main] || Object.values(label).find(Boolean)],
    ...rest.map((code): [string, string | undefined] => [`data-label-${code}`, label[code]]),
  ];
}

function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;").replace(/\n/g, " ");
}
