import type { Message } from "../api/types.ts";
import type { PendingMessage } from "./state.ts";

export type LogItem =
  | { id: string; at: string; message: Message; isFirstOfRun: boolean; startsDay: boolean }
  | { id: string; at: string; pending: PendingMessage; startsDay: boolean };

const runPause = 5 * 60_000;

/// What the conversation shows, oldest first: messages, then those that still wait for the server.
/// While earlier messages are still to come (`hasOlder`), the first one is only context: whether it needs a day or an
/// author above it is not known yet, and a message must not change its height when history loads.
export function logItems(messages: Message[], pending: PendingMessage[], hasOlder = false): LogItem[] {
  const items: LogItem[] = [];
  const known = new Set<string>();
  let before: Message | null = null;
  for (const message of messages) {
    known.add(message.id);
    if (!before && hasOlder) {
      before = message;
      continue;
    }
    items.push({
      id: message.id,
      at: message.sent_at,
      message,
      isFirstOfRun: !before || !isSameRun(before, message),
      startsDay: !before || dayOf(before.sent_at) !== dayOf(message.sent_at),
    });
    before = message;
  }
  for (const waiting of pending) {
    if (known.has(waiting.id)) continue;
    const last = items.at(-1);
    items.push({
      id: waiting.id,
      at: waiting.at,
      pending: waiting,
      startsDay: !last || dayOf(last.at) !== dayOf(waiting.at),
    });
  }
  return items;
}

function isSameRun(before: Message, message: Message): boolean {
  return before.author.type === message.author.type && before.author.id === message.author.id &&
    before.kind === message.kind && dayOf(before.sent_at) === dayOf(message.sent_at) &&
    Date.parse(message.sent_at) - Date.parse(before.sent_at) < runPause;
}

function dayOf(at: string): string {
  return new Date(at).toDateString();
}
