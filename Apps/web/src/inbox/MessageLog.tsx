import { Fragment, useMemo, useRef, useState } from "react";
import type { Conversation } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { useSelected } from "../store/store.ts";
import { Button } from "../ui/Button.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { extendDown, extendUp, type LogWindow, resolveWindow } from "./logWindow.ts";
import { logItems } from "./logItems.ts";
import { MessageBubble } from "./MessageBubble.tsx";
import { NewMessageAnnouncer } from "./NewMessageAnnouncer.tsx";
import { PendingBubble } from "./PendingBubble.tsx";
import type { Thread } from "./thread.ts";
import { useAnchoredScroll } from "./useAnchoredScroll.ts";
import { useNow } from "../ui/useNow.ts";

interface MessageLogProps {
  conversation: Conversation;
  thread: Thread | undefined;
}

/// The messages of a conversation: history loads upwards without moving what one reads, the end follows what arrives.
export function MessageLog({ conversation, thread }: MessageLogProps) {
  const { t, formats } = useLanguage();
  const { inbox } = useSession();
  const allPending = useSelected(inbox.store, (state) => state.pending);
  const messages = thread?.messages;
  const hasOlder = Boolean(thread?.older);
  const items = useMemo(
    () => logItems(messages ?? [], allPending.filter((pending) => pending.conversation === conversation.id), hasOlder),
    [messages, allPending, conversation.id, hasOlder],
  );
  const ids = useMemo(() => items.map(({ id }) => id), [items]);
  const [shown, setShown] = useState<LogWindow>({ first: null, last: null });
  const { start, end } = resolveWindow(ids, shown);

  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const loadOlder = () => void inbox.loadOlder(conversation.id);
  const { isAtEnd, toEnd } = useAnchoredScroll(scroller, content, {
    onNearTop: () => {
      if (start > 0) setShown(extendUp(ids, shown));
      else if (thread?.older && !thread.problem) loadOlder();
    },
    onNearEnd: () => end < ids.length && setShown(extendDown(ids, shown)),
  });
  const seen = useRef<string | undefined>(undefined);
  if (isAtEnd && end === ids.length) seen.current = ids.at(-1);
  const missed = seen.current ? ids.length - 1 - ids.lastIndexOf(seen.current) : 0;

  const now = useNow();
  return (
    <div className="log-holder">
      <div
        className="log"
        ref={scroller}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard
        tabIndex={0}
        role="region"
        aria-label={t.chat.log}
        data-testid="message-log"
      >
        <div className="log__content" ref={content}>
          <div className="log__start">
            {start === 0 && thread?.status === "ready" && (thread.older
              ? (
                <Button small look="quiet" busy={thread.loadingOlder} onClick={loadOlder} data-testid="load-older">
                  {t.thread.older}
                </Button>
              )
              : <span className="muted">{t.thread.start}</span>)}
          </div>
          {(!thread || (thread.status === "loading" && items.length === 0)) && <Skeleton rows={5} />}
          {items.slice(start, end).map((item) => (
            <Fragment key={item.id}>
              {item.startsDay && (
                <p className="log__day">
                  <time dateTime={item.at}>{formats.dayHeading(new Date(item.at), now)}</time>
                </p>
              )}
              {"message" in item
                ? <MessageBubble message={item.message} showsAuthor={item.isFirstOfRun} />
                : <PendingBubble pending={item.pending} />}
            </Fragment>
          ))}
          {conversation.contact_typing && !conversation.bot_typing && (
            <p className="log__typing" data-testid="contact-typing">
              <span className="typing-dots" aria-hidden="true">
                <i />
                <i />
                <i />
              </span>
              {t.inbox.contactTyping(conversation.contact.name)}
            </p>
          )}
          {conversation.bot_typing && (
            <p className="log__typing" data-testid="bot-typing">
              <span className="typing-dots" aria-hidden="true">
                <i />
                <i />
                <i />
              </span>
              {t.inbox.botTyping}
            </p>
          )}
        </div>
      </div>
      {!isAtEnd && (
        <Button
          className="log__newest"
          small
          icon="arrowDown"
          onClick={() => {
            setShown({ first: null, last: null });
            toEnd();
          }}
          data-testid="to-newest"
        >
          {missed > 0 ? t.thread.newMessages(missed) : t.thread.toNewest}
        </Button>
      )}
      <NewMessageAnnouncer messages={messages} />
    </div>
  );
}
