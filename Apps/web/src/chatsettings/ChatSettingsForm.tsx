import { type FormEvent, useEffect, useRef, useState } from "react";
import { channels } from "../api/channels.ts";
import type { Channel, Language, WebChatSettings } from "../api/types.ts";
import { languageNames, languages, useLanguage } from "../i18n/language.tsx";
import { setGuard } from "../router/router.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { fieldText, ProblemNotice } from "../ui/ProblemNotice.tsx";
import { toast } from "../ui/Toasts.tsx";
import { useAction } from "../ui/useAction.ts";
import { BeforeFields } from "./BeforeFields.tsx";
import { changedOf, problemsOf } from "./draft.ts";
import { HoursFields } from "./HoursFields.tsx";
import { LanguagesFields } from "./LanguagesFields.tsx";
import { LooksFields } from "./LooksFields.tsx";
import { RulesFields } from "./RulesFields.tsx";
import { WidgetPreview } from "./WidgetPreview.tsx";
import { useWords } from "./words/useWords.ts";

interface ChatSettingsFormProps {
  channel: Channel;
  saved: WebChatSettings;
  mayWrite: boolean;
  onSaved: (channel: Channel) => void;
}

/// Everything that an owner decides about a chat, beside the chat itself. What somebody else saves meanwhile shows in the fields that were
/// not touched here.
export function ChatSettingsForm({ channel, saved, mayWrite, onSaved }: ChatSettingsFormProps) {
  const { t } = useLanguage();
  const words = useWords();
  const [name, setName] = useState<string | null>(null);
  const [change, setChange] = useState<Partial<WebChatSettings>>({});
  const [writing, setWriting] = useState<Language>(saved.language);
  const [tried, setTried] = useState(false);
  const { busy, problem, run } = useAction();
  const form = useRef<HTMLFormElement>(null);

  const settings = { ...saved, ...change };
  const changed = changedOf(settings, saved);
  const shownName = name ?? channel.name;
  const isChanged = shownName.trim() !== channel.name || Object.keys(changed).length > 0;
  const problems = problemsOf(settings, words.problems);
  const error = (field: string) => (tried ? problems[field] : undefined) ?? fieldText(problem, `web_chat.${field}`, t);
  useUnsavedWarning(isChanged && mayWrite, t.common.unsaved);

  const focusFirstError = () =>
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
  const save = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!shownName.trim() || Object.keys(problems).length > 0) return focusFirstError();
    void run(async () => {
      try {
        onSaved(await channels.update(channel.id, { name: shownName.trim(), web_chat: changed }));
      } catch (failure) {
        // A text that the server refused may be in a language that is not shown.
        const refused = (failure as { fields?: { field: string }[] }).fields?.[0]?.field.split(".").pop();
        const language = languages.find((code) => code === refused);
        if (language) setWriting(language);
        focusFirstError();
        throw failure;
      }
      // What was typed while it was being saved stays.
      setChange((now) => now === change ? {} : now);
      setName((now) => now === name ? null : now);
      setTried(false);
      toast(t.channels.changed);
    });
  };
  const part = {
    settings,
    set: (more: Partial<WebChatSettings>) => setChange((before) => ({ ...before, ...more })),
    writing,
    error,
  };
  return (
    <div className="chat-settings">
      <form ref={form} className="stack" noValidate onSubmit={save} data-testid="chat-form">
        <fieldset className="stack" disabled={!mayWrite}>
          <Field
            label={words.name}
            error={tried && !shownName.trim() ? t.errors.required : fieldText(problem, "name", t)}
          >
            <input
              type="text"
              maxLength={100}
              value={shownName}
              onChange={(event) => setName(event.target.value)}
              data-testid="chat-name"
            />
          </Field>
          <fieldset>
            <legend>{words.textsIn}</legend>
            <div className="inline-choices">
              {languages.map((language) => (
                <div className="checkbox" key={language}>
                  <input
                    id={`writing-${language}`}
                    type="radio"
                    name="writing"
                    checked={writing === language}
                    onChange={() => setWriting(language)}
                    data-testid={`chat-writing-${language}`}
                  />
                  <label htmlFor={`writing-${language}`} lang={language}>{languageNames[language]}</label>
                </div>
              ))}
            </div>
            <p className="field__hint">{words.textsHint}</p>
          </fieldset>
          <LooksFields {...part} />
          <LanguagesFields {...part} />
          <HoursFields {...part} />
          <BeforeFields {...part} />
          <RulesFields {...part} />
        </fieldset>
        {problem && <ProblemNotice problem={problem} />}
        {mayWrite && (
          <div className="form-actions form-actions--sticky chat-settings__save">
            <Button type="submit" look="primary" busy={busy} disabled={!isChanged} data-testid="chat-save">
              {busy ? t.common.saving : t.common.save}
            </Button>
            <span className="muted" role="status">{isChanged ? words.saveHint : ""}</span>
          </div>
        )}
      </form>
      <WidgetPreview settings={settings} name={shownName} language={writing} />
    </div>
  );
}

function useUnsavedWarning(isOn: boolean, question: string) {
  useEffect(() => {
    if (!isOn) return;
    setGuard(() => confirm(question));
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => {
      setGuard(null);
      removeEventListener("beforeunload", warn);
    };
  }, [isOn, question]);
}
