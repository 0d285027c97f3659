import { type WebhookAttempt, type WebhookDelivery, webhooks } from "../api/webhooks.ts";
import { useLanguage } from "../i18n/language.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { useLoaded } from "../ui/useLoaded.ts";
import { useWebhookWords, type WebhookWords } from "./words.ts";

/// Every try of a delivery, and the beginning of what was answered.
export function AttemptsTable({ delivery }: { delivery: WebhookDelivery }) {
  const { formats } = useLanguage();
  const words = useWebhookWords();
  const loaded = useLoaded(
    `${delivery.id}/${delivery.attempts.length}`,
    () => webhooks.delivery(delivery.id),
  );
  const attempts = loaded.value?.attempts ?? delivery.attempts;
  if (loaded.problem) return <ProblemNotice problem={loaded.problem} onRetry={loaded.reload} />;
  if (attempts.length === 0) return null;
  return (
    <table className="table" data-testid="attempts">
      <thead>
        <tr>
          <th scope="col">{words.attempt}</th>
          <th scope="col">{words.when}</th>
          <th scope="col">{words.result}</th>
          <th scope="col">{words.duration}</th>
          <th scope="col">{words.answer}</th>
        </tr>
      </thead>
      <tbody>
        {attempts.map((attempt) => (
          <tr key={attempt.number} data-testid="attempt">
            <td data-label={words.attempt}>{attempt.number}</td>
            <td data-label={words.when}>
              <time dateTime={attempt.at}>{formats.moment(new Date(attempt.at))}</time>
            </td>
            <td data-label={words.result}>{resultOf(attempt, words)}</td>
            <td data-label={words.duration}>{words.milliseconds(formats.number(attempt.duration))}</td>
            <td data-label={words.answer} className="codes">{attempt.answer ?? ""}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function resultOf({ code, failure }: WebhookAttempt, words: WebhookWords): string {
  return code === null ? words.failures[failure ?? ""] ?? failure ?? "" : words.status(code);
}
