import type { Message } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Icon } from "../ui/Icon.tsx";

/// An event of the conversation, in the reader's language; an unknown code is shown as it is.
export function SystemLine({ message }: { message: Message }) {
  const { t, formats } = useLanguage();
  const isHandoff = message.text.startsWith("handoff.");
  const text = (t.system as Record<string, string>)[message.text] ?? message.text;
  const who = message.author.type === "user" ? message.author.name : "";
  return (
    <p
      className={isHandoff ? "system-line system-line--amber" : "system-line"}
      data-item={message.id}
      data-testid="system-message"
      data-code={message.text}
    >
      {isHandoff && <Icon name="hand" size={14} />}
      <span>{who ? `${text} · ${who}` : text}</span>
      <time dateTime={message.sent_at}>{formats.time(new Date(message.sent_at))}</time>
    </p>
  );
}
