import type { View } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Link } from "../router/Link.tsx";
import { useSession } from "../session/session.tsx";
import { useSelected } from "../store/store.ts";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { ConversationList } from "./ConversationList.tsx";
import { FoundMessages } from "./FoundMessages.tsx";
import type { PathTo } from "./InboxScreen.tsx";
import { InboxViews } from "./InboxViews.tsx";
import { SearchBox } from "./SearchBox.tsx";
import { listKey } from "./state.ts";

interface ListPaneProps {
  view: View;
  search: string;
  selected: string | null;
  pathTo: PathTo;
  hasViews: boolean;
}

export function ListPane({ view, search, selected, pathTo, hasViews }: ListPaneProps) {
  const { t } = useLanguage();
  const { inbox, can } = useSession();
  const list = useSelected(inbox.store, (state) => state.lists[listKey(view, search)]);
  const isEmpty = list?.status === "ready" && list.ids.length === 0;
  return (
    <section className="list-pane" aria-label={t.inbox.list} data-pane data-testid="list-pane">
      <header className="list-pane__header">
        <SearchBox key={`${view}|${search === "" ? "" : "q"}`} view={view} search={search} pathTo={pathTo} />
        {hasViews && <InboxViews look="chips" view={view} search={search} pathTo={pathTo} />}
      </header>
      {list?.problem && <ProblemNotice problem={list.problem} onRetry={() => inbox.refreshList()} />}
      {(!list || (list.status === "loading" && list.ids.length === 0)) && <Skeleton rows={6} />}
      {isEmpty && (
        <div className="empty" data-testid="list-empty">
          <p>{search ? t.inbox.emptySearch(search) : view === "all" ? t.inbox.emptyAll : t.inbox.emptyView}</p>
          {!search && view === "all" && can("channel.write") && (
            <Link className="button" to="/channels">{t.inbox.emptyAction}</Link>
          )}
        </div>
      )}
      {list && list.ids.length > 0 && (
        <ConversationList
          ids={list.ids}
          hasMore={list.next !== null}
          selected={selected}
          pathTo={(id) => pathTo(id, view, search)}
          onEnd={() => void inbox.loadMore()}
        />
      )}
      {search && <FoundMessages search={search} pathTo={(id) => pathTo(id, view, search)} />}
    </section>
  );
}
