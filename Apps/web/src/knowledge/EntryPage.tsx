import { useEffect, useState } from "react";
import { knowledge } from "../api/knowledge.ts";
import { Problem } from "../api/problem.ts";
import { languageNames, useLanguage } from "../i18n/language.tsx";
import { Link } from "../router/Link.tsx";
import { navigate } from "../router/router.ts";
import { useSession } from "../session/session.tsx";
import { Button } from "../ui/Button.tsx";
import { ConfirmDialog } from "../ui/ConfirmDialog.tsx";
import { Icon } from "../ui/Icon.tsx";
import { ProblemNotice, problemText } from "../ui/ProblemNotice.tsx";
import { Screen } from "../ui/Screen.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { toast } from "../ui/Toasts.tsx";
import { useLoaded } from "../ui/useLoaded.ts";
import { EntryEditor } from "./EntryEditor.tsx";
import { EntryText } from "./EntryText.tsx";
import { EntryVersions } from "./EntryVersions.tsx";
import type { Quote } from "./KnowledgeScreen.tsx";

interface EntryPageProps {
  id: string;
  /// The place that a citation points to, in the version it was taken from.
  quote: Quote | null;
}

export function EntryPage({ id, quote }: EntryPageProps) {
  const { t, formats } = useLanguage();
  const { can } = useSession();
  const [version, setVersion] = useState<number | null>(quote?.version ?? null);
  const [mode, setMode] = useState<"read" | "edit" | "remove">("read");
  useEffect(() => setVersion(quote?.version ?? null), [quote]);
  const current = useLoaded(id, () => knowledge.entry(id));
  const isOld = version !== null && current.value !== null && version !== current.value.version;
  const old = useLoaded(
    `${id}.${isOld ? version : ""}`,
    () => isOld ? knowledge.version(id, version) : Promise.resolve(null),
  );
  const entry = isOld ? old.value : current.value;
  const problem = current.problem ?? (isOld ? old.problem : null);

  const remove = async () => {
    try {
      await knowledge.remove(id);
      toast(t.knowledge.removed);
      navigate("/knowledge");
    } catch (error) {
      toast(problemText(Problem.from(error), t), { tone: "error" });
    }
  };
  const restore = async () => {
    if (!old.value) return;
    const { title, text, language } = old.value;
    try {
      current.set(await knowledge.update(id, { title, text, language }));
      toast(t.knowledge.restored(old.value.version));
      setVersion(null);
    } catch (error) {
      toast(problemText(Problem.from(error), t), { tone: "error" });
    }
  };

  if (mode === "edit" && current.value) {
    return (
      <EntryEditor
        entry={current.value}
        onDone={(saved) => {
          if (saved) current.set(saved);
          setVersion(null);
          setMode("read");
        }}
      />
    );
  }
  const mayWrite = can("knowledge.write");
  return (
    <Screen
      title={entry?.title ?? t.knowledge.title}
      data-testid="entry"
      actions={mayWrite && entry && !isOld && (
        <>
          <Button look="danger" icon="trash" onClick={() => setMode("remove")} data-testid="entry-remove">
            {t.common.remove}
          </Button>
          <Button look="primary" onClick={() => setMode("edit")} data-testid="entry-edit">{t.common.edit}</Button>
        </>
      )}
    >
      <p>
        <Link to="/knowledge" className="back-link">
          <Icon name="back" size={16} />
          {t.knowledge.title}
        </Link>
      </p>
      {problem && <ProblemNotice problem={problem} onRetry={current.reload} />}
      {!entry && !problem && <Skeleton rows={6} />}
      {isOld && (
        <div className="notice notice--amber" role="status">
          <div>{t.knowledge.viewing(version)}</div>
          {mayWrite && (
            <Button small onClick={() => void restore()} data-testid="version-restore">{t.knowledge.restore}</Button>
          )}
          <Button small onClick={() => setVersion(null)}>{t.knowledge.toCurrent}</Button>
        </div>
      )}
      {entry && (
        <div className="entry">
          <div className="stack">
            <p className="muted">
              {[
                languageNames[entry.language],
                t.knowledge.versionShort(entry.version),
                t.knowledge.passages(entry.passages),
                formats.moment(new Date(entry.updated_at)),
                entry.source,
              ].filter(Boolean).join(" · ")}
            </p>
            <EntryText entry={entry} quote={quote?.version === entry.version ? quote : null} />
          </div>
          <EntryVersions id={id} current={current.value?.version ?? 0} shown={entry.version} onChoose={setVersion} />
        </div>
      )}
      {mode === "remove" && (
        <ConfirmDialog
          title={t.knowledge.removeTitle}
          text={t.knowledge.removeText(entry?.title ?? "")}
          action={t.common.remove}
          onConfirm={() => void remove()}
          onClose={() => setMode("read")}
        />
      )}
    </Screen>
  );
}
