import { type FormEvent, useState } from "react";
import { bot } from "../api/bot.ts";
import type { BotAnswer } from "../api/types.ts";
import { guessLanguage } from "../i18n/guessLanguage.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Citations } from "../inbox/Citations.tsx";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { useAction } from "../ui/useAction.ts";

/// Tries a question without writing to anyone: the answer with its sources, or why the bot would call a person.
export function AskBot() {
  const { t, language } = useLanguage();
  const [question, setQuestion] = useState("");
  const [answer, setAnswer] = useState<BotAnswer | null>(null);
  const { busy, problem, run } = useAction();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const text = question.trim();
    if (text) void run(async () => setAnswer(await bot.ask(text, guessLanguage(text) ?? language)));
  };
  return (
    <section className="panel" aria-labelledby="ask-bot">
      <div>
        <h2 id="ask-bot">{t.bot.ask}</h2>
        <p className="muted">{t.bot.askHint}</p>
      </div>
      <form className="one-line" onSubmit={submit}>
        <input
          type="text"
          value={question}
          placeholder={t.bot.askPlaceholder}
          aria-label={t.bot.askPlaceholder}
          onChange={(event) => setQuestion(event.target.value)}
          data-testid="ask-text"
        />
        <Button type="submit" busy={busy} data-testid="ask-submit">{busy ? t.bot.asking : t.bot.askSubmit}</Button>
      </form>
      {problem && <ProblemNotice problem={problem} />}
      <div role="status">{answer && <Answer answer={answer} />}</div>
    </section>
  );
}

function Answer({ answer }: { answer: BotAnswer }) {
  const { t, formats } = useLanguage();
  const isAnswer = answer.outcome === "answer";
  return (
    <div
      className={isAnswer ? "answer" : "answer answer--amber"}
      data-testid="ask-answer"
      data-outcome={answer.outcome}
    >
      <p className="answer__outcome">
        <Icon name={isAnswer ? "bot" : "hand"} size={16} />
        <strong>{isAnswer ? t.bot.outcomeAnswer : t.bot.outcomeHandoff}</strong>
      </p>
      {answer.reason && <p>{t.handoff[answer.reason] ?? answer.reason}</p>}
      {answer.text && <p className="answer__text" lang={guessLanguage(answer.text)}>{answer.text}</p>}
      {answer.blocked && (
        <div>
          <p>{t.bot.blocked}</p>
          <blockquote lang={guessLanguage(answer.blocked)} data-testid="ask-blocked">{answer.blocked}</blockquote>
        </div>
      )}
      {answer.citations.length > 0 && <Citations citations={answer.citations} cost={answer.cost} />}
      <p className="muted">
        {[answer.cost && formats.money(answer.cost), t.bot.latency(formats.number(answer.latency_ms))].filter(Boolean)
          .join(" · ")}
      </p>
    </div>
  );
}
