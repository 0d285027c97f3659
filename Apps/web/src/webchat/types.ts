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
}

export interface ChatState {
  config: ChatConfig | null;
  messages: ChatMessage[];
  typing: "bot" | "person" | null;
  connection: "idle" | "connecting" | "live" | "waiting";
}

/// Where the visitor's token is remembered; nothing is kept before the first message.
export interface ChatMemory {
  read(): string | null;
  write(token: string): void;
}
