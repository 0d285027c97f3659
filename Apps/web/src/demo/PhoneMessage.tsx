import { guessLanguage } from "../i18n/guessLanguage.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Icon } from "../ui/Icon.tsx";
import type { WebChat } from "../webchat/client.ts";
import type { ChatMessage } from "../webchat/types.ts";
import { PhoneFile } from "./PhoneFile.tsx";

interface PhoneMessageProps {
  message: ChatMessage;
  chat: WebChat;
  onRetry: () => void;
}

export function PhoneMessage({ message, chat, onRetry }: PhoneMessageProps) {
  const { t, formats } = useLanguage();
  const { direction, author, author_name: name, text, status, at, attachments } = message;
  const isOwn = direction === "in";
  return (
    <div
      className={`phone__message phone__message--${direction}`}
      data-testid="phone-message"
      data-direction={direction}
      data-author={author}
      data-status={status}
    >
      {!isOwn && <p className="phone__author">{name || (author === "bot" ? t.chat.bot : "")}</p>}
      {text && <p lang={guessLanguage(text)}>{text}</p>}
      {attachments.map((file, index) => <PhoneFile key={file.id ?? index} file={file} chat={chat} />)}
      <p className="phone__meta">
        <time dateTime={at}>{formats.time(new Date(at))}</time>
        {isOwn && status === "failed" && (
          <button type="button" className="link-button" onClick={onRetry}>{t.chat.notSent}</button>
        )}
        {isOwn && status !== "failed" && <Icon name={status === "sending" ? "clock" : "check"} size={12} />}
      </p>
    </div>
  );
}
