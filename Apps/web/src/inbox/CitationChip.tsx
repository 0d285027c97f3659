import { useCallback, useEffect, useId, useRef, useState } from "react";
import type { Citation, Money } from "../api/types.ts";
import { guessLanguage } from "../i18n/guessLanguage.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Link } from "../router/Link.tsx";
import { citationPath } from "../router/routes.ts";
import { Icon } from "../ui/Icon.tsx";
import { Popover } from "../ui/Popover.tsx";

interface CitationChipProps {
  citation: Citation;
  cost: Money | null;
}

const openAfter = 120;
const closeAfter = 220;

/// A source's name; hover, focus or a tap shows the quoted line and what the reply cost. A click keeps it open.
export function CitationChip({ citation, cost }: CitationChipProps) {
  const { t, formats } = useLanguage();
  const anchor = useRef<HTMLButtonElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  const [isPinned, setIsPinned] = useState(false);
  const timer = useRef(0);
  const id = useId();
  useEffect(() => () => clearTimeout(timer.current), []);

  const later = (open: boolean, wait: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setIsOpen(open), wait) as unknown as number;
  };
  const close = useCallback(() => {
    clearTimeout(timer.current);
    setIsOpen(false);
    setIsPinned(false);
  }, []);
  const costText = !cost
    ? t.thread.costUnknown
    : t.thread.cost(cost.micros === 0 ? t.thread.free : formats.money(cost));
  return (
    <>
      <button
        ref={anchor}
        type="button"
        className="citation"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        aria-describedby={isOpen ? id : undefined}
        aria-label={t.thread.source(citation.title)}
        onPointerEnter={(event) => event.pointerType === "mouse" && later(true, openAfter)}
        onPointerLeave={(event) => event.pointerType === "mouse" && !isPinned && later(false, closeAfter)}
        onFocus={(event) => event.currentTarget.matches(":focus-visible") && setIsOpen(true)}
        onBlur={(event) => {
          const next = event.relatedTarget as Node | null;
          if (!isPinned && !document.getElementById(id)?.contains(next)) close();
        }}
        onClick={() => {
          clearTimeout(timer.current);
          if (isPinned) return close();
          setIsOpen(true);
          setIsPinned(true);
        }}
        data-testid="citation"
      >
        <Icon name="quote" size={13} />
        <span className="citation__title">{citation.title}</span>
      </button>
      {isOpen && (
        <Popover
          anchor={anchor}
          id={id}
          role="group"
          label={t.thread.source(citation.title)}
          className="source-card"
          onClose={close}
          onPointerEnter={() => clearTimeout(timer.current)}
          onPointerLeave={() => !isPinned && later(false, closeAfter)}
          data-testid="citation-card"
        >
          <p className="source-card__title">
            {citation.title} <span className="muted">{t.thread.version(citation.version)}</span>
          </p>
          <blockquote lang={guessLanguage(citation.quote)} data-testid="citation-quote">{citation.quote}</blockquote>
          <p className="source-card__cost" data-testid="citation-cost">{costText}</p>
          <Link to={citationPath(citation)}>{t.thread.openSource}</Link>
        </Popover>
      )}
    </>
  );
}
