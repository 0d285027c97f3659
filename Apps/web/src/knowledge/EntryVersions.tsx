import { knowledge } from "../api/knowledge.ts";
import type { EntryVersion } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useLoaded } from "../ui/useLoaded.ts";

interface EntryVersionsProps {
  id: string;
  current: number;
  shown: number;
  onChoose: (version: number | null) => void;
}

export function EntryVersions({ id, current, shown, onChoose }: EntryVersionsProps) {
  const { t, formats } = useLanguage();
  const { value } = useLoaded(`${id}.${current}`, () => knowledge.versions(id));
  if (!value) return null;
  return (
    <section className="versions" aria-label={t.knowledge.versions} data-testid="versions">
      <h2>{t.knowledge.versions}</h2>
      <ol>
        {value.items.map((item) => (
          <li key={item.version}>
            <button
              type="button"
              className="versions__item"
              aria-pressed={item.version === shown}
              onClick={() => onChoose(item.version === current ? null : item.version)}
              data-testid={`version-${item.version}`}
            >
              <span>
                {t.knowledge.versionShort(item.version)}
                {item.version === current && ` · ${t.knowledge.currentVersion}`}
              </span>
              <span className="muted">{formats.moment(new Date(item.created_at))}</span>
              {author(item) && <span className="muted">{t.knowledge.by(author(item))}</span>}
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

function author({ created_by: by }: EntryVersion): string {
  return typeof by === "string" ? by : by?.name ?? "";
}
