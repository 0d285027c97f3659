import type { Message, MessageStatus } from "../api/types.ts";
import { Problem } from "../api/problem.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { Button } from "../ui/Button.tsx";
import { Icon, type IconName } from "../ui/Icon.tsx";
import { problemText } from "../ui/ProblemNotice.tsx";
import { toast } from "../ui/Toasts.tsx";

const icons: Record<MessageStatus, IconName> = {
  received: "check",
  scheduled: "clock",
  held: "pause",
  missed: "alert",
  cancelled: "close",
  queued: "clock",
  sending: "clock",
  sent: "check",
  delivered: "checks",
  read: "checks",
  failed: "alert",
  uncertain: "alert",
};

/// How far an outgoing message has come, with the messenger's reason and a retry when it went wrong. What to do with an
/// unconfirmed one stands below it.
export function Delivery({ message }: { message: Message }) {
  const { t } = useLanguage();
  const { inbox, can } = useSession();
  const { status, failure } = message;
  const hasTrouble = status === "failed" || status === "uncertain";
  const retry = () => {
    inbox.retryMessage(message.id).catch((error) => toast(problemText(Problem.from(error), t), { tone: "error" }));
  };
  return (
    <span className={`delivery delivery--${status}`} data-testid="delivery" data-status={status}>
      <Icon name={icons[status]} size={14} />
      <span className={hasTrouble ? undefined : "visually-hidden"}>
        {t.thread[status]}
        {hasTrouble && failure?.reason ? `: ${failure.reason}` : ""}
      </span>
      {status === "failed" && can("conversation.reply") && (
        <Button small look="quiet" icon="refresh" onClick={retry} data-testid="message-retry">{t.common.retry}</Button>
      )}
    </span>
  );
}
