import type { ChatFile } from "./types.ts";

/// The visitor's own file, as it stands in a message before the server has it.
export function localFile(file: File): ChatFile {
  return { id: null, kind: "", state: "local", name: file.name, mime: file.type, size: file.size, local: file };
}
