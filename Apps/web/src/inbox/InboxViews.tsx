import { useLanguage } from "../i18n/language.tsx";
import { Link } from "../router/Link.tsx";
import { useSession } from "../session/session.tsx";
import { useSelected } from "../store/store.ts";
import type { PathTo } from "./InboxScreen.tsx";
import { viewOf, views } from "./views.ts";

interface InboxViewsProps {
  look: "column" | "chips";
  view: string | null;
  search: string;
  pathTo: PathTo;
}

/// The views of the inbox with their counters.
export function InboxViews({ look, view, search, pathTo }: InboxViewsProps) {
  const { t, formats } = useLanguage();
  const { inbox } = useSession();
  const counters = useSelected(inbox.store, (state) => state.counters);
  const current = viewOf(view);
  return (
    <ul className={`views views--${look}`} aria-label={t.inbox.views}>
      {views.map((name) => (
        <li key={name}>
          <Link
            to={pathTo(null, name, search)}
            className={name === "waiting" && counters?.waiting ? "views__link views__link--amber" : "views__link"}
            aria-current={name === current ? "true" : undefined}
            data-testid={`view-${name}`}
          >
            <span>{t.inbox[name]}</span>
            <span className="views__count" data-testid={`count-${name}`}>
              {counters ? formats.number(counters[name]) : ""}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
