import type { Citation, Message, Money } from "../api/types.ts";

/// What the loaded messages cost, per currency, and which entries they quote.
export function summarize(messages: Message[]): { costs: Money[]; sources: Citation[] } {
  const costs = new Map<string, number>();
  const sources = new Map<string, Citation>();
  for (const { cost, citations } of messages) {
    if (cost) costs.set(cost.currency, (costs.get(cost.currency) ?? 0) + cost.micros);
    for (const citation of citations) sources.set(`${citation.entry_id}.${citation.version}`, citation);
  }
  return {
    costs: [...costs].map(([currency, micros]) => ({ currency, micros })),
    sources: [...sources.values()],
  };
}
