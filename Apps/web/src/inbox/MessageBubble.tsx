import { memo } from "react";
import type { Message, MessageStatus } from "../api/types.ts";
import { guessLanguage } from "../i18n/guessLanguage.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Icon } from "../ui/Icon.tsx";
import { AttachmentView } from "./AttachmentView.tsx";
import { Citations } from "./Citations.tsx";
import { Delivery } from "./Delivery.tsx";
import { ReferralLine } from "./ReferralLine.tsx";
import { ScheduleNotice } from "./ScheduleNotice.tsx";
import { ServiceLine } from "./ServiceLine.tsx";
import { SystemLine } from "./SystemLine.tsx";
import { UncertainNotice } from "./UncertainNotice.tsx";

interface MessageBubbleProps {
  message: Message;
  showsAuthor: boolean;
}

const isKeptBack = (status: MessageStatus) =>
  status === "scheduled" || status === "held" || status === "missed" || status === "cancelled";

export const MessageBubble = memo(function MessageBubble({ message, showsAuthor }: MessageBubbleProps) {
  const { t, formats } = useLanguage();
  if (message.kind === "system") return <SystemLine message={message} />;
  if (message.kind === "service") return <ServiceLine message={message} />;
  const isNote = message.kind === "note";
  const look = isNote
    ? "note"
    : message.direction === "in"
    ? "customer"
    : message.author.type === "bot"
    ? "bot"
    : "person";
  const at = new Date(message.sent_at);
  return (
    <article
      className={`bubble bubble--${look}${showsAuthor ? "" : " bubble--joined"}`}
      aria-label={message.author.name}
      data-item={message.id}
      data-testid="message"
      data-author={message.author.type}
      data-kind={message.kind}
      data-status={message.status}
    >
      {showsAuthor && (
        <p className="bubble__author">
          {look === "bot" && <Icon name="bot" size={14} />}
          {isNote && <Icon name="note" size={14} />}
          <span>{message.author.name}</span>
          {isNote && <span className="bubble__note">{t.thread.note}</span>}
        </p>
      )}
      <div className="bubble__body">
        {message.referral && <ReferralLine referral={message.referral} className="referral--message" />}
        {!message.deleted &&
          message.attachments.filter(({ url }) => !url || url !== message.referral?.url).map((attachment, index) => (
            <AttachmentView key={attachment.file ?? index} attachment={attachment} />
          ))}
        {message.deleted ? <p className="bubble__text muted">{t.thread.deleted}</p> : (
          message.text && (
            <p className="bubble__text" lang={guessLanguage(message.text)} data-testid="message-text">{message.text}</p>
          )
        )}
      </div>
      {message.citations.length > 0 && <Citations citations={message.citations} cost={message.cost} />}
      <p className="bubble__meta">
        <time dateTime={message.sent_at} title={formats.moment(at)}>{formats.time(at)}</time>
        {message.edited && <span>{t.thread.edited}</span>}
        {message.cost && message.cost.micros > 0 && (
          <span title={t.thread.cost(formats.money(message.cost))} data-testid="message-cost">
            {formats.money(message.cost)}
          </span>
        )}
        {message.direction === "out" && <Delivery message={message} />}
      </p>
      {message.status === "uncertain" && <UncertainNotice message={message} />}
      {isKeptBack(message.status) && <ScheduleNotice message={message} />}
    </article>
  );
});
