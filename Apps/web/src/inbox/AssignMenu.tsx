import { useEffect, useState } from "react";
import { team } from "../api/team.ts";
import type { Conversation, Member } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { Menu } from "../ui/Menu.tsx";
import type { ConversationActions } from "./useConversationActions.ts";

interface AssignMenuProps {
  conversation: Conversation;
  actions: ConversationActions;
  openSignal: number;
}

let known: Member[] | null = null;

/// Me, colleagues (when one may see them) and nobody.
export function AssignMenu({ conversation, actions, openSignal }: AssignMenuProps) {
  const { t } = useLanguage();
  const { session, can } = useSession();
  const [members, setMembers] = useState(known ?? []);
  const maySee = can("user.read");
  useEffect(() => {
    if (known || !maySee) return;
    team.members().then((page) => setMembers(known = page.items), () => {});
  }, [maySee]);

  const { assignee } = conversation;
  const others = members.filter(({ id }) => id !== session.user.id);
  return (
    <Menu
      label={t.inbox.assign}
      button={{ icon: "user", look: "quiet", iconOnly: true, "aria-keyshortcuts": "a i" }}
      openSignal={openSignal}
      items={[
        {
          key: "me",
          label: t.inbox.assignToMe,
          checked: assignee?.id === session.user.id,
          run: actions.assignToMe,
        },
        ...others.map((member) => ({
          key: member.id,
          label: member.name,
          checked: assignee?.id === member.id,
          run: () => actions.assign({ id: member.id, name: member.name }),
        })),
        { key: "nobody", label: t.inbox.unassign, checked: assignee === null, run: () => actions.assign(null) },
      ]}
      data-testid="assign"
    />
  );
}
