import { type FormEvent, useState } from "react";
import { bot } from "../api/bot.ts";
import type { BotSettings } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { Button } from "../ui/Button.tsx";
import { Checkbox } from "../ui/Checkbox.tsx";
import { Field } from "../ui/Field.tsx";
import { fieldText, ProblemNotice } from "../ui/ProblemNotice.tsx";
import { toast } from "../ui/Toasts.tsx";
import { useAction } from "../ui/useAction.ts";
import { AnsweringFields } from "./AnsweringFields.tsx";
import { LanguageFields } from "./LanguageFields.tsx";

export interface BotDraft extends Omit<BotSettings, "has_key"> {
  /// null keeps the stored key, "" removes it.
  api_key: string | null;
}

export interface BotFieldsProps {
  draft: BotDraft;
  set: (change: Partial<BotDraft>) => void;
  error: (field: string) => string | null;
}

interface BotFormProps {
  settings: BotSettings;
  onSaved: (settings: BotSettings) => void;
}

/// All settings of the bot, saved together.
export function BotForm({ settings, onSaved }: BotFormProps) {
  const { t } = useLanguage();
  const { can } = useSession();
  const { has_key: hasKey, ...known } = settings;
  const [draft, setDraft] = useState<BotDraft>({ ...known, api_key: null });
  const [words, setWords] = useState(settings.handoff_words.join(", "));
  const { busy, problem, run } = useAction();
  const set = (change: Partial<BotDraft>) => setDraft({ ...draft, ...change });
  const error = (field: string) => fieldText(problem, field, t);

  const save = (event: FormEvent) => {
    event.preventDefault();
    void run(async () => {
      const handoff_words = words.split(",").map((word) => word.trim()).filter(Boolean);
      const saved = await bot.save({ ...draft, handoff_words });
      const { has_key: _, ...kept } = saved;
      setDraft({ ...kept, api_key: null });
      setWords(saved.handoff_words.join(", "));
      toast(t.bot.saved);
      onSaved(saved);
    });
  };
  return (
    <form onSubmit={save} noValidate data-testid="bot-form">
      <fieldset disabled={!can("bot.write")} className="stack">
        <section className="panel">
          <Checkbox
            label={t.bot.enabled}
            hint={t.bot.enabledHint}
            checked={draft.enabled}
            onChange={(enabled) => set({ enabled })}
            data-testid="bot-enabled"
          />
        </section>
        <section className="panel">
          <h2>{t.bot.identity}</h2>
          <Field label={t.bot.name} error={error("name")}>
            <input
              type="text"
              value={draft.name}
              onChange={(event) => set({ name: event.target.value })}
              data-testid="bot-name"
            />
          </Field>
          <Field label={t.bot.greeting} error={error("greeting")}>
            <textarea
              rows={2}
              value={draft.greeting}
              onChange={(event) => set({ greeting: event.target.value })}
              data-testid="bot-greeting"
            />
          </Field>
          <Field label={t.bot.instructions} hint={t.bot.instructionsHint} error={error("instructions")}>
            <textarea
              rows={6}
              value={draft.instructions}
              onChange={(event) => set({ instructions: event.target.value })}
              data-testid="bot-instructions"
            />
          </Field>
        </section>
        <LanguageFields draft={draft} set={set} error={error} />
        <AnsweringFields draft={draft} set={set} error={error} hasKey={hasKey} />
        <section className="panel">
          <h2>{t.bot.handoff}</h2>
          <Field label={t.bot.words} hint={t.bot.wordsHint} error={error("handoff_words")}>
            <input
              type="text"
              value={words}
              onChange={(event) => setWords(event.target.value)}
              data-testid="bot-words"
            />
          </Field>
        </section>
        {problem && <ProblemNotice problem={problem} />}
        {can("bot.write") && (
          <div className="form-actions form-actions--sticky">
            <Button type="submit" look="primary" busy={busy} data-testid="bot-save">
              {busy ? t.common.saving : t.common.save}
            </Button>
          </div>
        )}
      </fieldset>
    </form>
  );
}
