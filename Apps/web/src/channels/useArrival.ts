import { useEffect, useState } from "react";
import { inbox } from "../api/inbox.ts";
import { useSession } from "../session/session.tsx";

/// Whether a customer has written through the channel since this was first asked.
export function useArrival(channel: string): boolean {
  const { hub } = useSession();
  const [arrived, setArrived] = useState(false);
  useEffect(() => {
    let isOver = false;
    const end = hub.listen(async (event) => {
      const id = event.data.conversation_id;
      if (event.name !== "message.added" || typeof id !== "string") return;
      try {
        const conversation = await inbox.conversation(id);
        // The bot may have answered already; only a colleague's own message proves nothing.
        const isProof = conversation.channel.id === channel && conversation.last_message?.author !== "user";
        if (isProof && !isOver) setArrived(true);
      } catch {
        // The next message looks again.
      }
    });
    return () => {
      isOver = true;
      end();
    };
  }, [hub, channel]);
  return arrived;
}
