import { http } from "./http.ts";
import type { Contact, Conversation, Counters, FoundMessage, Message, Page, StoredFile, View } from "./types.ts";

export type ConversationAction = "take" | "give-back" | "close" | "reopen" | "read";

export interface MessageDraft {
  id: string;
  kind: "reply" | "note";
  text: string;
  /// At most one uploaded file.
  attachments?: string[];
  /// To leave then and not at once.
  send_at?: string;
  /// Whether it is taken back when the customer writes before.
  cancel_on_reply?: boolean;
  /// To leave in spite of quiet hours and caps.
  override?: boolean;
}

export interface ScheduleChange {
  send_at?: string;
  cancel_on_reply?: boolean;
  text?: string;
}

/// Where the bytes of a stored file are.
export const fileAddress = (id: string, isDownload = false) =>
  `/api/v1/files/${encodeURIComponent(id)}${isDownload ? "?download=1" : ""}`;

const root = "/api/v1/conversations";

export const inbox = {
  conversations: (view: View, search: string, after: string | null = null) =>
    http.get<Page<Conversation>>(root, { view, q: search, after, limit: 50 }),
  counters: () => http.get<Counters>(`${root}/counters`),
  conversation: (id: string) => http.get<Conversation>(`${root}/${id}`),
  messages: (id: string, before: string | null, limit: number) =>
    http.get<Page<Message>>(`${root}/${id}/messages`, { before, limit }),
  send: (conversation: string, message: MessageDraft) =>
    http.post<Message>(`${root}/${conversation}/messages`, message),
  upload: (conversation: string, file: File, signal: AbortSignal, onProgress: (part: number) => void) => {
    const mime = file.type || "application/octet-stream";
    return http.upload<StoredFile>(`${root}/${conversation}/files`, { name: file.name, mime }, file, mime, {
      signal,
      onProgress,
    });
  },
  act: (id: string, action: ConversationAction) => http.post<Conversation>(`${root}/${id}/${action}`),
  assign: (id: string, user: string | null) => http.post<Conversation>(`${root}/${id}/assign`, { user_id: user }),
  typing: (id: string) => http.post<void>(`${root}/${id}/typing`, {}),
  retry: (message: string) => http.post<Message>(`/api/v1/messages/${message}/retry`),
  reschedule: (message: string, change: ScheduleChange) =>
    http.patch<Message>(`/api/v1/messages/${message}/schedule`, change),
  sendNow: (message: string, override: boolean) =>
    http.post<Message>(`/api/v1/messages/${message}/send-now`, { override }),
  cancel: (message: string) => http.post<Message>(`/api/v1/messages/${message}/cancel`),
  search: (q: string) => http.get<Page<FoundMessage>>("/api/v1/search/messages", { q }),
  contact: (id: string) => http.get<Contact>(`/api/v1/contacts/${id}`),
};
