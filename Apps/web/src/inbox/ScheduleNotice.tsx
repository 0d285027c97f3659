import { useState } from "react";
import { Problem } from "../api/problem.ts";
import type { Message } from "../api/types.ts";
import type { ScheduleChange } from "../api/inbox.ts";
import type { Messages } from "../i18n/en.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { Button } from "../ui/Button.tsx";
import { problemText } from "../ui/ProblemNotice.tsx";
import { toast } from "../ui/Toasts.tsx";
import { useAction } from "../ui/useAction.ts";
import { ChangeSchedule } from "./ChangeSchedule.tsx";
import { HoldNotice } from "./HoldNotice.tsx";

/// A message that has not left: when it will, or why it will not, and what can be done about it.
export function ScheduleNotice({ message }: { message: Message }) {
  const { t, formats } = useLanguage();
  const { inbox, can } = useSession();
  const [isChanging, setIsChanging] = useState(false);
  const { busy, run } = useAction();
  const act = (deed: ScheduleChange | "send-now" | "override" | "cancel") =>
    void run(async () => {
      try {
        await inbox.alter(message.id, deed);
      } catch (error) {
        toast(problemText(Problem.from(error), t), { tone: "error" });
      }
    });
  const { schedule, hold, status } = message;
  if (hold) return <HoldNotice hold={hold} busy={busy} onAct={act} />;
  if (!schedule || status === "cancelled") {
    return <p className="schedule" data-testid="schedule" data-status={status}>{whyCancelled(message, t)}</p>;
  }
  const at = formats.moment(new Date(schedule.at));
  return (
    <div className="schedule" data-testid="schedule" data-status={status}>
      <p>
        {status === "missed"
          ? t.schedule.missedText(at)
          : [t.schedule.scheduledFor(at), schedule.cancel_on_reply && t.schedule.unlessReply].filter(Boolean).join(
            ", ",
          )}
      </p>
      {can("conversation.reply") && (
        <div className="form-actions">
          <Button small icon="send" busy={busy} onClick={() => act("send-now")} data-testid="schedule-send-now">
            {t.schedule.sendNow}
          </Button>
          <Button small icon="clock" onClick={() => setIsChanging(true)} data-testid="schedule-change">
            {t.schedule.change}
          </Button>
          <Button small icon="close" onClick={() => act("cancel")} data-testid="schedule-cancel">
            {t.schedule.cancel}
          </Button>
        </div>
      )}
      {isChanging && <ChangeSchedule message={message} schedule={schedule} onClose={() => setIsChanging(false)} />}
    </div>
  );
}

function whyCancelled({ failure }: Message, t: Messages): string {
  if (failure?.code === "customer_replied") return t.schedule.customerReplied;
  if (failure?.code === "overtaken") return t.schedule.overtaken;
  return t.schedule.byPerson;
}
