import type { Asking, LauncherIcon, Side } from "../api/webChatTypes.ts";

/// The chat as one visitor sees it: each text in the language it speaks with them.
export interface ChatConfig {
  title: string;
  color: string;
  greeting: string;
  language: string;
  languages: string[];
  position: Side;
  launcher: { icon: LauncherIcon; label?: string };
  initials?: string;
  /// A data: address.
  avatar?: string;
  /// Whether people are there now; the message says what to expect when they are not.
  open: boolean;
  offline_message?: string;
  pre_chat: { name: Asking; email: Asking; phone: Asking };
  consent?: { text: string; link?: string; version: number };
  rating: boolean;
  files: boolean;
  ai_notice?: string;
}

/// What a visitor said in the form before the chat.
export interface Answers {
  name?: string;
  email?: string;
  phone?: string;
  /// The version of the text that they agreed to.
  consent?: number;
  /// Of the text.
  language: string;
}

/// How the visitor and their conversation stand.
export interface Standing {
  verified: boolean;
  /// What must be answered before the next message: name, email, phone, consent.
  owes: string[];
  state: "none" | "open" | "closed";
  /// What they gave since the conversation was last closed.
  rating: number | null;
}

export interface ChatMessage {
  id: string;
  /// As the business sees it: "in" is the visitor's own.
  direction: "in" | "out";
  author: "visitor" | "bot" | "person" | "system";
  author_name: string;
  text: string;
  at: string;
  status: string;
  citations: { title: string; quote: string }[];
  attachments: ChatFile[];
}

/// A file of a message. Whatever it is, only `bytes` of a `WebChat` hands it out: its address alone opens nothing.
export interface ChatFile {
  /// Null while it is on its way, and for what has no file.
  id: string | null;
  kind: string;
  /// "stored" when it can be shown.
  state: string;
  name: string | null;
  mime: string | null;
  size: number | null;
  /// A place's or card's words.
  note?: string | null;
  /// The visitor's own, before the server has it.
  local?: File;
}

export interface ChatState {
  config: ChatConfig | null;
  messages: ChatMessage[];
  /// Null before it is known, and for somebody new.
  standing: Standing | null;
  /// Whether the form stands before the next message.
  form: boolean;
  typing: "bot" | "person" | null;
  /// "ended" when the session of somebody whom the site signed in is over, or the site's signature is: the site has to sign again.
  connection: "idle" | "connecting" | "live" | "waiting" | "ended";
}

/// Where the visitor's token is remembered; nothing is kept before the first message.
export interface ChatMemory {
  read(): string | null;
  write(token: string): void;
}
