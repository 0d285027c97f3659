import type { ChannelCapabilities, Conversation } from "../api/types.ts";
import type { Messages } from "../i18n/en.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { useSelected } from "../store/store.ts";
import { Icon } from "../ui/Icon.tsx";
import { useNow } from "../ui/useNow.ts";
import { replyWindow } from "./replyWindow.ts";

interface ReplyWindowHintProps {
  conversation: Conversation;
  capabilities: ChannelCapabilities;
}

/// Some messengers deliver an answer only for some time after the customer wrote. Says when that is over, or nearly.
export function ReplyWindowHint({ conversation, capabilities }: ReplyWindowHintProps) {
  const { t, formats } = useLanguage();
  const { inbox } = useSession();
  const now = useNow();
  const thread = useSelected(inbox.store, (state) => state.threads[conversation.id]);
  const window = replyWindow(thread?.messages ?? [], Boolean(thread?.older), capabilities, now);
  if (window.state === "open") return null;
  const text = window.state === "over"
    ? t.composer.windowOver(spanText(window.seconds, t), conversation.channel.name)
    : window.state === "person"
    ? t.composer.windowPerson(spanText(window.seconds, t), formats.moment(window.until))
    : t.composer.windowSoon(formats.time(window.until));
  return (
    <p className="composer__window" role="status" data-testid="reply-window" data-state={window.state}>
      <Icon name={window.state === "over" ? "alert" : "clock"} size={15} />
      <span>{text}</span>
    </p>
  );
}

/// A day is told as 24 hours: that is how the messengers put it.
function spanText(seconds: number, t: Messages): string {
  const hours = Math.round(seconds / 3_600);
  return hours > 24 && hours % 24 === 0 ? t.composer.days(hours / 24) : t.composer.hours(hours);
}
