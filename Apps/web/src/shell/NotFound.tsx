import { useLanguage } from "../i18n/language.tsx";
import { Link } from "../router/Link.tsx";
import { Screen } from "../ui/Screen.tsx";

export function NotFound() {
  const { t } = useLanguage();
  return (
    <Screen title={t.common.notFoundTitle} lead={t.common.notFoundText} data-testid="not-found">
      <Link className="button button--primary" to="/inbox">{t.common.goToInbox}</Link>
    </Screen>
  );
}
