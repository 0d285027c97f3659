import { useMemo, useSyncExternalStore } from "react";
import { parseRoute, type Route } from "./routes.ts";

const listeners = new Set<() => void>();
let guard: (() => boolean) | null = null;
let currentAddress = address();

function address(): string {
  return typeof location === "undefined" ? "/" : location.pathname + location.search;
}

function announce() {
  currentAddress = address();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

if (typeof globalThis.addEventListener === "function") globalThis.addEventListener("popstate", announce);

/// Opens an address of the interface. A set guard may keep the person on the page (unsaved changes).
export function navigate(path: string, options: { replace?: boolean } = {}) {
  if (path === currentAddress && !location.hash) return;
  if (guard && !guard()) return;
  history[options.replace ? "replaceState" : "pushState"](null, "", path);
  announce();
}

/// While set, `confirmLeave` decides whether navigation may go on.
export function setGuard(confirmLeave: (() => boolean) | null) {
  guard = confirmLeave;
}

export function useRoute(): Route {
  const current = useSyncExternalStore(subscribe, () => currentAddress);
  return useMemo(() => {
    const [path = "/", query = ""] = current.split("?");
    return parseRoute(path, query);
  }, [current]);
}
