import type { Message } from "../api/types.ts";
import { guessLanguage } from "../i18n/guessLanguage.ts";
import type { Messages } from "../i18n/en.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Icon } from "../ui/Icon.tsx";
import { ReferralLine } from "./ReferralLine.tsx";

/// Something that happened at the messenger and that nobody said: a call, a card, a notice.
export function ServiceLine({ message }: { message: Message }) {
  const { t, formats } = useLanguage();
  const isCall = message.service === "missed-call";
  const [card] = message.deleted ? [] : message.attachments;
  return (
    <div
      className={isCall ? "system-line system-line--amber" : "system-line"}
      data-item={message.id}
      data-testid="service-message"
      data-service={message.service}
    >
      {isCall && <Icon name="phone" size={14} />}
      <span>{serviceText(message.service ?? "", t) + (message.text ? ":" : "")}</span>
      {message.text && <span className="system-line__words" lang={guessLanguage(message.text)}>{message.text}</span>}
      {card?.url
        ? <a href={card.url} target="_blank" rel="noreferrer noopener">{card.note || card.url}</a>
        : card?.note && <span className="system-line__words">{card.note}</span>}
      {message.referral && <ReferralLine referral={message.referral} className="" />}
      <time dateTime={message.sent_at}>{formats.time(new Date(message.sent_at))}</time>
    </div>
  );
}

/// What happened, in the reader's language; a kind that this page does not know is a notice.
export function serviceText(service: string, t: Messages): string {
  return (t.service as Record<string, string>)[service] ?? t.service.notice;
}
