// The settings of a web chat in the HTTP contract.
import type { Language, LocalizedText } from "./types.ts";

export type Asking = "off" | "optional" | "required";
export type LauncherIcon = "chat" | "question" | "phone";
export type Side = "left" | "right";

/// From a time of a weekday up to another of the same day; "24:00" is the day's end.
export interface OpenPeriod {
  /// 1 is Monday.
  day: number;
  from: string;
  to: string;
}

export type InstallationOutcome =
  | "installed"
  | "other-chat"
  | "other-server"
  | "inactive"
  | "not-found"
  | "script-forbidden"
  | "nonce-missing"
  | "connection-forbidden"
  | "site-not-listed"
  | "plain-server"
  | "paused"
  | "no-page"
  | "unreachable";

/// What a page tells about a chat. The detail is what the outcome is about: a key, a directive, a host, a status.
export interface InstallationFinding {
  outcome: InstallationOutcome;
  detail: string | null;
  /// Directives for the page's content security policy, to be written instead of those it has.
  remedy: string | null;
}

/// Whether a site has a secret to sign its visitors' identities with. The secret itself is told when it is made, and never again.
export interface IdentitySecretState {
  exists: boolean;
  /// Null also for a secret from before this was kept.
  since: string | null;
  /// Until when the secret before this one counts.
  previous_until: string | null;
}

export interface MadeIdentitySecret {
  secret: string;
  since: string | null;
  previous_until: string | null;
}

export interface WebChatSettings {
  title: LocalizedText;
  greeting: LocalizedText;
  color: string;
  position: Side;
  launcher: { icon: LauncherIcon; label: LocalizedText };
  initials: string;
  /// A data: address; empty for none.
  avatar: string;
  language: Language;
  languages: Language[];
  /// Without periods the chat is always open.
  hours: { time_zone: string; periods: OpenPeriod[] };
  offline_message: LocalizedText;
  pre_chat: { name: Asking; email: Asking; phone: Asking };
  /// The server counts the version.
  consent: { text: LocalizedText; link: string; version: number };
  rating: boolean;
  files: boolean;
  /// Where the chat may run; anywhere when empty.
  origins: string[];
}
