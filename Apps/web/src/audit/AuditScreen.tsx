import "../kit.ts";
import { team } from "../api/team.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "../ui/Button.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { Screen } from "../ui/Screen.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { usePaged } from "../ui/usePaged.ts";
import { plainText } from "./plainText.ts";

export default function AuditScreen() {
  const { t, formats } = useLanguage();
  const { items, problem, loadingMore, more, reload } = usePaged("audit", (after) => team.audit(after));
  return (
    <Screen title={t.audit.title} lead={t.audit.lead} wide readingOnly data-testid="audit">
      {problem && <ProblemNotice problem={problem} onRetry={reload} />}
      {!items && !problem && <Skeleton rows={8} />}
      {items?.length === 0 && <p className="empty">{t.audit.empty}</p>}
      {items && items.length > 0 && (
        <table className="table" data-testid="audit-table">
          <thead>
            <tr>
              <th scope="col">{t.audit.when}</th>
              <th scope="col">{t.audit.who}</th>
              <th scope="col">{t.audit.what}</th>
              <th scope="col">{t.audit.object}</th>
              <th scope="col">{t.audit.detail}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((entry) => (
              <tr key={entry.id} data-testid="audit-row">
                <td data-label={t.audit.when}>
                  <time dateTime={entry.at}>{formats.moment(new Date(entry.at))}</time>
                </td>
                <td data-label={t.audit.who}>{entry.actor.name ?? t.audit.system}</td>
                <td data-label={t.audit.what} className="codes">{entry.action}</td>
                <td data-label={t.audit.object} className="codes">{plainText(entry.object)}</td>
                <td data-label={t.audit.detail} className="codes">{plainText(entry.detail)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {more && <Button busy={loadingMore} onClick={more} data-testid="audit-more">{t.common.loadMore}</Button>}
    </Screen>
  );
}
