import { type LinkState, LiveConnection, type LiveEvent } from "./connection.ts";

type Listener = (event: LiveEvent) => void;
type Note =
  | { type: "event"; event: LiveEvent }
  | { type: "state"; state: LinkState; lastId: string | null }
  | { type: "who" };

/// Gives every tab of a browser the account's events over one stream: the tab that holds the lock follows the stream and
/// shares it by BroadcastChannel. Outside a secure context there are no locks, and each tab follows its own stream.
export class LiveHub {
  state: LinkState = "connecting";
  private lastId: string | null = null;
  private connection: LiveConnection | null = null;
  private channel: BroadcastChannel | null = null;
  private readonly listeners = new Set<Listener>();
  private readonly watchers = new Set<() => void>();
  private readonly abort = new AbortController();

  constructor(private readonly session: string) {}

  start() {
    const name = `sevensales-live-${this.session}`;
    const { signal } = this.abort;
    for (const moment of ["online", "offline", "pageshow"] as const) {
      globalThis.addEventListener(moment, () => this.compare(), { signal });
    }
    document.addEventListener("visibilitychange", () => document.hidden || this.compare(), { signal });
    if (!navigator.locks || !("BroadcastChannel" in globalThis)) {
      void this.follow();
      return;
    }
    this.channel = new BroadcastChannel(name);
    this.channel.onmessage = (message: MessageEvent<Note>) => this.hear(message.data);
    this.channel.postMessage({ type: "who" });
    navigator.locks.request(name, { signal }, () => this.follow()).catch(() => {});
  }

  stop() {
    this.abort.abort();
    this.connection?.stop();
    this.channel?.close();
    this.channel = null;
  }

  /// Runs `listener` for each event from now on; the result ends that.
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  readonly watch = (watcher: () => void): () => void => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  private async follow(): Promise<void> {
    this.connection = new LiveConnection(
      this.lastId,
      (event) => {
        this.publish(event);
        this.channel?.postMessage({ type: "event", event });
      },
      (state) => {
        if (state === this.state) return;
        this.enter(state);
        this.tellState();
      },
    );
    await this.connection.run();
  }

  private hear(note: Note) {
    if (note.type === "who") return this.connection ? this.tellState() : undefined;
    if (this.connection) return;
    if (note.type === "event") return this.publish(note.event);
    // The leader is ahead of the last event this tab saw: a note was lost, for example while the tab was frozen.
    if (this.lastId !== null && note.lastId !== null && note.lastId !== this.lastId) {
      this.publish({ id: note.lastId, name: "resync", data: {} });
    }
    this.lastId = note.lastId ?? this.lastId;
    this.enter(note.state);
  }

  private compare() {
    if (this.connection) this.connection.nudge();
    else this.channel?.postMessage({ type: "who" });
  }

  private tellState() {
    this.channel?.postMessage({ type: "state", state: this.state, lastId: this.connection?.lastId ?? this.lastId });
  }

  private publish(event: LiveEvent) {
    if (event.id) this.lastId = event.id;
    for (const listener of this.listeners) listener(event);
  }

  private enter(state: LinkState) {
    if (state === this.state) return;
    this.state = state;
    for (const watcher of this.watchers) watcher();
  }
}
