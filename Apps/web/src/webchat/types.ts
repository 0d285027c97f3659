export interface ChatConfig {
  title: string;
  color: string;
  greeting: string;
  language: string;
  ai_notice: string;
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
