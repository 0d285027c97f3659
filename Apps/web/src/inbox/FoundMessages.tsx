import { inbox } from "../api/inbox.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Link } from "../router/Link.tsx";
import { useLoaded } from "../ui/useLoaded.ts";
import { useNow } from "../ui/useNow.ts";

interface FoundMessagesProps {
  search: string;
  pathTo: (id: string) => string;
}

export function FoundMessages({ search, pathTo }: FoundMessagesProps) {
  const { t, formats } = useLanguage();
  const now = useNow();
  const { value } = useLoaded(search, () => inbox.search(search));
  if (!value || value.items.length === 0) return null;
  return (
    <section className="found" aria-label={t.inbox.foundMessages} data-testid="found-messages">
      <h2 className="found__title">{t.inbox.foundMessages}</h2>
      <ul>
        {value.items.map((found) => (
          <li key={found.message_id}>
            <Link to={pathTo(found.conversation_id)} className="found__row" data-testid="found-message">
              <span className="found__name">{found.contact_name}</span>
              <time dateTime={found.at}>{formats.brief(new Date(found.at), now)}</time>
              <span className="found__snippet">{found.snippet}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
