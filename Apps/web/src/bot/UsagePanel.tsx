import { bot } from "../api/bot.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useLoaded } from "../ui/useLoaded.ts";

export function UsagePanel() {
  const { t, formats } = useLanguage();
  const { value } = useLoaded("usage", () => bot.usage());
  if (!value) return null;
  const rows: [string, string][] = [
    [t.bot.totalCost, value.cost ? formats.money(value.cost) : "—"],
    [t.bot.calls, formats.number(value.ai_calls)],
    [t.bot.tokensIn, formats.number(value.tokens_in)],
    [t.bot.tokensOut, formats.number(value.tokens_out)],
    [t.bot.messagesIn, formats.number(value.messages_in)],
    [t.bot.messagesOut, formats.number(value.messages_out)],
  ];
  return (
    <section className="panel" aria-labelledby="usage">
      <h2 id="usage">{t.bot.usage}</h2>
      <dl className="figures" data-testid="usage">
        {rows.map(([name, figure]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{figure}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
