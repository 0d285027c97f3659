// The channels of the HTTP contract. What is optional is missing from older servers.
import type { LocalizedText } from "./types.ts";
import type { WebChatSettings } from "./webChatTypes.ts";

export interface ChannelField {
  name: string;
  kind?: "text" | "flag" | "base-url";
  title: LocalizedText;
  help?: LocalizedText | null;
  secret: boolean;
  required: boolean;
  default?: string | null;
}

export interface MediaLimit {
  kind: string;
  max_bytes: number;
  /// Empty when every type will do.
  mime_types: string[];
}

/// What the composer obeys. Sizes of text are counted in `text_unit`.
export interface ChannelCapabilities {
  text_limit?: number;
  text_unit?: "utf16" | "utf8" | "characters";
  media?: MediaLimit[];
  /// The longest text beside a file; null when files go without text.
  caption?: number | null;
  /// Seconds after the customer's last message.
  reply_window?: number | null;
  person_reply_window?: number | null;
  /// The setting, a flag, without which a channel has no longer window for people.
  person_reply_setting?: string | null;
}

export interface ChannelKind {
  kind: string;
  title: string;
  titles?: LocalizedText;
  modes: ChannelMode[];
  fields: ChannelField[];
  capabilities: ChannelCapabilities;
  /// How its plugin is loaded.
  mode?: PluginMode;
  /// How the account itself is signed in; empty or missing where the fields are all it takes.
  sign_in?: SignInMethod[];
  /// What connecting may cost; it must be accepted.
  risk?: LocalizedText | null;
}

export type SignInMethod = "picture" | "phone";

/// Where an attempt to sign an account in stands.
export interface SignInView {
  attempt: string;
  state: "picture" | "code" | "asks" | "waiting" | "signed-in" | "failed";
  /// A data address.
  picture?: string | null;
  code?: string | null;
  until?: string | null;
  question?: "code" | "password" | null;
  reason?: LocalizedText | null;
}

export type PluginMode = "linked" | "isolated" | "in-process";

export type ChannelMode = "webhook" | "polling" | "none";

export interface ChannelNotice {
  kind: "information" | "attention" | "reconnect-needed";
  code?: string;
  reason: LocalizedText;
  at: string;
}

export interface ChannelHealth {
  state: "healthy" | "attention" | "broken" | "unknown";
  reason: LocalizedText | null;
  /// `signed-out` where signing in helps.
  code?: string | null;
  detail: string | null;
  checked_at: string | null;
  account: { name: string; username: string | null; url: string | null } | null;
  expires_at: string | null;
  waiting: number;
  uncertain: number;
  failed: number;
  notices: ChannelNotice[];
}

export interface Channel {
  id: string;
  kind: string;
  name: string;
  mode: ChannelMode;
  state: "active" | "paused" | "failed";
  problem: string | null;
  webhook_path: string | null;
  /// Names of the other channels of the same app: the messenger reaches all of them by this address.
  shared_with?: string[];
  /// Secrets that were made up, for pasting where the messenger asks for them; only in the answer to connecting.
  generated?: Record<string, string> | null;
  public_key: string | null;
  last_inbound_at: string | null;
  created_at: string;
  settings: Record<string, unknown>;
  /// Of web chats only.
  web_chat?: WebChatSettings | null;
  /// Where and when a page of another site last opened this web chat.
  seen?: { host: string; at: string } | null;
  health?: ChannelHealth | null;
  plugin?: {
    state: "working" | "restarting" | "quarantined" | "missing";
    reason: string | null;
    mode?: PluginMode | null;
  } | null;
}

export interface ChannelTest {
  ok: boolean;
  detail: string | null;
  problem: string | null;
  /// The problem in the languages of the product, where the server tells it.
  reason?: LocalizedText | null;
  /// `signed-out` where signing in helps.
  code?: string | null;
}

/// Somebody asked the messenger to have their data deleted.
export interface Erasure {
  id: string;
  channel_id: string;
  /// How many records of the inbox were deleted at once.
  removed: number;
  requested_at: string;
  due_at: string;
  settled_at: string | null;
}
