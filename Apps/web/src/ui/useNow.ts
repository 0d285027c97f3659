import { useSyncExternalStore } from "react";

let now = new Date();
const listeners = new Set<() => void>();
let timer = 0;

function subscribe(listener: () => void) {
  if (listeners.size === 0) {
    now = new Date();
    timer = setInterval(() => {
      now = new Date();
      for (const each of listeners) each();
    }, 30_000) as unknown as number;
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearInterval(timer);
  };
}

/// The time for "5 minutes ago", renewed twice a minute.
export function useNow(): Date {
  return useSyncExternalStore(subscribe, () => now);
}
