import { forwardRef, type KeyboardEvent, useImperativeHandle, useLayoutEffect, useRef, useState } from "react";
import type { Conversation } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { Button } from "../ui/Button.tsx";
import { drafts } from "./drafts.ts";

type Kind = "reply" | "note";

export interface ComposerHandle {
  focus: (kind: Kind) => void;
}

/// The smallest limit of the connected messengers; the server enforces the channel's own.
const textLimit = 4_096;
const warnBelow = 200;

export const Composer = forwardRef<ComposerHandle, { conversation: Conversation }>(function Composer(
  { conversation },
  ref,
) {
  const { t } = useLanguage();
  const { inbox } = useSession();
  const [kind, setKind] = useState<Kind>("reply");
  const [text, setText] = useState(() => drafts.read(conversation.id, "reply"));
  const field = useRef<HTMLTextAreaElement>(null);

  const choose = (next: Kind) => {
    if (next === kind) return;
    setKind(next);
    setText(drafts.read(conversation.id, next));
  };
  useImperativeHandle(ref, () => ({
    focus(next) {
      choose(next);
      field.current?.focus();
    },
  }));
  useLayoutEffect(() => {
    const node = field.current;
    if (!node) return;
    node.style.height = "auto";
    node.style.height = `${Math.min(node.scrollHeight + 2, 220)}px`;
  }, [text, kind]);

  const write = (value: string) => {
    setText(value);
    drafts.write(conversation.id, kind, value);
  };
  const left = textLimit - text.length;
  const maySend = text.trim().length > 0 && left >= 0;
  const send = () => {
    if (!maySend) return;
    inbox.outbound.send(conversation.id, kind, text.trim());
    write("");
    field.current?.focus();
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.nativeEvent.isComposing) {
      event.preventDefault();
      send();
    }
    if (event.key === "Escape") field.current?.blur();
  };
  const hint = kind === "note"
    ? null
    : conversation.state === "closed"
    ? t.composer.closedHint
    : conversation.owner === "bot" && text
    ? t.composer.takesTurn
    : null;

  return (
    <form
      className={`composer composer--${kind}`}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      data-testid="composer"
      data-kind={kind}
    >
      <div className="composer__top">
        <div className="segments" role="radiogroup" aria-label={t.composer.kind}>
          {(["reply", "note"] as const).map((name) => (
            <button
              key={name}
              type="button"
              role="radio"
              aria-checked={kind === name}
              tabIndex={kind === name ? 0 : -1}
              className="segments__item"
              onClick={() => {
                choose(name);
                field.current?.focus();
              }}
              onKeyDown={(event) => {
                if (!event.key.startsWith("Arrow")) return;
                event.preventDefault();
                choose(name === "reply" ? "note" : "reply");
                const { nextElementSibling, previousElementSibling } = event.currentTarget;
                ((nextElementSibling ?? previousElementSibling) as HTMLElement | null)?.focus();
              }}
              data-testid={`compose-${name}`}
            >
              {t.composer[name]}
            </button>
          ))}
        </div>
        {hint && <p className="composer__hint">{hint}</p>}
      </div>
      <div className="composer__row">
        <textarea
          ref={field}
          rows={1}
          value={text}
          placeholder={kind === "note" ? t.composer.notePlaceholder : t.composer.replyPlaceholder}
          aria-label={kind === "note" ? t.composer.note : t.composer.reply}
          aria-invalid={left < 0 || undefined}
          onChange={(event) => write(event.target.value)}
          onKeyDown={press}
          data-testid="composer-text"
        />
        <Button
          type="submit"
          look="primary"
          icon={kind === "note" ? "note" : "send"}
          disabled={!maySend}
          aria-keyshortcuts="Control+Enter"
          title="Ctrl+Enter"
          data-testid="composer-send"
        >
          {kind === "note" ? t.composer.addNote : t.composer.send}
        </Button>
      </div>
      {left < warnBelow && (
        <p className={left < 0 ? "composer__count composer__count--over" : "composer__count"} role="status">
          {left < 0 ? t.composer.over(-left) : t.composer.left(left)}
        </p>
      )}
    </form>
  );
});
