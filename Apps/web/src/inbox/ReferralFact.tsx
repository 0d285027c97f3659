import type { Referral } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";

/// All that is known of what brought the customer, for the conversation's details.
export function ReferralFact({ referral: { source, title, reference, campaign, url } }: { referral: Referral }) {
  const { t } = useLanguage();
  const name = [t.referral[source], title].filter(Boolean).join(": ");
  const rest = [
    campaign && `${t.referral.campaign}: ${campaign}`,
    reference && source !== "page" && `${t.referral.number}: ${reference}`,
  ].filter((line): line is string => Boolean(line));
  return (
    <div data-testid="context-referral">
      <dt>{t.referral.cameFrom}</dt>
      <dd>
        {url ? <a href={url} target="_blank" rel="noreferrer noopener">{name}</a> : name}
        {rest.map((line) => <span key={line} className="referral__detail">{line}</span>)}
      </dd>
    </div>
  );
}
