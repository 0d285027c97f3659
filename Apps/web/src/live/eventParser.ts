/// One server-sent event.
export interface Frame {
  id: string | null;
  event: string;
  data: string;
}

/// Reads the text/event-stream format piece by piece; a piece may end anywhere, also between \r and \n.
export class EventParser {
  private rest = "";
  private id: string | null = null;
  private event = "";
  private data: string[] = [];
  private skipNewline = false;

  /// The frames that `chunk` completes. Comments (heartbeats) yield nothing.
  push(chunk: string): Frame[] {
    const frames: Frame[] = [];
    let text = chunk;
    if (this.skipNewline && text.startsWith("\n")) text = text.slice(1);
    if (chunk.length > 0) this.skipNewline = chunk.endsWith("\r");
    const lines = (this.rest + text).split(/\r\n|\r|\n/);
    this.rest = lines.pop() ?? "";
    for (const line of lines) {
      const frame = this.take(line);
      if (frame) frames.push(frame);
    }
    return frames;
  }

  private take(line: string): Frame | null {
    if (line === "") return this.dispatch();
    if (line.startsWith(":")) return null;
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.data.push(value);
    else if (field === "event") this.event = value;
    else if (field === "id" && !value.includes("\0")) this.id = value;
    return null;
  }

  private dispatch(): Frame | null {
    const frame = this.data.length === 0
      ? null
      : { id: this.id, event: this.event || "message", data: this.data.join("\n") };
    this.event = "";
    this.data = [];
    return frame;
  }
}

/// Follows one event stream until it ends, fails or is aborted. `onActivity` runs for every received piece,
/// heartbeats included.
export async function followStream(
  response: Response,
  onFrame: (frame: Frame) => void,
  onActivity: () => void,
): Promise<void> {
  if (!response.body) return;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const parser = new EventParser();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onActivity();
    for (const frame of parser.push(decoder.decode(value, { stream: true }))) onFrame(frame);
  }
}
