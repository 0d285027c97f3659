import { guessLanguage } from "../i18n/guessLanguage.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { problemText } from "../ui/ProblemNotice.tsx";
import { AttachmentView } from "./AttachmentView.tsx";
import { HeldPending } from "./HeldPending.tsx";
import type { PendingMessage } from "./state.ts";

/// A message that is on its way to the server; it keeps its place when the server's copy takes over.
export function PendingBubble({ pending }: { pending: PendingMessage }) {
  const { t, formats } = useLanguage();
  const { inbox, session } = useSession();
  const { id, kind, text, file, at, state, problem } = pending;
  const words = { sending: t.thread.sending, waiting: t.thread.waitingNetwork, failed: t.thread.failed };
  return (
    <article
      className={`bubble bubble--${kind === "note" ? "note" : "person"} bubble--pending`}
      aria-label={session.user.name}
      data-item={id}
      data-testid="message"
      data-author="user"
      data-kind={kind === "note" ? "note" : "text"}
      data-status={state}
    >
      <div className="bubble__body">
        {file && <AttachmentView attachment={{ ...file, note: null, file: file.id, state: "stored" }} />}
        {text && <p className="bubble__text" lang={guessLanguage(text)} data-testid="message-text">{text}</p>}
      </div>
      <p className="bubble__meta">
        <time dateTime={at}>{formats.time(new Date(at))}</time>
        <span className={`delivery delivery--${state}`} data-testid="delivery" data-status={state}>
          <Icon name={state === "failed" ? "alert" : "clock"} size={14} />
          {words[state]}
          {state === "failed" && problem ? `: ${problemText(problem, t)}` : ""}
        </span>
        {state !== "sending" && !problem?.until && (
          <>
            <Button small look="quiet" onClick={() => inbox.outbound.retry(id)} data-testid="pending-retry">
              {t.common.retry}
            </Button>
            <Button small look="quiet" onClick={() => inbox.outbound.discard(id)} data-testid="pending-discard">
              {t.common.discard}
            </Button>
          </>
        )}
      </p>
      {problem?.until && <HeldPending pending={pending} until={problem.until} />}
    </article>
  );
}
