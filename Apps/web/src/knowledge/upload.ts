const types: Record<string, string> = {
  txt: "text/plain",
  md: "text/markdown",
  markdown: "text/markdown",
  html: "text/html",
  htm: "text/html",
};

export const largestFile = 25 * 1024 * 1024;

/// The content type to send a file with, by its name; null for files that cannot be read yet.
export function fileType(name: string): string | null {
  const ending = /\.([^.]+)$/.exec(name.toLowerCase())?.[1] ?? "";
  return types[ending] ?? null;
}
