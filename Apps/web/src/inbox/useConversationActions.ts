import { Problem } from "../api/problem.ts";
import type { Conversation } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { problemText } from "../ui/ProblemNotice.tsx";
import { toast } from "../ui/Toasts.tsx";

/// What one can do with a conversation. Each shows its effect at once and says when the server refused.
export function useConversationActions(conversation: Conversation | undefined) {
  const { t } = useLanguage();
  const { inbox, session } = useSession();
  const me = { id: session.user.id, name: session.user.name };

  const run = async (work: Promise<void>, done?: () => void) => {
    try {
      await work;
      done?.();
    } catch (error) {
      toast(`${t.inbox.actionFailed} ${problemText(Problem.from(error), t)}`, { tone: "error" });
    }
  };
  if (!conversation) return null;
  const { id } = conversation;
  const reopen = () => void run(inbox.act(id, "reopen", { state: "open" }));
  return {
    take: () =>
      void run(
        inbox.act(id, "take", { owner: "human", assignee: me, needs_human: false, bot_typing: false }),
        () => toast(t.inbox.took),
      ),
    giveBack: () =>
      void run(
        inbox.act(id, "give-back", { owner: "bot", assignee: null, needs_human: false, handoff: null }),
        () => toast(t.inbox.gaveBack),
      ),
    close: () =>
      void run(
        inbox.act(id, "close", { state: "closed" }),
        () => toast(t.inbox.closedToast, { action: { label: t.common.undo, run: reopen } }),
      ),
    reopen,
    assign: (user: { id: string; name: string } | null) => void run(inbox.assign(id, user)),
    assignToMe: () => void run(inbox.assign(id, me)),
  };
}

export type ConversationActions = NonNullable<ReturnType<typeof useConversationActions>>;
