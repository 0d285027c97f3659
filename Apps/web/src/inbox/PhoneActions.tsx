import type { Conversation } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { Menu, type MenuItem } from "../ui/Menu.tsx";
import type { ConversationActions } from "./useConversationActions.ts";

interface PhoneActionsProps {
  conversation: Conversation;
  actions: ConversationActions;
  onDetails: (() => void) | null;
}

/// The rarer actions behind one button, where the header has no room for them.
export function PhoneActions({ conversation, actions, onDetails }: PhoneActionsProps) {
  const { t } = useLanguage();
  const { can } = useSession();
  const items: MenuItem[] = [];
  if (can("conversation.assign")) {
    items.push({ key: "me", label: t.inbox.assignToMe, run: actions.assignToMe });
    items.push({ key: "nobody", label: `${t.inbox.assign}: ${t.inbox.unassign}`, run: () => actions.assign(null) });
  }
  if (can("conversation.reply") && conversation.state === "open") {
    items.push({ key: "close", label: t.inbox.closeConversation, run: actions.close });
  }
  if (onDetails) items.push({ key: "details", label: t.inbox.details, run: onDetails });
  return (
    <Menu
      label={t.nav.more}
      items={items}
      button={{ icon: "more", look: "quiet", iconOnly: true }}
      data-testid="thread-more"
    />
  );
}
