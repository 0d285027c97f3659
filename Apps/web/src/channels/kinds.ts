import type { Channel, ChannelField, ChannelKind, Language, LocalizedText } from "../api/types.ts";
import type { IconName } from "../ui/Icon.tsx";

const icons: Record<string, IconName> = {
  telegram: "telegram",
  webchat: "code",
  wappi: "phone",
  avito: "megaphone",
  instagram: "camera",
};

export function kindIcon(kind: string): IconName {
  return icons[kind] ?? "chat";
}

/// A text of the server in the reader's language, else in English, else empty.
export function localText(text: LocalizedText | null | undefined, language: Language): string {
  return text?.[language] || text?.en || "";
}

export function kindTitle(kind: Pick<ChannelKind, "title" | "titles">, language: Language): string {
  return localText(kind.titles, language) || kind.title;
}

/// Where a person has to paste the webhook's address, should the messenger not take it from us.
export function pastesWebhook(kind: string): boolean {
  return kind === "facebook" || kind === "instagram";
}

/// Without its app's ID Meta takes the subscription but not the address.
export function mustPaste({ kind, webhook_path: path, settings }: Channel, receives: boolean): boolean {
  return Boolean(path) && pastesWebhook(kind) && (!receives || !settings.app_id);
}

/// Settings that nearly nobody touches: addresses of the provider, and texts that have a good value already.
export function isRare(field: ChannelField): boolean {
  if (field.required) return false;
  if (field.kind === undefined) return field.name.startsWith("api_");
  return field.kind === "base-url" || (field.kind === "text" && Boolean(field.default));
}

/// What goes to the server: trimmed, and without what was left empty.
export function filledSettings(values: Record<string, string>): Record<string, string> {
  const filled = Object.entries(values).map(([name, value]) => [name, value.trim()] as const);
  return Object.fromEntries(filled.filter(([, value]) => value !== ""));
}

/// What changed: plain settings may become empty, a stored secret is kept when nothing was typed over it.
export function changedSettings(
  fields: ChannelField[],
  values: Record<string, string>,
  before: Record<string, unknown>,
): Record<string, string> {
  const secrets = new Set(fields.filter(({ secret }) => secret).map(({ name }) => name));
  const changed = Object.entries(values).map(([name, value]) => [name, value.trim()] as const).filter(([name, value]) =>
    secrets.has(name) ? value !== "" : value !== String(before[name] ?? "")
  );
  return Object.fromEntries(changed);
}
