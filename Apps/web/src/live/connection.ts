import { backoff } from "./backoff.ts";
import { followStream, type Frame } from "./eventParser.ts";

/// live: the stream runs. polling: a proxy breaks streams, events are fetched. unreachable: no answer from the server.
export type LinkState = "connecting" | "live" | "polling" | "unreachable" | "offline" | "signed-out";

export interface LiveEvent {
  id: string | null;
  name: string;
  data: Record<string, unknown>;
}

interface Poll {
  items: LiveEvent[];
  last: string | null;
  resync: boolean;
}

const staleAfter = 40_000;
/// The server greets at once; a stream that has not begun by then is held up by a proxy or a dead connection.
const openingTime = 8_000;
const streamFailuresBeforePolling = 3;
const pollEvery = 3_000;
const streamRetryWhilePolling = 60_000;

/// Holds the account's event stream: resumes after the last seen id, notices silence, and falls back to polling.
export class LiveConnection {
  private stopped = false;
  private abort: AbortController | null = null;
  private lastActivity = 0;
  private streamFailures = 0;
  private attempt = 0;
  private wake: (() => void) | null = null;

  constructor(
    public lastId: string | null,
    private readonly onEvent: (event: LiveEvent) => void,
    private readonly onState: (state: LinkState) => void,
  ) {}

  async run(): Promise<void> {
    while (!this.stopped) {
      const polling = this.streamFailures >= streamFailuresBeforePolling;
      const ended = polling ? await this.poll() : await this.stream();
      if (ended === "signed-out") return this.onState("signed-out");
      if (this.stopped) return;
      if (ended === "wait") await this.pause(backoff(this.attempt++));
    }
  }

  stop() {
    this.stopped = true;
    this.abort?.abort();
    this.wake?.();
  }

  /// Called when the page becomes visible or the network returns: a stream silent for too long is replaced at once.
  nudge() {
    if (!navigator.onLine || Date.now() - this.lastActivity > 20_000) this.abort?.abort();
    this.wake?.();
  }

  private async stream(): Promise<"again" | "wait" | "signed-out"> {
    const abort = new AbortController();
    this.abort = abort;
    this.lastActivity = Date.now();
    let opened = false;
    const watch = setInterval(() => {
      if (Date.now() - this.lastActivity > (opened ? staleAfter : openingTime)) abort.abort();
    }, 2_000);
    try {
      const headers: Record<string, string> = { Accept: "text/event-stream" };
      if (this.lastId) headers["Last-Event-ID"] = this.lastId;
      const response = await fetch("/api/v1/events", {
        headers,
        signal: abort.signal,
        cache: "no-store",
        credentials: "same-origin",
      });
      if (response.status === 401) return "signed-out";
      if (!response.ok) throw new Error(`status ${response.status}`);
      await followStream(response, (frame) => {
        opened = true;
        this.accept(frame);
      }, () => this.lastActivity = Date.now());
    } catch {
      // Falls through: the loop tries again.
    } finally {
      clearInterval(watch);
    }
    if (this.stopped) return "again";
    if (!opened) this.streamFailures += (await this.serverAnswers()) ? 1 : 0;
    else this.onState("connecting");
    return opened ? "again" : "wait";
  }

  private accept(frame: Frame) {
    if (frame.id) this.lastId = frame.id;
    this.streamFailures = 0;
    this.attempt = 0;
    this.onState("live");
    this.onEvent(decode(frame));
  }

  /// Says whether the server is there at all, which tells a broken stream from a broken network.
  private async serverAnswers(): Promise<boolean> {
    if (!navigator.onLine) {
      this.onState("offline");
      return false;
    }
    try {
      const response = await fetch("/api/v1/setup", { cache: "no-store", signal: AbortSignal.timeout(5_000) });
      if (response.ok) {
        this.onState("connecting");
        return true;
      }
    } catch {
      // No answer.
    }
    this.onState("unreachable");
    return false;
  }

  private async poll(): Promise<"again" | "wait" | "signed-out"> {
    const until = Date.now() + streamRetryWhilePolling;
    while (!this.stopped && Date.now() < until) {
      try {
        const after = this.lastId ? `?after=${encodeURIComponent(this.lastId)}` : "";
        const response = await fetch(`/api/v1/events/poll${after}`, {
          cache: "no-store",
          signal: AbortSignal.timeout(20_000),
        });
        if (response.status === 401) return "signed-out";
        if (!response.ok) throw new Error(`status ${response.status}`);
        const page = await response.json() as Poll;
        if (page.resync) this.onEvent({ id: page.last, name: "resync", data: {} });
        for (const event of page.items) this.onEvent(event);
        this.lastId = page.last ?? this.lastId;
        this.lastActivity = Date.now();
        this.onState("polling");
      } catch {
        this.onState(navigator.onLine ? "unreachable" : "offline");
        return "wait";
      }
      await this.pause(pollEvery);
    }
    this.streamFailures = streamFailuresBeforePolling - 1;
    return "again";
  }

  private pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, milliseconds);
      this.wake = done;
      function done() {
        clearTimeout(timer);
        resolve();
      }
    });
  }
}

function decode(frame: Frame): LiveEvent {
  try {
    return { id: frame.id, name: frame.event, data: JSON.parse(frame.data) };
  } catch {
    return { id: frame.id, name: frame.event, data: {} };
  }
}
