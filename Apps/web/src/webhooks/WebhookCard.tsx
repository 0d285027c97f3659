import { useState } from "react";
import { type Webhook, webhooks } from "../api/webhooks.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "../ui/Button.tsx";
import { ConfirmDialog } from "../ui/ConfirmDialog.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { toast } from "../ui/Toasts.tsx";
import { useAction } from "../ui/useAction.ts";
import { DeliveriesPanel } from "./DeliveriesPanel.tsx";
import { WebhookDialog } from "./WebhookDialog.tsx";
import { useWebhookWords } from "./words.ts";

interface WebhookCardProps {
  webhook: Webhook;
  mayWrite: boolean;
  onChanged: () => void;
  onSecret: (webhook: Webhook) => void;
}

/// One endpoint: how it is, what it hears, and what can be done with it.
export function WebhookCard({ webhook, mayWrite, onChanged, onSecret }: WebhookCardProps) {
  const { t, formats } = useLanguage();
  const words = useWebhookWords();
  const [dialog, setDialog] = useState<"none" | "change" | "rotate" | "remove">("none");
  const [isOpen, setOpen] = useState(false);
  const [tests, setTests] = useState(0);
  const { busy, problem, run } = useAction();
  const isActive = webhook.state === "active";
  const reasons = { person: words.reasonPerson, gone: words.reasonGone, failing: words.reasonFailing };
  const test = async () => {
    await webhooks.test(webhook.id);
    toast(words.tested);
    setOpen(true);
    setTests(tests + 1);
  };
  const turn = async () => {
    await webhooks.change(webhook.id, { state: isActive ? "disabled" : "active" });
    onChanged();
  };
  const close = () => setDialog("none");
  return (
    <section className="panel" data-testid="webhook" data-webhook={webhook.id} data-state={webhook.state}>
      <div className="section-head">
        <div>
          <h2 className="codes">{webhook.url}</h2>
          {webhook.description && <p className="muted">{webhook.description}</p>}
        </div>
        <span className={isActive ? "tag tag--ok" : "tag tag--amber"} data-testid="webhook-state">
          {isActive ? words.active : words.disabled}
        </span>
      </div>
      {webhook.reason && <p className="notice notice--amber" data-testid="webhook-reason">{reasons[webhook.reason]}</p>}
      {isActive && webhook.failing_since && (
        <p className="notice notice--amber">{words.failingSince(formats.moment(new Date(webhook.failing_since)))}</p>
      )}
      <p className="muted">{webhook.events.map((event) => words.names[event] ?? event).join(" · ")}</p>
      {webhook.pending > 0 && <p className="muted">{words.waiting(webhook.pending)}</p>}
      {webhook.former_secret_until && (
        <p className="muted">{words.formerUntil(formats.moment(new Date(webhook.former_secret_until)))}</p>
      )}
      {problem && <ProblemNotice problem={problem} />}
      <div className="screen__actions">
        <Button
          small
          icon={isOpen ? "close" : "down"}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          data-testid="webhook-deliveries"
        >
          {isOpen ? words.hideDeliveries : words.deliveries}
        </Button>
        {mayWrite && (
          <>
            {isActive && (
              <Button
                small
                icon="send"
                busy={busy}
                onClick={() => void run(test)}
                data-testid="webhook-test"
              >
                {words.test}
              </Button>
            )}
            <Button small onClick={() => setDialog("change")} data-testid="webhook-change">{words.edit}</Button>
            <Button small icon="key" onClick={() => setDialog("rotate")} data-testid="webhook-rotate">
              {words.rotate}
            </Button>
            <Button small busy={busy} onClick={() => void run(turn)} data-testid="webhook-turn">
              {isActive ? words.disable : words.enable}
            </Button>
            <Button small look="danger" onClick={() => setDialog("remove")} data-testid="webhook-remove">
              {words.remove}
            </Button>
          </>
        )}
      </div>
      {isOpen && <DeliveriesPanel key={tests} webhook={webhook} mayWrite={mayWrite && isActive} />}
      {dialog === "change" && (
        <WebhookDialog
          webhook={webhook}
          onClose={close}
          onSaved={() => {
            close();
            toast(t.common.saved);
            onChanged();
          }}
        />
      )}
      {dialog === "rotate" && (
        <ConfirmDialog
          title={words.rotateTitle}
          text={words.rotateText}
          action={words.rotate}
          onConfirm={() => void run(async () => onSecret(await webhooks.rotate(webhook.id)))}
          onClose={close}
        />
      )}
      {dialog === "remove" && (
        <ConfirmDialog
          title={words.removeTitle}
          text={words.removeText(webhook.url)}
          action={words.remove}
          onConfirm={() =>
            void run(async () => {
              await webhooks.remove(webhook.id);
              toast(words.removed);
              onChanged();
            })}
          onClose={close}
        />
      )}
    </section>
  );
}
