import { useLanguage } from "../i18n/language.tsx";
import { navigate } from "../router/router.ts";
import { Menu } from "../ui/Menu.tsx";
import type { MenuScreen } from "./screens.ts";

/// The screens that do not fit into the bottom bar of a phone.
export function MoreMenu({ screens }: { screens: MenuScreen[] }) {
  const { t } = useLanguage();
  return (
    <Menu
      label={t.nav.more}
      button={{ icon: "more", look: "quiet", className: "sidebar__link" }}
      items={screens.map(({ page }) => ({ key: page, label: t.nav[page], run: () => navigate(`/${page}`) }))}
      data-testid="nav-more"
    />
  );
}
