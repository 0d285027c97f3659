import { Problem } from "../api/problem.ts";
import type { Messages } from "../i18n/en.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "./Button.tsx";
import { Icon } from "./Icon.tsx";

/// A problem in the person's language; the server's own detail only where there is no text for the code.
export function problemText(problem: Problem, t: Messages): string {
  const known = (t.errors as Record<string, unknown>)[problem.code];
  const text = typeof known === "string" ? known : problem.detail || t.errors.unknown;
  return problem.retryAfter ? `${text} ${t.errors.retryIn(problem.retryAfter)}` : text;
}

export function fieldText(problem: Problem | null, field: string, t: Messages): string | null {
  const error = problem?.field(field);
  if (!error) return null;
  if (error.code === "required") return t.errors.required;
  return error.detail || t.errors.invalid;
}

interface ProblemNoticeProps {
  problem: Problem;
  onRetry?: () => void;
}

export function ProblemNotice({ problem, onRetry }: ProblemNoticeProps) {
  const { t } = useLanguage();
  return (
    <div className="notice notice--error" role="alert" data-testid="problem">
      <Icon name="alert" />
      <div>
        <p>{problemText(problem, t)}</p>
        {problem.requestId && <p className="notice__request">{t.errors.request(problem.requestId)}</p>}
      </div>
      {onRetry && <Button small onClick={onRetry} data-testid="problem-retry">{t.common.retry}</Button>}
    </div>
  );
}
