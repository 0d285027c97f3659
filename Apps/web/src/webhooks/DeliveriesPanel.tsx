import { useEffect, useState } from "react";
import { type DeliveryStatus, type Webhook, webhooks } from "../api/webhooks.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { usePaged } from "../ui/usePaged.ts";
import { DeliveryRow } from "./DeliveryRow.tsx";
import { ReplayDialog } from "./ReplayDialog.tsx";
import { useWebhookWords } from "./words.ts";

const statuses: (DeliveryStatus | "")[] = ["", "pending", "delivered", "failed"];

/// What was sent to an endpoint, newest first. While something of the newest page is on its way it looks again by itself.
export function DeliveriesPanel({ webhook, mayWrite }: { webhook: Webhook; mayWrite: boolean }) {
  const { t } = useLanguage();
  const words = useWebhookWords();
  const [status, setStatus] = useState<DeliveryStatus | "">("");
  const [replaying, setReplaying] = useState(false);
  const { items, problem, loadingMore, more, reload } = usePaged(
    `${webhook.id}/${status}`,
    (after) => webhooks.deliveries(webhook.id, status, after),
  );
  const isUnderWay = items?.slice(0, 25).some((item) => item.status === "pending") ?? false;
  useEffect(() => {
    if (!isUnderWay || (items?.length ?? 0) > 25) return;
    const timer = setInterval(reload, 3_000);
    return () => clearInterval(timer);
  }, [isUnderWay, items?.length, reload]);
  return (
    <div className="stack" data-testid="deliveries">
      <div className="form-line">
        <Field label={words.show}>
          <select
            value={status}
            onChange={(event) => setStatus(event.target.value as DeliveryStatus | "")}
            data-testid="deliveries-status"
          >
            {statuses.map((name) => <option key={name} value={name}>{words[name || "all"]}</option>)}
          </select>
        </Field>
        <Button icon="refresh" onClick={reload} data-testid="deliveries-refresh">{words.refresh}</Button>
        {mayWrite && (
          <Button onClick={() => setReplaying(true)} data-testid="deliveries-replay">{words.replayFailed}</Button>
        )}
      </div>
      {problem && <ProblemNotice problem={problem} onRetry={reload} />}
      {!items && !problem && <Skeleton rows={3} />}
      {items?.length === 0 && <p className="muted">{words.noDeliveries}</p>}
      {items && items.length > 0 && (
        <ul className="rows">
          {items.map((delivery) => (
            <DeliveryRow key={delivery.id} delivery={delivery} mayWrite={mayWrite} onChanged={reload} />
          ))}
        </ul>
      )}
      {more && <Button busy={loadingMore} onClick={more} data-testid="deliveries-more">{t.common.loadMore}</Button>}
      {replaying && <ReplayDialog webhook={webhook} onClose={() => setReplaying(false)} onDone={reload} />}
    </div>
  );
}
