import type { Problem } from "../api/problem.ts";
import type { Message, Page } from "../api/types.ts";

/// The loaded part of a conversation, oldest first, always reaching to the newest message.
export interface Thread {
  messages: Message[];
  /// The cursor of the messages before these; null when the conversation starts here.
  older: string | null;
  status: "loading" | "ready" | "failed";
  loadingOlder: boolean;
  problem: Problem | null;
}

/// Joins the newest page to what is loaded. When the two do not touch, what was loaded is let go: a hole would hide
/// messages.
export function mergeNewest(thread: Thread, page: Page<Message>): Thread {
  const fresh = [...page.items].reverse();
  const ready = { ...thread, status: "ready" as const, problem: null };
  const positions = new Map(thread.messages.map((message, index) => [message.id, index]));
  const meeting = fresh.map(({ id }) => positions.get(id)).find((position) => position !== undefined);
  if (meeting === undefined) return { ...ready, messages: fresh, older: page.next };
  const kept = fresh.map((message) => {
    const known = thread.messages[positions.get(message.id) ?? -1];
    return known && JSON.stringify(known) === JSON.stringify(message) ? known : message;
  });
  return { ...ready, messages: [...thread.messages.slice(0, meeting), ...kept] };
}

export function mergeOlder(thread: Thread, page: Page<Message>): Thread {
  const known = new Set(thread.messages.map(({ id }) => id));
  const earlier = [...page.items].reverse().filter(({ id }) => !known.has(id));
  return { ...thread, messages: [...earlier, ...thread.messages], older: page.next, loadingOlder: false };
}

/// Puts in a message that the server answered with; a new one goes to the end.
export function replaceMessage(thread: Thread, message: Message): Thread {
  const index = thread.messages.findIndex(({ id }) => id === message.id);
  if (index < 0) return { ...thread, messages: [...thread.messages, message] };
  return { ...thread, messages: thread.messages.map((known, at) => at === index ? message : known) };
}
