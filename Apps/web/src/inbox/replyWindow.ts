import type { ChannelCapabilities, Message } from "../api/types.ts";

/// Whether a person may still answer. "person": the general time is over, the longer one for people is not.
export type ReplyWindow =
  | { state: "open" }
  | { state: "soon"; until: Date }
  | { state: "person"; seconds: number; until: Date }
  | { state: "over"; seconds: number };

const soon = 2 * 3_600_000;

/// The channel's rule applied to the customer's last message. Without one among the loaded messages, an earlier one can
/// only be older than the first of them.
export function replyWindow(
  messages: Message[],
  hasOlder: boolean,
  { reply_window: all, person_reply_window: person }: ChannelCapabilities,
  now: Date,
): ReplyWindow {
  const longest = person ?? all;
  if (!longest || messages.length === 0) return { state: "open" };
  const last = messages.findLast(({ direction }) => direction === "in");
  const newest = last ?? (hasOlder ? messages[0] : undefined);
  if (!newest) return { state: "open" };
  const at = Date.parse(newest.sent_at);
  const end = at + longest * 1_000;
  if (now.getTime() > end) return { state: "over", seconds: longest };
  // Only a bound is known: what may still be open is not promised.
  if (!last) return { state: "open" };
  if (all && now.getTime() > at + all * 1_000) return { state: "person", seconds: all, until: new Date(end) };
  return end - now.getTime() < soon ? { state: "soon", until: new Date(end) } : { state: "open" };
}
