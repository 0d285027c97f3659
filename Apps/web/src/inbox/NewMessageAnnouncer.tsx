import { useEffect, useRef, useState } from "react";
import type { Message } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";

/// Tells screen readers about messages that arrive, and only those: history and one's own replies stay silent.
export function NewMessageAnnouncer({ messages }: { messages: Message[] | undefined }) {
  const { t } = useLanguage();
  const lastId = useRef<string | null>(null);
  const [said, setSaid] = useState<{ id: string; text: string }[]>([]);
  useEffect(() => {
    if (!messages || messages.length === 0) return;
    const at = lastId.current === null ? messages.length : messages.findIndex(({ id }) => id === lastId.current) + 1;
    const fresh = at === 0
      ? []
      : messages.slice(at).filter(({ author }) => author.type === "customer" || author.type === "bot");
    lastId.current = messages.at(-1)?.id ?? null;
    if (fresh.length === 0) return;
    setSaid((before) =>
      [
        ...before,
        ...fresh.map(({ id, author, text }) => ({
          id,
          text: t.thread.said(author.name, text || t.attachments.file),
        })),
      ].slice(-5)
    );
  }, [messages, t]);
  return (
    <div role="log" className="visually-hidden" data-testid="announcer">
      {said.map(({ id, text }) => <p key={id}>{text}</p>)}
    </div>
  );
}
