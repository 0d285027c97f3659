import { useEffect } from "react";
import type { Conversation } from "../api/types.ts";
import { useSession } from "../session/session.tsx";

/// Marks an open conversation as read while somebody is really looking at it.
export function useMarkRead(conversation: Conversation | undefined) {
  const { inbox } = useSession();
  const id = conversation?.id;
  const unread = conversation?.unread ?? 0;
  useEffect(() => {
    if (!id || unread === 0) return;
    const mark = () => {
      if (!document.hidden) inbox.act(id, "read", { unread: 0 }).catch(() => {});
    };
    mark();
    document.addEventListener("visibilitychange", mark);
    return () => document.removeEventListener("visibilitychange", mark);
  }, [inbox, id, unread]);
}
