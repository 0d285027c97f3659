import { http } from "./http.ts";
import type { Message } from "./types.ts";

export interface DeadLetter {
  message: Message;
  contact: { id: string; name: string };
}

/// Work that was given up.
export interface DeadJob {
  id: string;
  queue: string;
  attempts: number;
  created_at: string;
  error: string;
}

const root = "/api/v1/dead-letters";

export const deadLetters = {
  list: () => http.get<{ messages: DeadLetter[]; jobs: DeadJob[] }>(root),
  resend: () => http.post<{ count: number }>(`${root}/resend`),
  dismissMessage: (id: string) => http.post<void>(`${root}/messages/${id}/dismiss`),
  retryJob: (id: string) => http.post<void>(`${root}/jobs/${id}/retry`),
  dismissJob: (id: string) => http.post<void>(`${root}/jobs/${id}/dismiss`),
};
