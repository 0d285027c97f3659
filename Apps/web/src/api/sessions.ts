import { http } from "./http.ts";
import type { Language, LinkInfo, Session, Setup, Theme, User } from "./types.ts";

export interface LinkAcceptance {
  token: string;
  name?: string;
  email?: string;
  password?: string;
  account_name?: string;
  language?: Language;
  age_confirmed?: boolean;
}

export const sessions = {
  setup: () => http.get<Setup>("/api/v1/setup"),
  current: () => http.get<Session>("/api/v1/session"),
  signIn: (email: string, password: string) => http.post<Session>("/api/v1/session", { email, password }),
  signOut: () => http.remove("/api/v1/session"),
  inspectLink: (token: string) => http.post<LinkInfo>("/api/v1/links/inspect", { token }),
  acceptLink: (acceptance: LinkAcceptance) => http.post<Session>("/api/v1/links/accept", acceptance),
  updateMe: (change: { language?: Language; theme?: Theme; name?: string }) => http.patch<User>("/api/v1/me", change),
};
