import type { Conversation } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { navigate } from "../router/router.ts";
import { useSession } from "../session/session.tsx";
import { Avatar } from "../ui/Avatar.tsx";
import { Button } from "../ui/Button.tsx";
import { AssignMenu } from "./AssignMenu.tsx";
import { PhoneActions } from "./PhoneActions.tsx";
import type { ConversationActions } from "./useConversationActions.ts";

interface ThreadHeaderProps {
  conversation: Conversation;
  actions: ConversationActions;
  backTo: string | null;
  onDetails: (() => void) | null;
  assignSignal: number;
}

/// Who the customer is, who has the turn, and the actions on the conversation.
export function ThreadHeader({ conversation, actions, backTo, onDetails, assignSignal }: ThreadHeaderProps) {
  const { t } = useLanguage();
  const { can } = useSession();
  const { contact, channel, owner, state } = conversation;
  return (
    <header className="thread__header">
      {backTo && (
        <Button look="quiet" icon="back" iconOnly onClick={() => navigate(backTo)} data-testid="back">
          {t.common.back}
        </Button>
      )}
      <Avatar id={contact.id} name={contact.name} picture={contact.picture} />
      <div className="thread__who">
        <h2 tabIndex={-1} data-pane-focus data-testid="thread-name">{contact.name}</h2>
        <p className="muted">
          <span className={`channel-name channel-name--${channel.kind}`}>{channel.name}</span>
          {conversation.verified && (
            <span title={t.inbox.verifiedHint} data-testid="verified">{` · ✓ ${t.inbox.verified}`}</span>
          )}
          {" · "}
          <span data-testid="thread-owner">{ownerText(conversation, t)}</span>
          {state === "closed" && ` · ${t.inbox.closedState}`}
        </p>
      </div>
      <div className="thread__actions">
        {can("conversation.reply") && state === "open" && owner !== "human" && (
          <Button
            look={conversation.needs_human ? "amber" : "plain"}
            icon="hand"
            onClick={actions.take}
            aria-keyshortcuts="t"
            data-testid="take"
          >
            {t.inbox.take}
          </Button>
        )}
        {can("conversation.reply") && state === "open" && owner !== "bot" && (
          <Button icon="bot" onClick={actions.giveBack} aria-keyshortcuts="b" data-testid="give-back">
            {t.inbox.giveBack}
          </Button>
        )}
        {!backTo && can("conversation.assign") && (
          <AssignMenu conversation={conversation} actions={actions} openSignal={assignSignal} />
        )}
        {!backTo && can("conversation.reply") && state === "open" && (
          <Button look="quiet" icon="check" iconOnly onClick={actions.close} aria-keyshortcuts="e" data-testid="close">
            {t.inbox.closeConversation}
          </Button>
        )}
        {can("conversation.reply") && state === "closed" && (
          <Button icon="refresh" onClick={actions.reopen} data-testid="reopen">{t.inbox.reopen}</Button>
        )}
        {backTo && <PhoneActions conversation={conversation} actions={actions} onDetails={onDetails} />}
        {!backTo && onDetails && (
          <Button look="quiet" icon="info" iconOnly onClick={onDetails} data-testid="details">{t.inbox.details}</Button>
        )}
      </div>
    </header>
  );
}

export function ownerText(conversation: Conversation, t: ReturnType<typeof useLanguage>["t"]): string {
  if (conversation.owner === "bot") return t.inbox.ownerBot;
  const name = conversation.assignee?.name;
  return name && conversation.owner === "human" ? t.inbox.ownerHuman(name) : t.inbox.ownerNobody;
}
