import "../kit.ts";
import { useEffect, useState } from "react";
import { type Webhook, webhooks } from "../api/webhooks.ts";
import { Link } from "../router/Link.tsx";
import { useSession } from "../session/session.tsx";
import { Button } from "../ui/Button.tsx";
import { CopyField } from "../ui/CopyField.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { Screen } from "../ui/Screen.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { useLoaded } from "../ui/useLoaded.ts";
import { WebhookCard } from "./WebhookCard.tsx";
import { WebhookDialog } from "./WebhookDialog.tsx";
import { useWebhookWords } from "./words.ts";

/// Addresses of the company's own programs, and what was sent to them.
export default function WebhooksScreen() {
  const words = useWebhookWords();
  const { can, hub } = useSession();
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<Webhook | null>(null);
  const list = useLoaded("webhooks", () => webhooks.list());
  const { reload } = list;
  useEffect(() =>
    hub.listen((event) => {
      if (["webhook.changed", "resync"].includes(event.name)) reload();
    }), [hub, reload]);
  const mayWrite = can("webhook.write");
  const showSecret = (webhook: Webhook) => {
    setMade(webhook);
    setAdding(false);
    reload();
  };
  return (
    <Screen
      title={words.title}
      lead={words.lead}
      data-testid="webhooks"
      actions={mayWrite && (
        <Button look="primary" icon="plus" onClick={() => setAdding(true)} data-testid="webhook-add">
          {words.add}
        </Button>
      )}
    >
      <p>
        <Link to="/settings">{words.back}</Link>
      </p>
      {!mayWrite && <p className="notice">{words.readOnly}</p>}
      {made?.secret && (
        <section className="panel" role="status">
          <p>{words.secretReady}</p>
          <CopyField label={words.secretReady} value={made.secret} data-testid="webhook-secret" />
          <p className="muted">{words.secretHint}</p>
        </section>
      )}
      {list.problem && <ProblemNotice problem={list.problem} onRetry={reload} />}
      {!list.value && !list.problem && <Skeleton rows={4} />}
      {list.value?.items.length === 0 && <p className="empty" data-testid="webhooks-empty">{words.empty}</p>}
      {list.value?.items.map((webhook) => (
        <WebhookCard
          key={webhook.id}
          webhook={webhook}
          mayWrite={mayWrite}
          onChanged={reload}
          onSecret={showSecret}
        />
      ))}
      {adding && <WebhookDialog webhook={null} onClose={() => setAdding(false)} onSaved={showSecret} />}
    </Screen>
  );
}
