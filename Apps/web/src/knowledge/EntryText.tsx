import { useEffect, useRef } from "react";
import type { KnowledgeEntry } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";

interface EntryTextProps {
  entry: KnowledgeEntry;
  quote: { start: number; end: number } | null;
}

/// The text as it was given; a quoted place is marked and brought into view. Offsets are UTF-16 units, as in JavaScript.
export function EntryText({ entry, quote }: EntryTextProps) {
  const { t } = useLanguage();
  const mark = useRef<HTMLElement>(null);
  useEffect(() => mark.current?.scrollIntoView({ block: "center" }), [quote, entry.id]);
  const isInside = quote !== null && quote.start >= 0 && quote.end > quote.start && quote.end <= entry.text.length;
  return (
    <div className="entry__text" lang={entry.language} data-testid="entry-text">
      {isInside
        ? (
          <>
            {entry.text.slice(0, quote.start)}
            <mark ref={mark} title={t.knowledge.quoted} data-testid="entry-quote">
              {entry.text.slice(quote.start, quote.end)}
            </mark>
            {entry.text.slice(quote.end)}
          </>
        )
        : entry.text}
    </div>
  );
}
