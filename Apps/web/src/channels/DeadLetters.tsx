import { useEffect } from "react";
import { deadLetters } from "../api/deadLetters.ts";
import { inbox } from "../api/inbox.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { Button } from "../ui/Button.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { toast } from "../ui/Toasts.tsx";
import { useAction } from "../ui/useAction.ts";
import { useLoaded } from "../ui/useLoaded.ts";
import { DeadJobLine, DeadMessageLine } from "./DeadLetterLines.tsx";

/// What did not get through and is tried no more. Nothing is shown while there is nothing.
export function DeadLetters() {
  const { t } = useLanguage();
  const { can, hub } = useSession();
  const list = useLoaded("dead-letters", () => deadLetters.list());
  const { reload } = list;
  const { busy, problem, run } = useAction();
  useEffect(() =>
    hub.listen((event) => {
      if (["message.changed", "resync"].includes(event.name)) reload();
    }), [hub, reload]);
  const { messages, jobs } = list.value ?? { messages: [], jobs: [] };
  if (messages.length + jobs.length === 0) return null;
  const act = (work: () => Promise<unknown>) =>
    void run(async () => {
      await work();
      reload();
    });
  const mayAct = can("conversation.reply");
  const safe = messages.filter(({ message }) => message.status === "failed").length + jobs.length;
  return (
    <section className="panel" data-testid="dead-letters">
      <h2>{t.channels.deadTitle}</h2>
      <p className="muted">{t.channels.deadLead}</p>
      {problem && <ProblemNotice problem={problem} />}
      {mayAct && safe > 0 && (
        <div>
          <Button
            icon="refresh"
            busy={busy}
            onClick={() =>
              act(async () => {
                const { count } = await deadLetters.resend();
                toast(t.channels.deadResent(count));
              })}
            data-testid="dead-resend-all"
          >
            {t.channels.deadResendAll(safe)}
          </Button>
        </div>
      )}
      <ul className="dead">
        {messages.map((letter) => (
          <DeadMessageLine
            key={letter.message.id}
            letter={letter}
            busy={busy}
            onRetry={mayAct ? () => act(() => inbox.retry(letter.message.id)) : null}
            onDismiss={mayAct ? () => act(() => deadLetters.dismissMessage(letter.message.id)) : null}
          />
        ))}
        {jobs.map((job) => (
          <DeadJobLine
            key={job.id}
            job={job}
            busy={busy}
            onRetry={mayAct ? () => act(() => deadLetters.retryJob(job.id)) : null}
            onDismiss={mayAct ? () => act(() => deadLetters.dismissJob(job.id)) : null}
          />
        ))}
      </ul>
    </section>
  );
}
