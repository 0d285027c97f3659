import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { View } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useShortcuts } from "../keyboard/shortcuts.ts";
import { navigate } from "../router/router.ts";
import { useSession } from "../session/session.tsx";
import { useSelected } from "../store/store.ts";
import { PageHeading } from "../ui/Screen.tsx";
import { useMedia } from "../ui/useMedia.ts";
import { ContextPane } from "./ContextPane.tsx";
import { ListPane } from "./ListPane.tsx";
import { listKey } from "./state.ts";
import { ThreadPane } from "./ThreadPane.tsx";
import { viewOf } from "./views.ts";

export type PathTo = (id: string | null, view: string | null, search?: string) => string;

interface InboxScreenProps {
  selected: string | null;
  view: string | null;
  search: string;
  /// The address of a conversation in a view: the inbox also lives inside the demo page.
  pathTo: PathTo;
  /// The page around has its own heading.
  isEmbedded?: boolean;
}

/// List, conversation and context, as many beside each other as fit.
export function InboxScreen({ selected, view: wanted, search, pathTo, isEmbedded }: InboxScreenProps) {
  const { t } = useLanguage();
  const { inbox } = useSession();
  const view: View = viewOf(wanted);
  const element = useRef<HTMLDivElement>(null);
  const width = useWidth(element);
  const isWideWindow = useMedia("(min-width: 1200px)");
  const columns = width >= 980 && isWideWindow ? 3 : width >= 600 ? 2 : 1;
  const [details, setDetails] = useState(false);

  useEffect(() => inbox.show(view, search), [inbox, view, search]);
  useEffect(() => {
    inbox.open(selected);
    setDetails(false);
  }, [inbox, selected]);
  useEffect(() => () => inbox.open(null), [inbox]);

  const ids = useSelected(inbox.store, (state) => state.lists[listKey(view, search)]?.ids);
  const unread = useSelected(inbox.store, (state) => state.counters?.unread ?? 0);
  const step = (by: 1 | -1) => {
    if (!ids || ids.length === 0) return;
    const at = selected ? ids.indexOf(selected) : -1;
    const next = ids[at < 0 ? (by > 0 ? 0 : ids.length - 1) : at + by];
    if (next) navigate(pathTo(next, view, search));
  };
  useShortcuts({
    j: () => step(1),
    k: () => step(-1),
    "/": () => document.getElementById("inbox-search")?.focus(),
  });

  const showsList = columns > 1 || !selected;
  const showsContext = selected !== null && (columns === 3 || details);
  return (
    <div className={`inbox inbox--${columns}`} ref={element} data-testid="inbox">
      {!isEmbedded && <PageHeading hidden>{unread > 0 ? `(${unread}) ${t.inbox.title}` : t.inbox.title}</PageHeading>}
      {width > 0 && showsList && (
        <ListPane
          view={view}
          search={search}
          selected={selected}
          pathTo={pathTo}
          hasViews={!isWideWindow || isEmbedded === true}
        />
      )}
      {width > 0 && (columns > 1 || selected) && (
        <ThreadPane
          key={selected}
          id={selected}
          backTo={columns === 1 ? pathTo(null, view, search) : null}
          onDetails={columns === 3 ? null : () => setDetails(true)}
        />
      )}
      {showsContext && selected && (
        <ContextPane
          id={selected}
          onClose={columns === 3 ? null : () => setDetails(false)}
        />
      )}
    </div>
  );
}

function useWidth(element: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const node = element.current;
    if (!node) return;
    setWidth(node.clientWidth);
    const observer = new ResizeObserver(() => setWidth(node.clientWidth));
    observer.observe(node);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
