import { inbox } from "../api/inbox.ts";
import { Problem } from "../api/problem.ts";
import type { StoredFile } from "../api/types.ts";
import { backoff } from "../live/backoff.ts";
import type { Store } from "../store/store.ts";
import { uuid } from "../webchat/uuid.ts";
import { outbox } from "./drafts.ts";
import type { InboxAction, InboxState, PendingMessage } from "./state.ts";

/// Sends what people write: in order per conversation, again after a network failure, and never twice thanks to the id.
export class Outbound {
  private readonly draining = new Set<string>();
  private readonly attempts = new Map<string, number>();
  private stopped = false;

  constructor(private readonly store: Store<InboxState, InboxAction>) {}

  start() {
    for (const message of outbox.read()) {
      const state = message.state === "failed" ? "failed" : "waiting";
      this.store.dispatch({ type: "pending-added", message: { ...message, state, problem: null } });
    }
    this.resume();
  }

  stop() {
    this.stopped = true;
  }

  send(conversation: string, kind: "reply" | "note", text: string, file: StoredFile | null = null) {
    const message: PendingMessage = {
      id: uuid(),
      conversation,
      kind,
      text,
      file,
      at: new Date().toISOString(),
      state: "sending",
      problem: null,
    };
    outbox.keep(message);
    this.store.dispatch({ type: "pending-added", message });
    void this.drain(conversation);
  }

  retry(id: string) {
    const message = this.store.state.pending.find((pending) => pending.id === id);
    if (!message) return;
    this.change(message, "sending", null);
    void this.drain(message.conversation);
  }

  /// Sends a message that a rule refused: when the rule ends, or in spite of it. Throws what the server answers.
  async sendHeld(id: string, how: { send_at: string } | { override: true }) {
    const pending = this.store.state.pending.find((known) => known.id === id);
    if (!pending) return;
    const { kind, text, file, conversation } = pending;
    const draft = { id, kind, text, ...(file ? { attachments: [file.id] } : {}), ...how };
    const message = await inbox.send(conversation, draft);
    outbox.drop(id);
    this.store.dispatch({ type: "message-loaded", message });
    this.store.dispatch({ type: "pending-removed", id });
  }

  discard(id: string) {
    outbox.drop(id);
    this.store.dispatch({ type: "pending-removed", id });
  }

  /// Tries everything that waits; called when the connection comes back.
  resume() {
    for (const { conversation } of this.store.state.pending) void this.drain(conversation);
  }

  private change(message: PendingMessage, state: PendingMessage["state"], problem: Problem | null) {
    outbox.keep({ ...message, state });
    this.store.dispatch({ type: "pending-changed", id: message.id, state, problem });
  }

  private async drain(conversation: string): Promise<void> {
    if (this.draining.has(conversation)) return;
    this.draining.add(conversation);
    try {
      for (;;) {
        const message = this.store.state.pending.find((pending) =>
          pending.conversation === conversation && pending.state !== "failed"
        );
        if (!message || this.stopped) return;
        if (!await this.attempt(message)) return;
      }
    } finally {
      this.draining.delete(conversation);
    }
  }

  private async attempt(message: PendingMessage): Promise<boolean> {
    const { id, kind, text, file, conversation } = message;
    try {
      const stored = await inbox.send(conversation, { id, kind, text, ...(file ? { attachments: [file.id] } : {}) });
      outbox.drop(id);
      this.attempts.delete(id);
      this.store.dispatch({ type: "message-loaded", message: stored });
      this.store.dispatch({ type: "pending-removed", id });
      return true;
    } catch (error) {
      const problem = Problem.from(error);
      if (!problem.isTemporary) {
        this.change(message, "failed", problem);
        return true;
      }
      this.change(message, "waiting", problem);
      const attempt = this.attempts.get(id) ?? 0;
      this.attempts.set(id, attempt + 1);
      const wait = problem.retryAfter ? problem.retryAfter * 1_000 : backoff(attempt);
      setTimeout(() => void this.drain(conversation), wait);
      return false;
    }
  }
}
