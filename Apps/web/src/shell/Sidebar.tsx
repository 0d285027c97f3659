import { useLanguage } from "../i18n/language.tsx";
import { InboxViews } from "../inbox/InboxViews.tsx";
import { Link } from "../router/Link.tsx";
import { inboxPath, type Route } from "../router/routes.ts";
import { useSession } from "../session/session.tsx";
import { useSelected } from "../store/store.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Mark } from "../ui/Mark.tsx";
import { useMedia } from "../ui/useMedia.ts";
import { ConnectionDot } from "./ConnectionDot.tsx";
import { MoreMenu } from "./MoreMenu.tsx";
import { screens } from "./screens.ts";

interface SidebarProps {
  route: Route;
  onHelp: () => void;
}

/// The main menu: a column with names on wide windows, icons on medium ones, a bar at the bottom of a phone.
export function Sidebar({ route, onHelp }: SidebarProps) {
  const { t } = useLanguage();
  const { session, can, inbox } = useSession();
  const isPhone = useMedia("(max-width: 599px)");
  const isWide = useMedia("(min-width: 1200px)") && route.page !== "demo";
  const unread = useSelected(inbox.store, (state) => state.counters?.unread ?? 0);
  const open = screens.filter(({ page, permission }) =>
    (permission === null || can(permission)) && (page !== "demo" || session.demo)
  );
  const shown = isPhone ? open.slice(0, 4) : open;
  const rest = isPhone ? open.slice(4) : [];
  return (
    <nav className="sidebar" aria-label={t.nav.label} data-pane data-testid="sidebar">
      {!isPhone && (
        <p className="sidebar__brand">
          <Mark size={24} />
          <span className="sidebar__label">{session.account.name}</span>
        </p>
      )}
      <ul className="sidebar__list">
        {shown.map(({ page, icon }) => (
          <li key={page}>
            <Link
              to={`/${page}`}
              className="sidebar__link"
              aria-current={route.page === page ? "page" : undefined}
              title={isWide || isPhone ? undefined : t.nav[page]}
              data-testid={`nav-${page}`}
            >
              <span className="sidebar__icon">
                <Icon name={icon} />
                {page === "inbox" && unread > 0 && !isWide && <span className="dot" />}
              </span>
              <span className="sidebar__label">{t.nav[page]}</span>
              {page === "inbox" && unread > 0 && (
                <span className="sidebar__count" aria-label={t.inbox.unread(unread)} role="img">{unread}</span>
              )}
            </Link>
            {page === "inbox" && isWide && route.page === "inbox" && (
              <InboxViews look="column" view={route.view} search="" pathTo={inboxPath} />
            )}
          </li>
        ))}
        {isPhone && (
          <li>
            <MoreMenu screens={rest} />
          </li>
        )}
      </ul>
      {!isPhone && (
        <div className="sidebar__foot">
          <ConnectionDot />
          <Button look="quiet" icon="keyboard" iconOnly onClick={onHelp} data-testid="help">{t.nav.shortcuts}</Button>
          <Link to="/settings" className="sidebar__user" title={session.user.name} aria-label={session.user.name}>
            <Avatar id={session.user.id} name={session.user.name} small />
            <span className="sidebar__label">{session.user.name}</span>
          </Link>
        </div>
      )}
    </nav>
  );
}
