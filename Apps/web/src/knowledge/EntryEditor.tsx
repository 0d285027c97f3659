import { type FormEvent, useEffect, useState } from "react";
import { knowledge } from "../api/knowledge.ts";
import type { KnowledgeEntry } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { setGuard } from "../router/router.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { LanguageSelect } from "../ui/LanguageSelect.tsx";
import { fieldText, ProblemNotice } from "../ui/ProblemNotice.tsx";
import { Screen } from "../ui/Screen.tsx";
import { toast } from "../ui/Toasts.tsx";
import { useAction } from "../ui/useAction.ts";

interface EntryEditorProps {
  entry: KnowledgeEntry | null;
  /// Called with the saved entry, or null when the person gave up.
  onDone: (entry: KnowledgeEntry | null) => void;
}

/// Writes a new entry or a new version of one; leaving with unsaved changes asks first.
export function EntryEditor({ entry, onDone }: EntryEditorProps) {
  const { t, language } = useLanguage();
  const start = { title: entry?.title ?? "", text: entry?.text ?? "", language: entry?.language ?? language };
  const [draft, setDraft] = useState(start);
  const [tried, setTried] = useState(false);
  const { busy, problem, run } = useAction();
  const isChanged = draft.title !== start.title || draft.text !== start.text || draft.language !== start.language;

  useEffect(() => {
    if (!isChanged) return;
    setGuard(() => confirm(t.common.unsaved));
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => {
      setGuard(null);
      removeEventListener("beforeunload", warn);
    };
  }, [isChanged, t]);

  const save = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!draft.title.trim() || !draft.text.trim()) return;
    void run(async () => {
      const saved = entry ? await knowledge.update(entry.id, draft) : await knowledge.create(draft);
      setGuard(null);
      toast(t.common.saved);
      onDone(saved);
    });
  };
  const required = (value: string) => tried && !value.trim() ? t.errors.required : null;
  return (
    <Screen title={entry ? entry.title : t.knowledge.newEntry} data-testid="entry-editor">
      <form className="stack" noValidate onSubmit={save}>
        <Field label={t.knowledge.entryTitle} error={required(draft.title) ?? fieldText(problem, "title", t)}>
          <input
            type="text"
            value={draft.title}
            onChange={(event) => setDraft({ ...draft, title: event.target.value })}
            data-testid="entry-title"
          />
        </Field>
        <Field label={t.knowledge.entryLanguage}>
          <LanguageSelect
            value={draft.language}
            onChange={(chosen) => setDraft({ ...draft, language: chosen })}
            data-testid="entry-language"
          />
        </Field>
        <Field
          label={t.knowledge.entryText}
          hint={t.knowledge.entryTextHint}
          error={required(draft.text) ?? fieldText(problem, "text", t)}
        >
          <textarea
            rows={16}
            lang={draft.language}
            value={draft.text}
            onChange={(event) => setDraft({ ...draft, text: event.target.value })}
            data-testid="entry-body"
          />
        </Field>
        {problem && <ProblemNotice problem={problem} />}
        <div className="form-actions">
          <Button type="submit" look="primary" busy={busy} data-testid="entry-save">
            {busy ? t.common.saving : t.common.save}
          </Button>
          <Button onClick={() => onDone(null)} data-testid="entry-cancel">{t.common.cancel}</Button>
        </div>
      </form>
    </Screen>
  );
}
