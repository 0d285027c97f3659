import { type FormEvent, useState } from "react";
import { type Webhook, webhooks } from "../api/webhooks.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "../ui/Button.tsx";
import { Checkbox } from "../ui/Checkbox.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { fieldText, ProblemNotice } from "../ui/ProblemNotice.tsx";
import { useAction } from "../ui/useAction.ts";
import { useLoaded } from "../ui/useLoaded.ts";
import { useWebhookWords } from "./words.ts";

interface WebhookDialogProps {
  /// Null to add one.
  webhook: Webhook | null;
  onClose: () => void;
  onSaved: (webhook: Webhook) => void;
}

/// Address, purpose and events of a webhook.
export function WebhookDialog({ webhook, onClose, onSaved }: WebhookDialogProps) {
  const { t } = useLanguage();
  const words = useWebhookWords();
  const catalogue = useLoaded("webhook-events", () => webhooks.events());
  const [url, setUrl] = useState(webhook?.url ?? "");
  const [description, setDescription] = useState(webhook?.description ?? "");
  const [events, setEvents] = useState<string[]>(webhook?.events ?? ["message.received"]);
  const [tried, setTried] = useState(false);
  const { busy, problem, run } = useAction();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!url.trim() || events.length === 0) return;
    const wish = { url: url.trim(), description: description.trim(), events };
    void run(async () => onSaved(webhook ? await webhooks.change(webhook.id, wish) : await webhooks.add(wish)));
  };
  return (
    <Dialog title={webhook ? words.editTitle : words.add} onClose={onClose} data-testid="webhook-dialog">
      <form className="stack" noValidate onSubmit={submit}>
        <Field
          label={words.url}
          hint={words.urlHint}
          error={tried && !url.trim() ? t.errors.required : fieldText(problem, "url", t)}
        >
          <input
            type="url"
            autoComplete="off"
            placeholder="https://"
            value={url}
            onChange={(event) => setUrl(event.target.value)}
            data-testid="webhook-url"
          />
        </Field>
        <Field label={words.description} error={fieldText(problem, "description", t)}>
          <input
            type="text"
            maxLength={200}
            value={description}
            onChange={(event) => setDescription(event.target.value)}
            data-testid="webhook-description"
          />
        </Field>
        {catalogue.problem && <ProblemNotice problem={catalogue.problem} onRetry={catalogue.reload} />}
        <fieldset>
          <legend>{words.events}</legend>
          {catalogue.value?.items.filter(({ event }) => event !== "webhook.ping").map(({ event }) => (
            <Checkbox
              key={event}
              label={words.names[event] ?? event}
              checked={events.includes(event)}
              onChange={(on) => setEvents(on ? [...events, event] : events.filter((name) => name !== event))}
              data-testid={`webhook-event-${event}`}
            />
          ))}
          {tried && events.length === 0 && <p className="field__error" role="alert">{words.pickOne}</p>}
        </fieldset>
        {problem && <ProblemNotice problem={problem} />}
        <footer className="dialog__footer">
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" look="primary" busy={busy} data-testid="webhook-save">
            {webhook ? t.common.save : words.create}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
