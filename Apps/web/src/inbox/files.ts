import type { ChannelCapabilities, MediaLimit } from "../api/types.ts";
import type { Messages } from "../i18n/en.ts";
import type { Formats } from "../i18n/formats.ts";

const megabyte = 1_000_000;
/// What our own server takes at a time, whatever the messenger would.
const uploadLimit = 25 << 20;

/// "850 KB", "12.4 MB": as messengers state their limits, in thousands.
export function sizeText(bytes: number, t: Messages, formats: Formats): string {
  if (bytes < megabyte) return t.attachments.kilobytes(formats.number(Math.max(1, Math.round(bytes / 1_000))));
  return t.attachments.megabytes(formats.number(Math.round(bytes / megabyte * 10) / 10));
}

/// The name of a kind of attachment in the reader's language.
export function kindText(kind: string, t: Messages): string {
  return (t.attachments as Record<string, unknown>)[kind] as string | undefined ?? t.attachments.file;
}

/// Pictures that every browser can show and none can run.
export function isPicture(mime: string | null | undefined): boolean {
  return /^image\/(jpeg|png|gif|webp|avif|bmp)$/.test(mime ?? "");
}

export type FileVerdict =
  | { kind: string }
  | { problem: "empty" | "none" | "kind" }
  | { problem: "large"; most: number };

/// How a channel takes a file: as what it is, else as a document, else not at all and why.
export function judgeFile(file: { size: number; type: string }, media: MediaLimit[] | undefined): FileVerdict {
  if (!media || media.length === 0) return { problem: "none" };
  if (file.size === 0) return { problem: "empty" };
  const natural = /^(image|video|audio)\//.exec(file.type)?.[1] ?? "document";
  const ways = [natural, "document"].flatMap((kind) => media.filter((limit) => limit.kind === kind))
    .filter(({ mime_types: types }) => types.length === 0 || types.includes(file.type))
    .map(({ kind, max_bytes: most }) => ({ kind, most: Math.min(most, uploadLimit) }));
  if (ways.length === 0) return { problem: "kind" };
  const fitting = ways.find(({ most }) => file.size <= most);
  return fitting ? { kind: fitting.kind } : { problem: "large", most: Math.max(...ways.map(({ most }) => most)) };
}

/// What a channel takes, for people: a photo and an animation are one word.
export function takenKinds(media: MediaLimit[] | undefined, t: Messages): string {
  const kinds = (media ?? []).map(({ kind, mime_types: types }) => {
    const endings = types.map((type) => type.split("/")[1]?.toUpperCase()).filter(Boolean).join(", ");
    return `${kindText(kind, t).toLowerCase()}${endings ? ` (${endings})` : ""}`;
  });
  return [...new Set(kinds)].join(", ");
}

/// The length of a text as the messenger counts it.
export function textLength(text: string, unit: ChannelCapabilities["text_unit"]): number {
  if (unit === "utf8") return new TextEncoder().encode(text).length;
  if (unit === "characters") return [...text].length;
  return text.length;
}
