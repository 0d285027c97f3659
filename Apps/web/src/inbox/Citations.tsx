import type { Citation, Money } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { CitationChip } from "./CitationChip.tsx";

interface CitationsProps {
  citations: Citation[];
  cost: Money | null;
}

/// The lines of the knowledge that a reply stands on.
export function Citations({ citations, cost }: CitationsProps) {
  const { t } = useLanguage();
  return (
    <ul className="citations" aria-label={t.thread.sourcesOf}>
      {citations.map((citation) => (
        <li key={`${citation.entry_id}.${citation.version}.${citation.start}`}>
          <CitationChip citation={citation} cost={cost} />
        </li>
      ))}
    </ul>
  );
}
