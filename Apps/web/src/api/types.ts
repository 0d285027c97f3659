// The shapes of the HTTP contract. Instants are RFC 3339 strings, ids lower-case UUID strings.

export * from "./channelTypes.ts";
export * from "./webChatTypes.ts";

export type Language = "en" | "ru" | "kk";
export type LocalizedText = Partial<Record<Language, string>>;
export type Theme = "system" | "light" | "dark";
export type Role = "owner" | "admin" | "operator" | "analyst";

export interface Page<Item> {
  items: Item[];
  next: string | null;
}

export interface Money {
  micros: number;
  currency: string;
}

export interface Setup {
  version: string;
  demo: boolean;
  first_run: boolean;
  languages: Language[];
}

export interface LinkInfo {
  kind: "owner_setup" | "sign_in" | "invitation";
  account: { name: string } | null;
  email: string | null;
  role: Role | null;
}

export interface User {
  id: string;
  name: string;
  email: string;
  language: Language;
  theme: Theme;
}

export interface Session {
  user: User;
  account: { id: string; name: string };
  role: Role;
  permissions: string[];
  csrf: string;
  demo: boolean;
}

export interface Member {
  id: string;
  name: string;
  email: string;
  role: Role;
  created_at: string;
}

export interface Invitation {
  id: string;
  email: string;
  role: Role;
  expires_at: string;
  link?: string;
}

export interface ApiKey {
  id: string;
  name: string;
  permissions: string[];
  created_at: string;
  last_used_at: string | null;
  key?: string;
}

export type View = "all" | "mine" | "unassigned" | "waiting" | "closed";
export type HandoffReason = "unsupported_claim" | "no_answer" | "asked_for_human" | "provider_failed" | "limit";

/// What brought a customer, or what they write about. All of it comes from outside.
export interface Referral {
  source: "link" | "ad" | "listing" | "product" | "page" | "story" | "story-mention";
  reference: string | null;
  campaign: string | null;
  title: string | null;
  url: string | null;
}

export interface LastMessage {
  text: string;
  direction: Message["direction"];
  author: AuthorType;
  at: string;
  deleted?: boolean;
  kind?: Message["kind"];
  service?: string | null;
  /// The kind of the first thing that came with it.
  attachment?: string | null;
}

export interface Conversation {
  id: string;
  contact: { id: string; name: string; picture: string | null };
  /// The owner's site vouches for who the customer is.
  verified: boolean;
  channel: { id: string; kind: string; name: string };
  state: "open" | "closed";
  owner: "bot" | "human" | "nobody";
  assignee: { id: string; name: string } | null;
  needs_human: boolean;
  handoff: { reason: HandoffReason; detail: string; at: string } | null;
  unread: number;
  last_message: LastMessage | null;
  bot_typing: boolean;
  /// Told by the live events alone: the customer is writing.
  contact_typing?: boolean;
  /// What the customer gave when it was last closed.
  rating: { score: number; comment: string; at: string } | null;
  /// What brought the customer last, as far as their messenger tells it.
  referral?: Referral | null;
  created_at: string;
  updated_at: string;
}

export type Counters = Record<View | "unread", number>;
export type AuthorType = "customer" | "bot" | "user" | "system";
export type MessageStatus =
  | "received"
  | "scheduled"
  | "held"
  | "missed"
  | "cancelled"
  | "queued"
  | "sending"
  | "sent"
  | "delivered"
  | "read"
  | "failed"
  | "uncertain";

/// Whether a file's bytes are here: "none" has none to fetch, "waiting" is being fetched from the messenger.
export type FileState = "none" | "waiting" | "stored" | "failed" | "too-large";

export interface Attachment {
  /// As the messenger calls it: image, voice, document, and kinds that are not files, such as location.
  kind: string;
  name: string | null;
  mime: string | null;
  size: number | null;
  note: string | null;
  /// Where a link or card leads.
  url?: string | null;
  file?: string | null;
  state?: FileState;
}

/// A file that was uploaded and can be sent.
export interface StoredFile {
  id: string;
  kind: string;
  name: string;
  mime: string;
  size: number;
}

export interface Citation {
  entry_id: string;
  version: number;
  title: string;
  quote: string;
  start: number;
  end: number;
}

export interface Message {
  id: string;
  conversation_id: string;
  direction: "in" | "out" | "internal";
  kind: "text" | "note" | "media" | "system" | "service";
  /// What happened, of a line that nobody said.
  service?: string | null;
  author: { type: AuthorType; id: string | null; name: string };
  text: string;
  attachments: Attachment[];
  /// What the message came with.
  referral?: Referral | null;
  status: MessageStatus;
  failure: { code: string; reason: string } | null;
  /// When a message leaves that has not left.
  schedule?: { at: string; cancel_on_reply: boolean } | null;
  /// The rule that keeps it back.
  hold?: { until: string; reason: "quiet_hours" | "daily_cap" } | null;
  sent_at: string;
  edited: boolean;
  deleted: boolean;
  citations: Citation[];
  cost: Money | null;
}

export interface FoundMessage {
  conversation_id: string;
  message_id: string;
  snippet: string;
  at: string;
  contact_name: string;
}

export interface Contact {
  id: string;
  name: string;
  picture: string | null;
  identities: { channel_kind: string; handle: string }[];
  created_at: string;
}

export interface KnowledgeItem {
  id: string;
  title: string;
  language: Language;
  kind: "text" | "file";
  source: string | null;
  version: number;
  passages: number;
  size: number;
  updated_at: string;
}

export interface KnowledgeEntry extends KnowledgeItem {
  text: string;
}

export interface EntryVersion {
  version: number;
  title: string;
  created_at: string;
  created_by: string | { name: string } | null;
}

export interface Passage extends Citation {
  score: number;
}

export interface BotSettings {
  enabled: boolean;
  name: string;
  instructions: string;
  greeting: string;
  languages: Language[];
  provider: "builtin" | "openai_compatible";
  base_url: string | null;
  model: string | null;
  has_key: boolean;
  temperature: number | null;
  burst_wait_ms: number;
  ai_notice: Record<Language, string>;
  handoff_words: string[];
  max_replies_per_conversation: number;
}

export interface BotAnswer {
  outcome: "answer" | "handoff";
  text: string;
  citations: Citation[];
  reason: HandoffReason | null;
  blocked: string | null;
  cost: Money | null;
  latency_ms: number;
}

export interface Usage {
  ai_calls: number;
  tokens_in: number;
  tokens_out: number;
  cost: Money | null;
  messages_in: number;
  messages_out: number;
}

export interface AuditEntry {
  id: string;
  at: string;
  actor: { type: string; id: string | null; name: string | null };
  action: string;
  object: unknown;
  detail: unknown;
}

export interface DemoInfo {
  channel_key: string;
  questions: string[];
  /// Whether the web chat's plugin runs in a process of its own, which may be crashed to see what happens.
  can_crash?: boolean;
}
