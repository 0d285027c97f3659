import { useLanguage } from "../i18n/language.tsx";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import type { BotFieldsProps } from "./BotForm.tsx";
import { ProviderChoice } from "./ProviderChoice.tsx";

/// Who writes the answers, with which model and key, and the limits. The key can be set and removed but never read.
export function AnsweringFields({ draft, set, error, hasKey }: BotFieldsProps & { hasKey: boolean }) {
  const { t } = useLanguage();
  const isRemoving = draft.api_key === "";
  return (
    <section className="panel">
      <h2>{t.bot.model}</h2>
      <ProviderChoice value={draft.provider} onChange={(provider) => set({ provider })} />
      {draft.provider === "openai_compatible" && (
        <>
          <Field label={t.bot.baseUrl} error={error("base_url")}>
            <input
              type="url"
              value={draft.base_url ?? ""}
              placeholder="https://api.example.com/v1"
              onChange={(event) => set({ base_url: event.target.value || null })}
              data-testid="bot-base-url"
            />
          </Field>
          <Field label={t.bot.modelName} error={error("model")}>
            <input
              type="text"
              value={draft.model ?? ""}
              onChange={(event) => set({ model: event.target.value || null })}
              data-testid="bot-model"
            />
          </Field>
          <Field
            label={t.bot.apiKey}
            hint={isRemoving ? t.bot.keyWillGo : hasKey ? t.bot.keyStored : t.bot.keyNone}
            error={error("api_key")}
          >
            <input
              type="password"
              autoComplete="off"
              value={draft.api_key ?? ""}
              placeholder={hasKey && !isRemoving ? t.bot.keyKeep : ""}
              onChange={(event) => set({ api_key: event.target.value || null })}
              data-testid="bot-key"
            />
          </Field>
          {hasKey && !isRemoving && (
            <div>
              <Button small look="danger" onClick={() => set({ api_key: "" })} data-testid="bot-key-remove">
                {t.bot.keyRemove}
              </Button>
            </div>
          )}
          <Field label={t.bot.temperature} error={error("temperature")}>
            <input
              type="number"
              min={0}
              max={2}
              step={0.1}
              value={draft.temperature ?? ""}
              onChange={(event) => set({ temperature: event.target.value === "" ? null : Number(event.target.value) })}
              data-testid="bot-temperature"
            />
          </Field>
        </>
      )}
      <h3>{t.bot.limits}</h3>
      <Field label={t.bot.burst} hint={t.bot.burstHint} error={error("burst_wait_ms")}>
        <input
          type="number"
          min={0}
          max={60000}
          step={100}
          value={draft.burst_wait_ms}
          onChange={(event) => set({ burst_wait_ms: Number(event.target.value) })}
          data-testid="bot-burst"
        />
      </Field>
      <Field label={t.bot.maxReplies} error={error("max_replies_per_conversation")}>
        <input
          type="number"
          min={1}
          max={1000}
          value={draft.max_replies_per_conversation}
          onChange={(event) => set({ max_replies_per_conversation: Number(event.target.value) })}
          data-testid="bot-max-replies"
        />
      </Field>
    </section>
  );
}
