import { type ChangeEvent, type FormEvent, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import type { DemoInfo } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "../ui/Button.tsx";
import { WebChat } from "../webchat/client.ts";
import { localFile } from "../webchat/localFile.ts";
import { largestFile } from "../webchat/largestFile.ts";
import { CrashPlugin } from "./CrashPlugin.tsx";
import { PhoneMessage } from "./PhoneMessage.tsx";

interface CustomerPhoneProps {
  info: DemoInfo;
  onSend: (isFirst: boolean, text: string) => void;
}

/// A simulated phone that writes through the public web chat, as a real customer would.
export function CustomerPhone({ info, onSend }: CustomerPhoneProps) {
  const { t, language } = useLanguage();
  const [turn, setTurn] = useState(0);
  const name = t.demo.customerName;
  const chat = useMemo(
    () => new WebChat({ origin: location.origin, key: info.channel_key, language, name, memory: pageMemory(turn) }),
    // A new language or name must not end the customer's conversation.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
    [info.channel_key, turn],
  );
  useEffect(() => {
    chat.start().catch(() => {});
    return () => chat.stop();
  }, [chat]);
  const { config, messages, typing, connection } = useSyncExternalStore(chat.watch, () => chat.state);
  const [text, setText] = useState("");
  const [isTooLarge, setIsTooLarge] = useState(false);
  const log = useRef<HTMLDivElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (log.current) log.current.scrollTop = log.current.scrollHeight;
  }, [messages, typing]);

  const send = (value: string) => {
    if (!value.trim()) return;
    onSend(messages.length === 0, value);
    chat.send(value.trim());
  };
  const sendFile = ({ target }: ChangeEvent<HTMLInputElement>) => {
    const file = target.files?.[0];
    target.value = "";
    if (!file || file.size === 0 || file.size > largestFile) {
      return setIsTooLarge(Boolean(file && file.size > largestFile));
    }
    setIsTooLarge(false);
    onSend(messages.length === 0, text);
    chat.send(text.trim(), [localFile(file)]);
    setText("");
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send(text);
    setText("");
  };
  return (
    <>
      <div className="phone" data-testid="phone">
        <header className="phone__header">
          <div>
            <h2>{config?.title ?? t.demo.phone}</h2>
            <p>{connection === "waiting" ? t.chat.reconnecting : name}</p>
          </div>
          <Button
            look="quiet"
            icon="plus"
            iconOnly
            onClick={() => {
              forgetPhone();
              setTurn(turn + 1);
            }}
            data-testid="phone-new-customer"
          >
            {t.demo.newCustomer}
          </Button>
        </header>
        <div
          className="phone__log"
          ref={log}
          role="log"
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard
          tabIndex={0}
          aria-label={t.chat.log}
          data-testid="phone-log"
        >
          {config?.ai_notice && <p className="phone__notice">{config.ai_notice}</p>}
          {config?.greeting && <p className="phone__message phone__message--out">{config.greeting}</p>}
          {messages.map((message) => (
            <PhoneMessage
              key={message.id}
              message={message}
              chat={chat}
              onRetry={() => chat.retry(message.id)}
            />
          ))}
          {isTooLarge && <p className="phone__notice" role="alert">{t.chat.tooLarge}</p>}
          {typing && <p className="phone__typing">{t.chat.typing}</p>}
        </div>
        <form className="phone__composer" onSubmit={submit}>
          <input type="file" hidden ref={picker} onChange={sendFile} data-testid="phone-picker" />
          <Button look="quiet" icon="clip" iconOnly onClick={() => picker.current?.click()} data-testid="phone-attach">
            {t.chat.attach}
          </Button>
          <input
            type="text"
            value={text}
            placeholder={t.chat.placeholder}
            aria-label={t.chat.placeholder}
            onChange={(event) => {
              setText(event.target.value);
              chat.typed();
            }}
            data-testid="phone-text"
          />
          <Button type="submit" look="primary" icon="send" iconOnly data-testid="phone-send">{t.chat.send}</Button>
        </form>
      </div>
      <div className="suggestions">
        <h3>{t.demo.suggestions}</h3>
        <ul>
          {info.questions.map((question) => (
            <li key={question}>
              <Button small onClick={() => send(question)} data-testid="demo-question">{question}</Button>
            </li>
          ))}
        </ul>
        <p className="muted">{t.demo.phoneHint}</p>
        {info.can_crash && <CrashPlugin channelKey={info.channel_key} />}
      </div>
    </>
  );
}

const memoryKey = "sevensales.demo-visitor";

function pageMemory(turn: number) {
  return {
    read: () => turn === 0 ? sessionStorage.getItem(memoryKey) : null,
    write: (token: string) => sessionStorage.setItem(memoryKey, token),
  };
}

function forgetPhone() {
  sessionStorage.removeItem(memoryKey);
}
