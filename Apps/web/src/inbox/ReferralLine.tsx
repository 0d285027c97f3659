import type { Referral } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Icon, type IconName } from "../ui/Icon.tsx";

const icons: Record<Referral["source"], IconName> = {
  ad: "megaphone",
  link: "globe",
  listing: "note",
  product: "note",
  page: "globe",
  story: "camera",
  "story-mention": "camera",
};

/// "Advertisement · Скидка 20% · may": what brought a customer, with a way there where there is one.
export function ReferralLine({ referral, className }: { referral: Referral; className: string }) {
  const { t } = useLanguage();
  const { source, url } = referral;
  return (
    <p className={`referral ${className}`} data-testid="referral" data-source={source}>
      <Icon name={icons[source] ?? "globe"} size={15} />
      <span className="referral__text">
        {t.referral[source]}
        <ReferralNames referral={referral} />
      </span>
      {url && <a href={url} target="_blank" rel="noreferrer noopener" data-testid="referral-link">{t.referral.open}</a>}
    </p>
  );
}

/// What the other side calls it; a bare number says nothing beside a title.
function ReferralNames({ referral: { source, title, reference, campaign, url } }: { referral: Referral }) {
  const isStory = source === "story" || source === "story-mention";
  const name = title ?? (source === "page" ? url : isStory ? null : reference);
  const names = [name, campaign].filter(Boolean);
  return <>{names.map((words) => <span key={words} dir="auto">{` · ${words}`}</span>)}</>;
}
