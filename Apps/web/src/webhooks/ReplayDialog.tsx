import { type FormEvent, useState } from "react";
import { type Webhook, webhooks } from "../api/webhooks.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { toast } from "../ui/Toasts.tsx";
import { useAction } from "../ui/useAction.ts";
import { useWebhookWords } from "./words.ts";

const hours = [1, 24, 168, 720];

interface ReplayDialogProps {
  webhook: Webhook;
  onClose: () => void;
  onDone: () => void;
}

/// Sends everything again that failed in the last hours or days.
export function ReplayDialog({ webhook, onClose, onDone }: ReplayDialogProps) {
  const { t } = useLanguage();
  const words = useWebhookWords();
  const [period, setPeriod] = useState(24);
  const { busy, problem, run } = useAction();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run(async () => {
      const { count } = await webhooks.replayFailed(webhook.id, new Date(Date.now() - period * 3_600_000));
      toast(words.replayCount(count));
      onClose();
      onDone();
    });
  };
  return (
    <Dialog title={words.replayTitle} onClose={onClose} data-testid="replay-dialog">
      <form className="stack" noValidate onSubmit={submit}>
        <p>{words.replayText}</p>
        <Field label={words.period}>
          <select
            value={period}
            onChange={(event) => setPeriod(Number(event.target.value))}
            data-testid="replay-period"
          >
            {hours.map((hour) => <option key={hour} value={hour}>{words.periods[hour]}</option>)}
          </select>
        </Field>
        {problem && <ProblemNotice problem={problem} />}
        <footer className="dialog__footer">
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" look="primary" busy={busy} data-testid="replay-confirm">{words.replay}</Button>
        </footer>
      </form>
    </Dialog>
  );
}
