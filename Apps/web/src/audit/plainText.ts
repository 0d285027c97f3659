/// The text of a value that the server sends as text or as a small object.
export function plainText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "object") return String(value);
  return Object.entries(value).map(([key, part]) => `${key}: ${plainText(part)}`).join(", ");
}
