import { http } from "./http.ts";
import type { Contact, Conversation, Counters, FoundMessage, Message, Page, View } from "./types.ts";

export type ConversationAction = "take" | "give-back" | "close" | "reopen" | "read";

const root = "/api/v1/conversations";

export const inbox = {
  conversations: (view: View, search: string, after: string | null = null) =>
    http.get<Page<Conversation>>(root, { view, q: search, after, limit: 50 }),
  counters: () => http.get<Counters>(`${root}/counters`),
  conversation: (id: string) => http.get<Conversation>(`${root}/${id}`),
  messages: (id: string, before: string | null, limit: number) =>
    http.get<Page<Message>>(`${root}/${id}/messages`, { before, limit }),
  send: (conversation: string, message: { id: string; kind: "reply" | "note"; text: string }) =>
    http.post<Message>(`${root}/${conversation}/messages`, message),
  act: (id: string, action: ConversationAction) => http.post<Conversation>(`${root}/${id}/${action}`),
  assign: (id: string, user: string | null) => http.post<Conversation>(`${root}/${id}/assign`, { user_id: user }),
  retry: (message: string) => http.post<Message>(`/api/v1/messages/${message}/retry`),
  search: (q: string) => http.get<Page<FoundMessage>>("/api/v1/search/messages", { q }),
  contact: (id: string) => http.get<Contact>(`/api/v1/contacts/${id}`),
};
