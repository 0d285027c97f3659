// What people are writing survives a reload: drafts per conversation and kind, and messages not yet acknowledged.
import type { PendingMessage } from "./state.ts";

const draftPrefix = "sevensales.draft.";
const outboxPrefix = "sevensales.outbox.";

function guarded<Result>(work: () => Result, fallback: Result): Result {
  try {
    return work();
  } catch {
    return fallback;
  }
}

export const drafts = {
  read: (conversation: string, kind: string) =>
    guarded(() => localStorage.getItem(`${draftPrefix}${conversation}.${kind}`) ?? "", ""),
  write(conversation: string, kind: string, text: string) {
    const key = `${draftPrefix}${conversation}.${kind}`;
    guarded(() => text ? localStorage.setItem(key, text) : localStorage.removeItem(key), undefined);
  },
};

export const outbox = {
  keep(message: PendingMessage) {
    guarded(
      () => localStorage.setItem(outboxPrefix + message.id, JSON.stringify({ ...message, problem: null })),
      undefined,
    );
  },
  drop(id: string) {
    guarded(() => localStorage.removeItem(outboxPrefix + id), undefined);
  },
  read(): PendingMessage[] {
    return guarded(() =>
      keys(outboxPrefix)
        .map((key) => JSON.parse(localStorage.getItem(key) ?? "null") as PendingMessage | null)
        .filter((message): message is PendingMessage => message !== null)
        .sort((a, b) => a.at < b.at ? -1 : 1), []);
  },
};

/// Removes everything written on this device; used when a person signs out.
export function forgetWriting() {
  guarded(
    () => [...keys(draftPrefix), ...keys(outboxPrefix)].forEach((key) => localStorage.removeItem(key)),
    undefined,
  );
}

function keys(prefix: string): string[] {
  return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
}
