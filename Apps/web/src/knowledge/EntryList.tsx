import type { KnowledgeItem } from "../api/types.ts";
import { languageNames, useLanguage } from "../i18n/language.tsx";
import { Link } from "../router/Link.tsx";
import { Icon } from "../ui/Icon.tsx";
import { useNow } from "../ui/useNow.ts";

export function EntryList({ entries }: { entries: KnowledgeItem[] }) {
  const { t, formats } = useLanguage();
  const now = useNow();
  return (
    <ul className="rows" data-testid="entry-list">
      {entries.map((entry) => (
        <li key={entry.id}>
          <Link to={`/knowledge/${entry.id}`} className="rows__link" data-testid="entry-row" data-entry={entry.id}>
            <Icon name={entry.kind === "file" ? "file" : "book"} />
            <span className="rows__main">
              <span className="rows__title" lang={entry.language}>{entry.title}</span>
              <span className="muted">
                {[
                  languageNames[entry.language] ?? entry.language,
                  t.knowledge.passages(entry.passages),
                  t.knowledge.versionShort(entry.version),
                  entry.source,
                ].filter(Boolean).join(" · ")}
              </span>
            </span>
            <time className="muted" dateTime={entry.updated_at}>
              {formats.relative(new Date(entry.updated_at), now)}
            </time>
          </Link>
        </li>
      ))}
    </ul>
  );
}
