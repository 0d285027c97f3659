import type { Problem } from "../api/problem.ts";
import type { Language } from "../api/types.ts";
import type { Messages } from "../i18n/en.ts";
import { LanguageProvider } from "../i18n/language.tsx";
import { PublicPage } from "../session/PublicPage.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";

interface StartFailureProps {
  problem: Problem;
  language: Language;
  messages: Messages;
}

/// Shown when the page came but the server does not answer its first questions.
export function StartFailure({ problem, language, messages }: StartFailureProps) {
  return (
    <LanguageProvider language={language} messages={messages} change={() => Promise.resolve()}>
      <PublicPage title="SevenSales">
        <ProblemNotice problem={problem} onRetry={() => location.reload()} />
      </PublicPage>
    </LanguageProvider>
  );
}
