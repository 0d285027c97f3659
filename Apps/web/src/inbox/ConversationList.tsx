import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { useSelected } from "../store/store.ts";
import { ConversationRow } from "./ConversationRow.tsx";
import { rowHeight, visibleRows } from "./window.ts";

interface ConversationListProps {
  ids: string[];
  hasMore: boolean;
  selected: string | null;
  pathTo: (id: string) => string;
  onEnd: () => void;
}

/// A windowed list: only the rows near the visible part exist. One row is in the tab order; arrows move between rows.
export function ConversationList({ ids, hasMore, selected, pathTo, onEnd }: ConversationListProps) {
  const { t } = useLanguage();
  const { inbox } = useSession();
  const conversations = useSelected(inbox.store, (state) => state.conversations);
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 800 });
  const [focused, setFocused] = useState<string | null>(null);
  const wantsFocus = useRef(false);

  const measure = () => {
    const node = scroller.current;
    if (node) setView({ top: node.scrollTop, height: node.clientHeight });
  };
  useLayoutEffect(() => {
    measure();
    const observer = new ResizeObserver(measure);
    if (scroller.current) observer.observe(scroller.current);
    return () => observer.disconnect();
  }, []);

  const { first, last } = visibleRows(view.top, view.height, ids.length);
  useEffect(() => {
    if (hasMore && last >= ids.length - 10) onEnd();
  }, [hasMore, last, ids.length, onEnd]);

  const roving = focused && ids.includes(focused) ? focused : selected && ids.includes(selected) ? selected : ids[0];
  const reveal = (id: string) => {
    const node = scroller.current;
    const top = ids.indexOf(id) * rowHeight;
    if (!node || top < 0) return;
    if (top < node.scrollTop) node.scrollTop = top;
    else if (top + rowHeight > node.scrollTop + node.clientHeight) node.scrollTop = top + rowHeight - node.clientHeight;
  };
  useEffect(() => {
    if (selected) reveal(selected);
    // Only a new selection scrolls the list; arriving conversations must not.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [selected]);
  useEffect(() => {
    if (!wantsFocus.current || !focused) return;
    wantsFocus.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(focused)}"]`)?.focus();
  }, [focused, view]);

  const move = (event: KeyboardEvent) => {
    const at = roving ? ids.indexOf(roving) : 0;
    const page = Math.max(1, Math.floor(view.height / rowHeight) - 1);
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: ids.length - 1,
    };
    const wanted = steps[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    const next = ids[Math.max(0, Math.min(ids.length - 1, wanted))];
    if (!next) return;
    wantsFocus.current = true;
    reveal(next);
    setFocused(next);
    measure();
  };

  return (
    <div className="conversations" ref={scroller} onScroll={measure} data-testid="conversation-scroller">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- arrow keys of the rows inside */}
      <ul
        className="conversations__rows"
        style={{ height: ids.length * rowHeight }}
        aria-label={t.inbox.list}
        onKeyDown={move}
        data-testid="conversation-list"
      >
        {ids.slice(first, last).map((id, offset) => {
          const conversation = conversations[id];
          return conversation && (
            <ConversationRow
              key={id}
              conversation={conversation}
              position={first + offset}
              total={hasMore ? -1 : ids.length}
              isSelected={id === selected}
              isRoving={id === roving}
              to={pathTo(id)}
              onFocus={setFocused}
            />
          );
        })}
      </ul>
    </div>
  );
}
