import { createContext, useContext } from "react";
import type { Session, Setup, User } from "../api/types.ts";
import type { InboxModel } from "../inbox/model.ts";
import type { LiveHub } from "../live/hub.ts";

/// What a signed-in page works with.
export interface SignedIn {
  setup: Setup;
  session: Session;
  hub: LiveHub;
  inbox: InboxModel;
  can: (permission: string) => boolean;
  setUser: (user: User) => void;
  signOut: () => Promise<void>;
}

export const SessionContext = createContext<SignedIn | null>(null);

export function useSession(): SignedIn {
  const value = useContext(SessionContext);
  if (!value) throw new Error("not signed in");
  return value;
}
