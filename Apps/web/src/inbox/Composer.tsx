import { forwardRef, type KeyboardEvent, useImperativeHandle, useLayoutEffect, useRef, useState } from "react";
import { inbox as api } from "../api/inbox.ts";
import type { Conversation } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { ComposerFiles } from "./ComposerFiles.tsx";
import { drafts } from "./drafts.ts";
import { textLength } from "./files.ts";
import { ReplyWindowHint } from "./ReplyWindowHint.tsx";
import { SendLater } from "./SendLater.tsx";
import { useCapabilities } from "./useCapabilities.ts";
import { useComposerFiles } from "./useComposerFiles.ts";
import { useFileDrop } from "./useFileDrop.ts";

type Kind = "reply" | "note";

export interface ComposerHandle {
  focus: (kind: Kind) => void;
}

/// Until the channel's own limit is known.
const usualLimit = 4_096;
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
  const typingToldAt = useRef(0);
  const form = useRef<HTMLFormElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const capabilities = useCapabilities(conversation.channel);
  const attached = useComposerFiles(conversation, capabilities, kind === "note");
  const { files } = attached;
  const hovers = useFileDrop(form, attached.add);

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
    // A note is nobody's to wait for; some messengers show it for six seconds.
    if (kind === "reply" && value && Date.now() - typingToldAt.current > 4_000) {
      typingToldAt.current = Date.now();
      api.typing(conversation.id).catch(() => {});
    }
  };
  const { text_unit: unit } = capabilities;
  const caption = capabilities.caption ?? null;
  const hasCaption = files.length > 0 && caption !== null;
  const limit = kind === "note" ? usualLimit * 4 : hasCaption ? caption : capabilities.text_limit ?? usualLimit;
  const left = limit - textLength(text.trim(), kind === "note" ? "utf16" : unit);
  const hasText = text.trim().length > 0;
  const maySend = (hasText || files.length > 0) && attached.areReady && left >= 0;
  const isOneMessage = files.length + (hasText && !hasCaption ? 1 : 0) === 1;
  /// One message carries one file; the text goes with the first, or after all when the channel takes no captions.
  const send = () => {
    if (!maySend) return;
    const words = text.trim();
    attached.stored.forEach((file, index) => {
      inbox.outbound.send(conversation.id, "reply", hasCaption && index === 0 ? words : "", file);
    });
    if (hasText && !hasCaption) inbox.outbound.send(conversation.id, kind, words);
    attached.clear();
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
      ref={form}
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
      {kind === "reply" && <ReplyWindowHint conversation={conversation} capabilities={capabilities} />}
      {attached.problems.length > 0 && (
        <div className="notice notice--error composer__problem" role="alert" data-testid="file-problem">
          <Icon name="alert" />
          <div>{attached.problems.map((problem) => <p key={problem}>{problem}</p>)}</div>
          <Button small look="quiet" icon="close" iconOnly onClick={attached.dismiss}>{t.common.dismiss}</Button>
        </div>
      )}
      <ComposerFiles files={files} />
      {hovers && <p className="composer__drop">{t.composer.dropHere}</p>}
      <div className="composer__row">
        {attached.canAttach && (
          <>
            <input
              ref={chooser}
              type="file"
              multiple
              hidden
              onChange={(event) => {
                attached.add([...event.target.files ?? []]);
                event.target.value = "";
                field.current?.focus();
              }}
              data-testid="composer-files"
            />
            <Button look="quiet" icon="clip" iconOnly onClick={() => chooser.current?.click()} data-testid="attach">
              {t.composer.attach}
            </Button>
          </>
        )}
        <textarea
          ref={field}
          rows={1}
          value={text}
          placeholder={kind === "note" ? t.composer.notePlaceholder : t.composer.replyPlaceholder}
          aria-label={kind === "note" ? t.composer.note : t.composer.reply}
          aria-invalid={left < 0 || undefined}
          onChange={(event) => write(event.target.value)}
          onKeyDown={press}
          onPaste={attached.paste}
          data-testid="composer-text"
        />
        {kind === "reply" && (
          <SendLater
            conversation={conversation.id}
            draft={maySend && isOneMessage
              ? { text: files.length > 0 && !hasCaption ? "" : text.trim(), files: attached.stored.map(({ id }) => id) }
              : null}
            onDone={() => {
              attached.clear();
              write("");
              field.current?.focus();
            }}
          />
        )}
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
      {(files.length > 1 || (files.length > 0 && hasText && !hasCaption)) && (
        <p className="composer__count" data-testid="composer-order">
          {[
            files.length > 1 && t.composer.several(files.length),
            hasText && !hasCaption && t.composer.captionApart,
          ].filter(Boolean).join(" ")}
        </p>
      )}
      {left < warnBelow && (
        <p className={left < 0 ? "composer__count composer__count--over" : "composer__count"} role="status">
          {left >= 0 ? t.composer.left(left) : hasCaption ? t.composer.captionOver(-left) : t.composer.over(-left)}
        </p>
      )}
    </form>
  );
});
