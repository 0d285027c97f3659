import { useSyncExternalStore } from "react";
import type { LinkState } from "../live/connection.ts";
import { useSession } from "../session/session.tsx";

export function useConnection(): LinkState {
  const { hub } = useSession();
  return useSyncExternalStore(hub.watch, () => hub.state);
}
