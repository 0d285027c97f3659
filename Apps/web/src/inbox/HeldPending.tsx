import { Problem } from "../api/problem.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { Button } from "../ui/Button.tsx";
import { problemText } from "../ui/ProblemNotice.tsx";
import { toast } from "../ui/Toasts.tsx";
import { useAction } from "../ui/useAction.ts";
import type { PendingMessage } from "./state.ts";

/// A rule of the account refused the message: it can leave when the rule ends, or now by those who may.
export function HeldPending({ pending, until }: { pending: PendingMessage; until: string }) {
  const { t, formats } = useLanguage();
  const { inbox, can } = useSession();
  const { busy, run } = useAction();
  const send = (how: { send_at: string } | { override: true }) =>
    void run(async () => {
      try {
        await inbox.outbound.sendHeld(pending.id, how);
      } catch (error) {
        toast(problemText(Problem.from(error), t), { tone: "error" });
      }
    });
  return (
    <span className="form-actions" data-testid="pending-held">
      <Button small icon="clock" busy={busy} onClick={() => send({ send_at: until })} data-testid="pending-send-then">
        {t.rules.sendAt(formats.moment(new Date(until)))}
      </Button>
      {can("conversation.override") && (
        <Button
          small
          icon="send"
          busy={busy}
          onClick={() => send({ override: true })}
          data-testid="pending-override"
        >
          {t.rules.sendAnyway}
        </Button>
      )}
    </span>
  );
}
