import { useState } from "react";
import { type WebhookDelivery, webhooks } from "../api/webhooks.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "../ui/Button.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { toast } from "../ui/Toasts.tsx";
import { useAction } from "../ui/useAction.ts";
import { AttemptsTable } from "./AttemptsTable.tsx";
import { useWebhookWords } from "./words.ts";

interface DeliveryRowProps {
  delivery: WebhookDelivery;
  mayWrite: boolean;
  onChanged: () => void;
}

const looks = { pending: "tag tag--amber", delivered: "tag tag--ok", failed: "tag tag--danger" };

/// One delivery. Its tries, with what was answered, are fetched when somebody opens it.
export function DeliveryRow({ delivery, mayWrite, onChanged }: DeliveryRowProps) {
  const { formats } = useLanguage();
  const words = useWebhookWords();
  const [isOpen, setOpen] = useState(false);
  const { busy, problem, run } = useAction();
  const name = words.names[delivery.event] ?? delivery.event;
  const moment = (text: string) => formats.moment(new Date(text));
  const replay = async () => {
    await webhooks.replay(delivery.id);
    toast(words.replayed);
    onChanged();
  };
  return (
    <li data-testid="delivery" data-status={delivery.status} data-event={delivery.event}>
      <div className="rows__item">
        <span className="rows__main">
          <span className="rows__title">{name}</span>
          <span className="muted">
            <time dateTime={delivery.occurred_at}>{moment(delivery.occurred_at)}</time>
            {` · ${words.tries(delivery.attempts.length)}`}
            {delivery.next_at && delivery.attempts.length > 0 && ` · ${words.nextTry(moment(delivery.next_at))}`}
          </span>
        </span>
        <span className="rows__side">
          <span className={looks[delivery.status]}>{words[delivery.status]}</span>
          <Button
            small
            look="quiet"
            icon="down"
            iconOnly
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
            data-testid="delivery-open"
          >
            {words.open(name)}
          </Button>
          {mayWrite && (
            <Button
              small
              look="quiet"
              icon="refresh"
              iconOnly
              busy={busy}
              onClick={() => void run(replay)}
              data-testid="delivery-replay"
            >
              {words.replay}
            </Button>
          )}
        </span>
      </div>
      {problem && <ProblemNotice problem={problem} />}
      {isOpen && <AttemptsTable delivery={delivery} />}
    </li>
  );
}
