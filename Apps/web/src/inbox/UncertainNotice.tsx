import { useState } from "react";
import { Problem } from "../api/problem.ts";
import type { Message } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { Button } from "../ui/Button.tsx";
import { problemText } from "../ui/ProblemNotice.tsx";
import { toast } from "../ui/Toasts.tsx";
import { useAction } from "../ui/useAction.ts";

/// Messages that somebody here chose to leave as they are; their notice stays small when one scrolls back.
const left = new Set<string>();

/// Nobody knows whether the message arrived: says so, and lets a person decide. Nothing is repeated on a guess.
export function UncertainNotice({ message }: { message: Message }) {
  const { t } = useLanguage();
  const { inbox, can } = useSession();
  const [isLeft, setIsLeft] = useState(left.has(message.id));
  const { busy, run } = useAction();
  if (!can("conversation.reply")) return null;
  const leave = (value: boolean) => {
    if (value) left.add(message.id);
    else left.delete(message.id);
    setIsLeft(value);
  };
  if (isLeft) {
    return (
      <Button small look="quiet" icon="info" onClick={() => leave(false)} data-testid="uncertain-show">
        {t.thread.whatToDo}
      </Button>
    );
  }
  const again = () =>
    void run(async () => {
      try {
        await inbox.retryMessage(message.id);
      } catch (error) {
        toast(problemText(Problem.from(error), t), { tone: "error" });
      }
    });
  return (
    <div className="uncertain" data-testid="uncertain">
      <p>{t.thread.uncertainText}</p>
      <div className="form-actions">
        <Button small icon="refresh" busy={busy} onClick={again} data-testid="message-retry">
          {t.thread.sendAgain}
        </Button>
        <Button small onClick={() => leave(true)} data-testid="uncertain-leave">{t.thread.leaveIt}</Button>
      </div>
    </div>
  );
}
