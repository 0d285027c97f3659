import { useCallback, useEffect, useRef } from "react";
import { navigate } from "../router/router.ts";
import { demoPath } from "../router/routes.ts";
import { useSession } from "../session/session.tsx";

/// Opens the conversation that the phone's first message starts, so that the newcomer sees it arrive.
/// Returns what to call when the phone sends.
export function useOpenAnswered(openId: string | null): (isFirst: boolean, text: string) => void {
  const { inbox } = useSession();
  const awaited = useRef<string | null>(null);
  const open = useRef(openId);
  open.current = openId;

  useEffect(() =>
    inbox.store.subscribe(() => {
      const text = awaited.current;
      if (text === null) return;
      const found = Object.values(inbox.store.state.conversations).find(({ channel, last_message: last, created_at }) =>
        channel.kind === "webchat" && Date.now() - Date.parse(created_at) < 60_000 && last?.text.trim() === text
      );
      if (!found) return;
      awaited.current = null;
      if (found.id !== open.current) navigate(demoPath(found.id, null));
    }), [inbox]);

  return useCallback((isFirst: boolean, text: string) => {
    if (isFirst) awaited.current = text.trim();
  }, []);
}
