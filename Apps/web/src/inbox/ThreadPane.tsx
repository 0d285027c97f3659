import { useEffect, useRef, useState } from "react";
import { useLanguage } from "../i18n/language.tsx";
import { useShortcuts } from "../keyboard/shortcuts.ts";
import { useSession } from "../session/session.tsx";
import { useSelected } from "../store/store.ts";
import { Icon } from "../ui/Icon.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { Composer, type ComposerHandle } from "./Composer.tsx";
import { HandoffNotice } from "./HandoffNotice.tsx";
import { MessageLog } from "./MessageLog.tsx";
import { ReferralLine } from "./ReferralLine.tsx";
import { ThreadHeader } from "./ThreadHeader.tsx";
import { useConversationActions } from "./useConversationActions.ts";
import { useMarkRead } from "./useMarkRead.ts";

interface ThreadPaneProps {
  id: string | null;
  /// Where "back" leads when the list is not beside the conversation.
  backTo: string | null;
  /// null when the details stand beside the conversation anyway.
  onDetails: (() => void) | null;
}

export function ThreadPane({ id, backTo, onDetails }: ThreadPaneProps) {
  const { t } = useLanguage();
  const { inbox, can } = useSession();
  const conversation = useSelected(inbox.store, (state) => id ? state.conversations[id] : undefined);
  const thread = useSelected(inbox.store, (state) => id ? state.threads[id] : undefined);
  const actions = useConversationActions(conversation);
  const composer = useRef<ComposerHandle>(null);
  const pane = useRef<HTMLElement>(null);
  const [assignSignal, setAssignSignal] = useState(0);
  const mayReply = can("conversation.reply");
  const mayAssign = can("conversation.assign");
  useMarkRead(conversation);
  useShortcuts({
    r: () => composer.current?.focus("reply"),
    n: () => composer.current?.focus("note"),
    t: mayReply && conversation?.owner !== "human" ? actions?.take : undefined,
    b: mayReply && conversation?.owner !== "bot" ? actions?.giveBack : undefined,
    e: mayReply ? (conversation?.state === "closed" ? actions?.reopen : actions?.close) : undefined,
    i: mayAssign ? actions?.assignToMe : undefined,
    a: mayAssign ? () => setAssignSignal((signal) => signal + 1) : undefined,
  });
  const isAlone = backTo !== null;
  useEffect(() => {
    if (isAlone) pane.current?.querySelector<HTMLElement>("h2")?.focus();
  }, [isAlone, conversation?.id]);

  if (!id) {
    return (
      <section className="thread thread--none" aria-label={t.inbox.pick} data-pane>
        <Icon name="inbox" size={32} />
        <p>{t.inbox.pick}</p>
        <p className="muted wide-only">{t.inbox.pickHint}</p>
      </section>
    );
  }
  if (!conversation || !actions) {
    return (
      <section className="thread" aria-label={t.inbox.pick} data-pane>
        {thread?.problem
          ? <ProblemNotice problem={thread.problem} onRetry={() => inbox.open(id)} />
          : <Skeleton rows={6} />}
      </section>
    );
  }
  return (
    <section
      className={conversation.needs_human ? "thread thread--amber" : "thread"}
      aria-label={t.thread.label(conversation.contact.name)}
      ref={pane}
      data-pane
      data-testid="thread"
      data-conversation={id}
      data-needs-human={conversation.needs_human}
      data-owner={conversation.owner}
    >
      <ThreadHeader
        conversation={conversation}
        actions={actions}
        backTo={backTo}
        onDetails={onDetails}
        assignSignal={assignSignal}
      />
      {conversation.referral && <ReferralLine referral={conversation.referral} className="referral--head" />}
      <HandoffNotice conversation={conversation} />
      {thread?.problem && <ProblemNotice problem={thread.problem} onRetry={() => inbox.refreshThread()} />}
      <MessageLog conversation={conversation} thread={thread} />
      {mayReply
        ? <Composer ref={composer} conversation={conversation} />
        : <p className="composer composer--closed">{t.composer.readOnly}</p>}
    </section>
  );
}
