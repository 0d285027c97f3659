import type { DeadJob, DeadLetter } from "../api/deadLetters.ts";
import { guessLanguage } from "../i18n/guessLanguage.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Link } from "../router/Link.tsx";
import { Button } from "../ui/Button.tsx";

interface Deeds {
  busy: boolean;
  /// Null for those who may only look.
  onRetry: (() => void) | null;
  onDismiss: (() => void) | null;
}

/// One message: whose, what it said, why it did not arrive.
export function DeadMessageLine({ letter, ...deeds }: Deeds & { letter: DeadLetter }) {
  const { t, formats } = useLanguage();
  const { message, contact } = letter;
  const isUncertain = message.status === "uncertain";
  return (
    <li className="dead__line" data-testid="dead-letter" data-status={message.status}>
      <p>
        <Link to={`/inbox/${message.conversation_id}`}>{contact.name}</Link>
        {` · ${formats.moment(new Date(message.sent_at))}`}
      </p>
      {message.text && <p className="dead__text" lang={guessLanguage(message.text)}>{message.text}</p>}
      <p className="muted">
        {isUncertain ? t.thread.uncertainText : `${t.thread.failed}: ${message.failure?.reason ?? ""}`}
      </p>
      <Actions {...deeds} retry={isUncertain ? t.thread.sendAgain : t.common.retry} />
    </li>
  );
}

/// One piece of work that was given up.
export function DeadJobLine({ job, ...deeds }: Deeds & { job: DeadJob }) {
  const { t, formats } = useLanguage();
  const kinds: Record<string, string> = t.channels.deadKinds;
  return (
    <li className="dead__line" data-testid="dead-job" data-queue={job.queue}>
      <p>{`${kinds[job.queue] ?? t.channels.deadOther(job.queue)} · ${formats.moment(new Date(job.created_at))}`}</p>
      <p className="muted dead__text">{t.channels.deadError(job.attempts, job.error)}</p>
      <Actions {...deeds} retry={t.common.retry} />
    </li>
  );
}

function Actions({ busy, onRetry, onDismiss, retry }: Deeds & { retry: string }) {
  const { t } = useLanguage();
  if (!onRetry || !onDismiss) return null;
  return (
    <div className="form-actions">
      <Button small icon="refresh" disabled={busy} onClick={onRetry} data-testid="dead-retry">{retry}</Button>
      <Button small icon="close" disabled={busy} onClick={onDismiss} data-testid="dead-dismiss">
        {t.common.dismiss}
      </Button>
    </div>
  );
}
