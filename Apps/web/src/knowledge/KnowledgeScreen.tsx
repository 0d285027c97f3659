import "../kit.ts";
import { useEffect, useState } from "react";
import { knowledge } from "../api/knowledge.ts";
import { useLanguage } from "../i18n/language.tsx";
import { navigate } from "../router/router.ts";
import { useSession } from "../session/session.tsx";
import { Button } from "../ui/Button.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { Screen } from "../ui/Screen.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { usePaged } from "../ui/usePaged.ts";
import { EntryEditor } from "./EntryEditor.tsx";
import { EntryList } from "./EntryList.tsx";
import { EntryPage } from "./EntryPage.tsx";
import { SearchTryOut } from "./SearchTryOut.tsx";
import { UploadButton } from "./UploadButton.tsx";

export interface Quote {
  version: number;
  start: number;
  end: number;
}

interface KnowledgeScreenProps {
  id: string | null;
  quote: Quote | null;
}

/// What the bot may say: the list, one entry, or a new one.
export default function KnowledgeScreen({ id, quote }: KnowledgeScreenProps) {
  if (id === "new") {
    return (
      <EntryEditor
        entry={null}
        onDone={(entry) => navigate(entry ? `/knowledge/${entry.id}` : "/knowledge")}
      />
    );
  }
  if (id) return <EntryPage key={id} id={id} quote={quote} />;
  return <KnowledgeOverview />;
}

function KnowledgeOverview() {
  const { t } = useLanguage();
  const { can, hub } = useSession();
  const [filter, setFilter] = useState("");
  const entries = usePaged(filter, (after) => knowledge.entries(filter, after));
  const { reload } = entries;
  useEffect(() =>
    hub.listen((event) => {
      if (["knowledge.changed", "resync"].includes(event.name)) reload();
    }), [hub, reload]);
  const mayWrite = can("knowledge.write");
  return (
    <Screen
      title={t.knowledge.title}
      lead={t.knowledge.lead}
      data-testid="knowledge"
      actions={mayWrite && (
        <>
          <UploadButton onUploaded={reload} />
          <Button look="primary" icon="plus" onClick={() => navigate("/knowledge/new")} data-testid="entry-new">
            {t.knowledge.newEntry}
          </Button>
        </>
      )}
    >
      {!mayWrite && <p className="notice">{t.knowledge.readOnly}</p>}
      <SearchTryOut />
      <section className="stack">
        <div className="section-head">
          <h2>{t.knowledge.entries}</h2>
          <input
            type="search"
            className="narrow-input"
            value={filter}
            placeholder={t.knowledge.find}
            aria-label={t.knowledge.find}
            onChange={(event) => setFilter(event.target.value)}
            data-testid="entry-filter"
          />
        </div>
        {entries.problem && <ProblemNotice problem={entries.problem} onRetry={reload} />}
        {!entries.items && !entries.problem && <Skeleton rows={4} />}
        {entries.items?.length === 0 && (
          <p className="empty" data-testid="knowledge-empty">
            {filter ? t.inbox.emptySearch(filter) : t.knowledge.empty}
          </p>
        )}
        {entries.items && entries.items.length > 0 && <EntryList entries={entries.items} />}
        {entries.more && <Button busy={entries.loadingMore} onClick={entries.more}>{t.common.loadMore}</Button>}
      </section>
    </Screen>
  );
}
