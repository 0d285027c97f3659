import { backoff } from "../live/backoff.ts";
import { followStream, type Frame } from "../live/eventParser.ts";
import type { Answers, ChatConfig, ChatFile, ChatMemory, ChatMessage, ChatState, Standing } from "./types.ts";
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
  /// What the site signed about whom it signed in. Such a visitor is remembered by the site, not by the browser.
  identity?: string | null;
}

/// What waits to be sent under a message's id.
interface Unsent {
  text: string;
  file?: File;
  /// Of the file, once the server has it.
  fileId?: string;
}

/// A visitor's side of a web chat: the widget and the demo's phone both speak through it.
export class WebChat {
  state: ChatState = { config: null, messages: [], standing: null, form: false, typing: null, connection: "idle" };
  private token: string | null;
  private readonly watchers = new Set<() => void>();
  private readonly unsent = new Map<string, Unsent>();
  private abort: AbortController | null = null;
  private visitor: Promise<void> | null = null;
  private typingSentAt = 0;
  private stopped = false;
  private typingEnd = 0;

  constructor(readonly options: Options) {
    this.token = options.identity ? null : options.memory.read();
  }

  readonly watch = (watcher: () => void): () => void => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  /// Loads the channel's looks and, for a returning visitor, the conversation.
  async start(): Promise<void> {
    const config = await this.request<ChatConfig>("GET", `config?language=${this.options.language}`);
    if (this.options.identity) await this.becomeVisitor();
    const standing = await this.standing();
    const { pre_chat: asked, consent, open } = config;
    const asks = consent || !open || Object.values(asked).some((asking) => asking !== "off");
    this.change({ config, standing, form: Boolean(standing ? standing.owes.length : asks) });
    if (standing && !this.abort) void this.follow();
  }

  stop() {
    this.stopped = true;
    this.abort?.abort();
  }

  /// What the visitor says of themselves before the first message. Throws a `Refusal` that names the field.
  async answer(answers: Answers): Promise<void> {
    await this.becomeVisitor();
    const standing = await this.request<Standing>("POST", "form", answers);
    this.change({ standing, form: Boolean(standing.owes.length) });
  }

  /// How the closed conversation was, from 1 to 5.
  async rate(score: number, comment: string): Promise<void> {
    this.change({ standing: await this.request<Standing>("POST", "rating", { score, comment }) });
  }

  /// Null for somebody new, also when what the browser remembers means nobody any more.
  private async standing(): Promise<Standing | null> {
    if (!this.token) return null;
    try {
      return await this.request<Standing>("GET", "visitor");
    } catch (error) {
      if (!(error instanceof Refusal && error.status === 401)) throw error;
      return null;
    }
  }

  /// `attachments` are files that `localFile` describes, one at most.
  send(text: string, attachments: ChatFile[] = []) {
    const message: ChatMessage = {
      id: uuid(),
      direction: "in",
      author: "visitor",
      author_name: "",
      text,
      at: new Date().toISOString(),
      status: "sending",
      citations: [],
      attachments,
    };
    this.merge([message]);
    this.unsent.set(message.id, { text, file: attachments[0]?.local });
    void this.deliver(message.id);
  }

  retry(id: string) {
    if (!this.unsent.has(id)) return;
    this.mark(id, "sending");
    void this.deliver(id);
  }

  /// The bytes of a stored file.
  async bytes(id: string): Promise<Blob> {
    const response = await fetch(this.address(`files/${encodeURIComponent(id)}`), {
      headers: this.headers(),
      credentials: "omit",
    });
    if (!response.ok) throw new Refusal(response.status);
    return await response.blob();
  }

  /// Tells the other side that the visitor is writing; at most once in four seconds.
  typed() {
    if (!this.token || Date.now() - this.typingSentAt < typingPause) return;
    this.typingSentAt = Date.now();
    this.request("POST", "typing", { on: true }).catch(() => {});
  }

  private async deliver(id: string): Promise<void> {
    const unsent = this.unsent.get(id);
    if (!unsent) return;
    for (let attempt = 0;; attempt++) {
      try {
        await this.becomeVisitor();
        // The id makes it one message however often it is sent.
        const { text, file } = unsent;
        if (file) unsent.fileId ??= await this.upload(file);
        await this.request("POST", "messages", {
          id,
          text,
          page: { url: document.URL, title: document.title },
          attachments: unsent.fileId && [unsent.fileId],
        });
        this.unsent.delete(id);
        this.mark(id, "sent");
        return;
      } catch (error) {
        if (this.stopped || attempt >= quietTries || !(error instanceof Refusal && error.isTemporary)) {
          this.mark(id, "failed");
          // The owner asks for something new meanwhile.
          if (error instanceof Refusal && error.status === 409) {
            this.change({ form: true, standing: await this.standing() });
          }
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, backoff(attempt)));
      }
    }
  }

  private async upload(file: File): Promise<string> {
    // The browser says what it holds the file for, in the request's own header.
    return (await this.request<{ id: string }>("POST", `files?name=${encodeURIComponent(file.name)}`, file)).id;
  }

  /// Has a token, a new one where there is none. Throws a `Refusal`.
  becomeVisitor(): Promise<void> {
    if (this.token) return Promise.resolve();
    this.visitor ??= (async () => {
      const { language, name, identity } = this.options;
      const made = await this.request<{ token: string }>("POST", "visitors", {
        language,
        name,
        identity: identity || null,
      });
      this.token = made.token;
      if (!identity) this.options.memory.write(made.token);
      void this.follow();
    })().finally(() => this.visitor = null);
    return this.visitor;
  }

  private async follow(): Promise<void> {
    const { token } = this;
    const isOver = () => this.stopped || token !== this.token;
    for (let attempt = 0; !isOver();) {
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
      if (isOver()) return;
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
    else if (event === "conversation") {
      this.change({ standing: { verified: false, owes: [], ...this.state.standing, ...value } });
    } else if (event === "typing") {
      clearTimeout(this.typingEnd);
      this.change({ typing: value.on ? value.author : null });
      // A person's pause is not told; the bot's end is.
      if (value.on) {
        this.typingEnd = setTimeout(() => this.change({ typing: null }), value.author === "bot" ? 60_000 : 7_000);
      }
    }
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
    const { token } = this;
    const response = await fetch(this.address(path), {
      method,
      // A file is sent as it is; the server finds out what it is.
      headers: this.headers(body instanceof Blob || body === undefined ? {} : { "Content-Type": "application/json" }),
      body: body instanceof Blob || body === undefined ? body : JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
    });
    if (!response.ok) {
      const { status } = response;
      const problem = await response.json().catch(() => null);
      const field = problem?.errors?.[0]?.field;
      // A late answer to a former token says nothing of today's.
      if (token === this.token && (status === 401 || field === "identity")) {
        this.token = null;
        this.abort?.abort();
        if (this.options.identity) this.change({ connection: "ended" });
      }
      throw new Refusal(status, field);
    }
    return (response.status === 204 ? undefined : await response.json()) as Result;
  }

  private change(part: Partial<ChatState>) {
    this.state = { ...this.state, ...part };
    for (const watcher of this.watchers) watcher();
  }
}

/// The server's answer was a refusal.
export class Refusal extends Error {
  constructor(readonly status: number, readonly field?: string) {
    super(`status ${status}`);
  }

  /// A part of the server is starting or busy: the same request may succeed in a moment.
  get isTemporary(): boolean {
    return this.status === 503 || this.status === 429;
  }
}
