import { memo } from "react";
import type { Conversation, LastMessage } from "../api/types.ts";
import type { Messages } from "../i18n/en.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Link } from "../router/Link.tsx";
import { useSession } from "../session/session.tsx";
import { Avatar } from "../ui/Avatar.tsx";
import { Icon } from "../ui/Icon.tsx";
import { guessLanguage } from "../i18n/guessLanguage.ts";
import { ChannelIcon } from "./ChannelIcon.tsx";
import { kindText } from "./files.ts";
import { serviceText } from "./ServiceLine.tsx";
import { rowHeight } from "./window.ts";
import { useNow } from "../ui/useNow.ts";

interface ConversationRowProps {
  conversation: Conversation;
  position: number;
  /// How many rows there are; -1 when not known.
  total: number;
  isSelected: boolean;
  isRoving: boolean;
  to: string;
  onFocus: (id: string) => void;
}

/// What a message says in one line.
function gist({ text, deleted, service, attachment }: LastMessage, t: Messages): string {
  if (deleted) return t.thread.deleted;
  if (service) return [serviceText(service, t), text].filter(Boolean).join(": ");
  return text || (attachment ? kindText(attachment, t) : t.inbox.noWords);
}

export const ConversationRow = memo(function ConversationRow(
  { conversation, position, total, isSelected, isRoving, to, onFocus }: ConversationRowProps,
) {
  const { t, formats } = useLanguage();
  const now = useNow();
  const { session } = useSession();
  const { contact, channel, last_message: last, unread, owner, assignee, needs_human: needsHuman } = conversation;
  const at = last?.at ?? conversation.updated_at;
  const names = ["row", isSelected && "row--selected", needsHuman && "row--amber", unread > 0 && "row--unread"];
  const author = last?.author === "bot" ? t.inbox.bot : last?.author === "user" ? t.inbox.you : null;
  return (
    <li
      className="conversations__row"
      style={{ top: position * rowHeight }}
      aria-posinset={position + 1}
      aria-setsize={total}
    >
      <Link
        to={to}
        className={names.filter(Boolean).join(" ")}
        tabIndex={isRoving ? 0 : -1}
        aria-current={isSelected ? "true" : undefined}
        data-row={conversation.id}
        data-testid="conversation-row"
        data-conversation={conversation.id}
        data-needs-human={needsHuman}
        data-owner={owner}
        onFocus={() => onFocus(conversation.id)}
      >
        <span className="row__avatar">
          <Avatar id={contact.id} name={contact.name} picture={contact.picture} />
          <ChannelIcon kind={channel.kind} />
        </span>
        <span className="row__name" data-testid="row-name">{contact.name}</span>
        <time className="row__time" dateTime={at}>{formats.brief(new Date(at), now)}</time>
        <span className="row__text">
          {conversation.bot_typing ? <em>{t.inbox.botTyping}</em> : last
            ? (
              <>
                {author && <span className="row__author">{author}:</span>}
                <span lang={guessLanguage(last.text)}>{gist(last, t)}</span>
              </>
            )
            : t.inbox.noMessage}
        </span>
        <span className="row__marks">
          {needsHuman && (
            <span className="tag tag--amber">
              <Icon name="hand" size={13} />
              {t.inbox.needsHuman}
            </span>
          )}
          {!needsHuman && owner === "bot" && conversation.state === "open" && (
            <span className="tag">
              <Icon name="bot" size={13} />
              {t.inbox.bot}
            </span>
          )}
          {!needsHuman && assignee && (
            <span className="tag">
              <Icon name="user" size={13} />
              {assignee.id === session.user.id ? t.inbox.you : assignee.name}
            </span>
          )}
          {unread > 0 && (
            <span className="badge" data-testid="row-unread">
              <span aria-hidden="true">{unread}</span>
              <span className="visually-hidden">{t.inbox.unread(unread)}</span>
            </span>
          )}
        </span>
      </Link>
    </li>
  );
});
