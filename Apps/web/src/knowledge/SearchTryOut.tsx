import { type FormEvent, useState } from "react";
import { knowledge } from "../api/knowledge.ts";
import type { Passage } from "../api/types.ts";
import { guessLanguage } from "../i18n/guessLanguage.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Link } from "../router/Link.tsx";
import { citationPath } from "../router/routes.ts";
import { Button } from "../ui/Button.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { useAction } from "../ui/useAction.ts";

/// Shows which passages the bot would read for a question.
export function SearchTryOut() {
  const { t, formats } = useLanguage();
  const [question, setQuestion] = useState("");
  const [found, setFound] = useState<Passage[] | null>(null);
  const { busy, problem, run } = useAction();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const q = question.trim();
    if (q) void run(async () => setFound((await knowledge.search(q)).items));
  };
  return (
    <section className="panel" aria-labelledby="try-out">
      <div>
        <h2 id="try-out">{t.knowledge.tryOut}</h2>
        <p className="muted">{t.knowledge.tryOutHint}</p>
      </div>
      <form className="one-line" onSubmit={submit}>
        <input
          type="search"
          value={question}
          placeholder={t.knowledge.tryOutPlaceholder}
          aria-label={t.knowledge.tryOut}
          onChange={(event) => setQuestion(event.target.value)}
          data-testid="try-search"
        />
        <Button type="submit" busy={busy} data-testid="try-search-submit">{t.common.search}</Button>
      </form>
      {problem && <ProblemNotice problem={problem} />}
      {found?.length === 0 && <p role="status">{t.knowledge.nothing}</p>}
      {found && found.length > 0 && (
        <ol className="passages" data-testid="passages">
          {found.map((passage) => (
            <li key={`${passage.entry_id}.${passage.start}`} data-testid="passage">
              <blockquote lang={guessLanguage(passage.quote)}>{passage.quote}</blockquote>
              <p className="muted">
                <Link to={citationPath(passage)}>{passage.title}</Link>
                {` · ${t.knowledge.score} ${formats.number(Math.round(passage.score * 10) / 10)}`}
              </p>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
