import { backoff } from "../live/backoff.ts";
import { followStream, type Frame } from "../live/eventParser.ts";
import type { ChatConfig, ChatMemory, ChatMessage, ChatState } from "./types.ts";
import { uuid } from "./uuid.ts";

const staleAfter = 40_000;
const typingPause = 4_000;
/// How often a message is tried again by itself while the server is away: about half a minute in all.
const quietTries = 6;

interface Options {
  /// The server, for example "https://chat.example.kz".
  origin: string;
  /// The channel's public key.
  key: string;
  language: string;
  name?: string;
  memory: ChatMemory;
}

/// A visitor's side of a web chat: the widget and the demo's phone both speak through it.
export class WebChat {
  state: ChatState = { config: null, messages: [], typing: null, connection: "idle" };
  private token: string | null;
  private readonly watchers = new Set<() => void>();
  private readonly unsent = new Map<string, string>();
  private abort: AbortController | null = null;
  private visitor: Promise<void> | null = null;
  private typingSentAt = 0;
  private stopped = false;

  constructor(private readonly options: Options) {
    this.token = options.memory.read();
  }

  readonly watch = (watcher: () => void): () => void => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  /// Loads the channel's looks and, for a returning visitor, the conversation.
  async start(): Promise<void> {
    this.change({ config: await this.request<ChatConfig>("GET", "config") });
    if (this.token) void this.follow();
  }

  stop() {
    this.stopped = true;
    this.abort?.abort();
  }

  send(text: string) {
    const message: ChatMessage = {
      id: uuid(),
      direction: "in",
      author: "visitor",
      author_name: "",
      text,
      at: new Date().toISOString(),
      status: "sending",
      citations: [],
    };
    this.merge([message]);
    void this.deliver(message.id, text);
  }

  retry(id: string) {
    const text = this.unsent.get(id);
    if (text === undefined) return;
    this.mark(id, "sending");
    void this.deliver(id, text);
  }

  /// Tells the other side that the visitor is writing; at most once in four seconds.
  typed() {
    if (!this.token || Date.now() - this.typingSentAt < typingPause) return;
    this.typingSentAt = Date.now();
    this.request("POST", "typing", { on: true }).catch(() => {});
  }

  private async deliver(id: string, text: string): Promise<void> {
    this.unsent.set(id, text);
    for (let attempt = 0;; attempt++) {
      try {
        await this.becomeVisitor();
        // The id makes it one message however often it is sent.
        await this.request("POST", "messages", { id, text });
        this.unsent.delete(id);
        this.mark(id, "sent");
        return;
      } catch (error) {
        if (this.stopped || attempt >= quietTries || !(error instanceof Refusal && error.isTemporary)) {
          this.mark(id, "failed");
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, backoff(attempt)));
      }
    }
  }

  private becomeVisitor(): Promise<void> {
    if (this.token) return Promise.resolve();
    this.visitor ??= (async () => {
      const { language, name } = this.options;
      const made = await this.request<{ token: string }>("POST", "visitors", name ? { language, name } : { language });
      this.token = made.token;
      this.options.memory.write(made.token);
      void this.follow();
    })().finally(() => this.visitor = null);
    return this.visitor;
  }

  private async follow(): Promise<void> {
    for (let attempt = 0; !this.stopped;) {
      this.change({ connection: "connecting" });
      const abort = new AbortController();
      this.abort = abort;
      let activity = Date.now();
      const watch = setInterval(() => Date.now() - activity > staleAfter && abort.abort(), 5_000);
      try {
        await this.catchUp();
        const last = this.state.messages.filter(({ status }) => status !== "sending" && status !== "failed").at(-1);
        const response = await fetch(this.address("events"), {
          headers: this.headers(last ? { "Last-Event-ID": last.id } : {}),
          signal: abort.signal,
          cache: "no-store",
        });
        if (!response.ok) throw new Error(`status ${response.status}`);
        attempt = 0;
        this.change({ connection: "live" });
        await followStream(response, (frame) => this.hear(frame), () => activity = Date.now());
      } catch {
        // The loop tries again after a pause.
      } finally {
        clearInterval(watch);
      }
      if (this.stopped) return;
      this.change({ connection: "waiting", typing: null });
      await new Promise((resolve) => setTimeout(resolve, backoff(attempt++)));
    }
  }

  private async catchUp(): Promise<void> {
    let after: string | null = null;
    do {
      const query: string = after ? `?after=${encodeURIComponent(after)}` : "";
      const page: { items: ChatMessage[]; next: string | null } = await this.request("GET", `messages${query}`);
      this.merge(page.items);
      after = page.items.length > 0 ? page.next : null;
    } while (after);
  }

  private hear({ event, data }: Frame) {
    const value = JSON.parse(data);
    if (event === "message") {
      this.merge([value as ChatMessage]);
      if (value.direction === "out") this.change({ typing: null });
    } else if (event === "status") this.mark(value.id, value.status);
    else if (event === "typing") this.change({ typing: value.on ? value.author : null });
  }

  private merge(fresh: ChatMessage[]) {
    const messages = [...this.state.messages];
    for (const message of fresh) {
      const at = messages.findIndex(({ id }) => id === message.id);
      if (at < 0) messages.push(message);
      else messages[at] = message;
    }
    messages.sort((a, b) => a.at < b.at ? -1 : a.at > b.at ? 1 : 0);
    this.change({ messages });
  }

  private mark(id: string, status: string) {
    const rank = ["sending", "failed", "sent", "received", "delivered", "read"];
    this.change({
      messages: this.state.messages.map((message) =>
        message.id === id && (status === "sending" || rank.indexOf(status) >= rank.indexOf(message.status))
          ? { ...message, status }
          : message
      ),
    });
  }

  private address(path: string): string {
    return `${this.options.origin}/webchat/${encodeURIComponent(this.options.key)}/${path}`;
  }

  private headers(extra: Record<string, string> = {}): Record<string, string> {
    return this.token ? { ...extra, Authorization: `Bearer ${this.token}` } : extra;
  }

  private async request<Result>(method: string, path: string, body?: unknown): Promise<Result> {
    const response = await fetch(this.address(path), {
      method,
      headers: this.headers(body === undefined ? {} : { "Content-Type": "application/json" }),
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
    });
    if (!response.ok) throw new Refusal(response.status);
    return (response.status === 204 ? undefined : await response.json()) as Result;
  }

  private change(part: Partial<ChatState>) {
    this.state = { ...this.state, ...part };
    for (const watcher of this.watchers) watcher();
  }
}

/// The server's answer was a refusal.
class Refusal extends Error {
  constructor(private readonly status: number) {
    super(`status ${status}`);
  }

  /// A part of the server is starting or busy: the same request may succeed in a moment.
  get isTemporary(): boolean {
    return this.status === 503 || this.status === 429;
  }
}
