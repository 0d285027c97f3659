import type { Problem } from "../api/problem.ts";
import type { Conversation, Counters, Message, Page, StoredFile } from "../api/types.ts";
import { mergeNewest, mergeOlder, replaceMessage, type Thread } from "./thread.ts";

/// One loaded part of a view, in the server's order.
export interface ConversationList {
  ids: string[];
  next: string | null;
  status: "loading" | "ready" | "failed";
  loadingMore: boolean;
  problem: Problem | null;
}

/// A message written here that the server has not acknowledged. Its id is the idempotency key and never changes.
export interface PendingMessage {
  id: string;
  conversation: string;
  kind: "reply" | "note";
  text: string;
  file?: StoredFile | null;
  at: string;
  state: "sending" | "waiting" | "failed";
  problem: Problem | null;
}

export interface InboxState {
  conversations: Record<string, Conversation>;
  lists: Record<string, ConversationList>;
  threads: Record<string, Thread>;
  counters: Counters | null;
  pending: PendingMessage[];
}

export const emptyInbox: InboxState = { conversations: {}, lists: {}, threads: {}, counters: null, pending: [] };

export type InboxAction =
  | { type: "list-requested"; key: string; more: boolean }
  | { type: "list-loaded"; key: string; page: Page<Conversation>; part: "first" | "more" }
  | { type: "list-failed"; key: string; problem: Problem }
  | { type: "conversations-loaded"; items: Conversation[] }
  | { type: "conversation-patched"; id: string; change: Partial<Conversation> }
  | { type: "counters-loaded"; counters: Counters }
  | { type: "thread-requested"; id: string; older: boolean }
  | { type: "thread-newest-loaded"; id: string; page: Page<Message> }
  | { type: "thread-older-loaded"; id: string; page: Page<Message> }
  | { type: "thread-failed"; id: string; problem: Problem }
  | { type: "thread-dropped"; id: string }
  | { type: "message-loaded"; message: Message }
  | { type: "pending-added"; message: PendingMessage }
  | { type: "pending-changed"; id: string; state: PendingMessage["state"]; problem: Problem | null }
  | { type: "pending-removed"; id: string };

export const listKey = (view: string, search: string) => `${view}|${search}`;

export function reduceInbox(state: InboxState, action: InboxAction): InboxState {
  switch (action.type) {
    case "list-requested":
      return withList(state, action.key, (list) => action.more ? { ...list, loadingMore: true } : list);
    case "list-loaded": {
      const known = withConversations(state, action.page.items);
      const merge = action.part === "more" ? mergeMore : mergeFirst;
      return withList(known, action.key, (list) => merge(list, action.page, known.conversations));
    }
    case "list-failed":
      return withList(state, action.key, (list) => ({
        ...list,
        status: list.ids.length > 0 ? "ready" : "failed",
        loadingMore: false,
        problem: action.problem,
      }));
    case "conversations-loaded":
      return withConversations(state, action.items);
    case "conversation-patched": {
      const current = state.conversations[action.id];
      return current ? withConversations(state, [{ ...current, ...action.change }]) : state;
    }
    case "counters-loaded":
      return { ...state, counters: action.counters };
    case "pending-added":
      return { ...state, pending: [...state.pending.filter(({ id }) => id !== action.message.id), action.message] };
    case "pending-changed":
      return {
        ...state,
        pending: state.pending.map((message) =>
          message.id === action.id ? { ...message, state: action.state, problem: action.problem } : message
        ),
      };
    case "pending-removed":
      return { ...state, pending: state.pending.filter(({ id }) => id !== action.id) };
    default:
      return reduceThreads(state, action);
  }
}

function reduceThreads(state: InboxState, action: InboxAction): InboxState {
  switch (action.type) {
    case "thread-requested":
      return withThread(state, action.id, (thread) => ({ ...thread, loadingOlder: action.older, problem: null }));
    case "thread-newest-loaded":
      return withThread(state, action.id, (thread) => mergeNewest(thread, action.page));
    case "thread-older-loaded":
      return withThread(state, action.id, (thread) => mergeOlder(thread, action.page));
    case "thread-failed":
      return withThread(state, action.id, (thread) => ({
        ...thread,
        status: thread.messages.length > 0 ? "ready" : "failed",
        loadingOlder: false,
        problem: action.problem,
      }));
    case "thread-dropped": {
      const { [action.id]: _, ...threads } = state.threads;
      return { ...state, threads };
    }
    case "message-loaded":
      return state.threads[action.message.conversation_id]
        ? withThread(state, action.message.conversation_id, (thread) => replaceMessage(thread, action.message))
        : state;
    default:
      return state;
  }
}

function withConversations(state: InboxState, items: Conversation[]): InboxState {
  const changed = items.filter((item) => JSON.stringify(item) !== JSON.stringify(state.conversations[item.id]));
  if (changed.length === 0) return state;
  const conversations = { ...state.conversations };
  for (const item of changed) conversations[item.id] = item;
  return { ...state, conversations };
}

function withList(
  state: InboxState,
  key: string,
  change: (list: ConversationList) => ConversationList,
): InboxState {
  const list = state.lists[key] ?? { ids: [], next: null, status: "loading", loadingMore: false, problem: null };
  return { ...state, lists: { ...state.lists, [key]: change(list) } };
}

function withThread(state: InboxState, id: string, change: (thread: Thread) => Thread): InboxState {
  const thread = state.threads[id] ??
    { messages: [], older: null, status: "loading", loadingOlder: false, problem: null };
  return { ...state, threads: { ...state.threads, [id]: change(thread) } };
}

function mergeMore(list: ConversationList, page: Page<Conversation>): ConversationList {
  const known = new Set(list.ids);
  const ids = [...list.ids, ...page.items.map(({ id }) => id).filter((id) => !known.has(id))];
  return { ids, next: page.next, status: "ready", loadingMore: false, problem: null };
}

/// A fresh first page replaces the head of the list; later pages that were already loaded stay below it.
function mergeFirst(
  list: ConversationList,
  page: Page<Conversation>,
  conversations: Record<string, Conversation>,
): ConversationList {
  const head = page.items.map(({ id }) => id);
  const last = page.items.at(-1);
  const inHead = new Set(head);
  const firstLength = 50;
  const keepsTail = page.next !== null && last !== undefined && list.ids.length > firstLength;
  const tail = keepsTail
    ? list.ids.filter((id) => !inHead.has(id) && (conversations[id]?.updated_at ?? "") <= last.updated_at)
    : [];
  return {
    ids: [...head, ...tail],
    next: tail.length > 0 ? list.next : page.next,
    status: "ready",
    loadingMore: list.loadingMore,
    problem: null,
  };
}
