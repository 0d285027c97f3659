import { useEffect, useState } from "react";
import { channels } from "../api/channels.ts";
import { coalesce } from "../live/coalesce.ts";
import { useSession } from "../session/session.tsx";

/// Whether a message has come through the channel since this was first asked. The server's own times are compared with
/// each other, so the clock of this device does not matter.
export function useArrival(id: string): boolean {
  const { hub } = useSession();
  const [arrived, setArrived] = useState(false);
  useEffect(() => {
    let first: string | null | undefined;
    let isOver = false;
    const look = coalesce(async () => {
      try {
        const last = (await channels.list()).items.find((channel) => channel.id === id)?.last_inbound_at ?? null;
        if (isOver) return;
        if (first === undefined) first = last;
        else if (last !== first) setArrived(true);
      } catch {
        // The next event looks again.
      }
    });
    look();
    const end = hub.listen((event) => {
      if (["message.added", "channel.changed", "resync"].includes(event.name)) look();
    });
    return () => {
      isOver = true;
      end();
    };
  }, [hub, id]);
  return arrived;
}
