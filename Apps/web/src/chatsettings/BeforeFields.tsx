import type { Asking } from "../api/types.ts";
import { Field } from "../ui/Field.tsx";
import type { SettingsPart } from "./SettingsPart.ts";
import { SpokenField } from "./SpokenField.tsx";
import { useWords } from "./words/useWords.ts";

/// The form before the first message, and the consent.
export function BeforeFields(part: SettingsPart) {
  const words = useWords();
  const { settings, set, error } = part;
  const { pre_chat: asks, consent } = settings;
  return (
    <section className="panel" aria-label={words.before}>
      <h2>{words.before}</h2>
      <div className="form-line">
        {(["name", "email", "phone"] as const).map((field) => (
          <Field key={field} label={words.ask[field]} error={error(`pre_chat.${field}`)}>
            <select
              value={asks[field]}
              onChange={(event) =>
                set({ pre_chat: { ...asks, [field]: event.target.value as Asking } })}
              data-testid={`chat-ask-${field}`}
            >
              {(["off", "optional", "required"] as const).map((asking) => (
                <option key={asking} value={asking}>{words.asking[asking]}</option>
              ))}
            </select>
          </Field>
        ))}
      </div>
      <SpokenField
        {...part}
        label={words.consent}
        hint={words.consentHint}
        field="consent.text"
        value={consent.text}
        most={2000}
        rows={2}
        onChange={(text) => set({ consent: { ...consent, text } })}
        data-testid="chat-consent"
      />
      <Field
        label={words.consentLink}
        hint={consent.version > 0 ? words.consentVersion(consent.version) : undefined}
        error={error("consent.link")}
      >
        <input
          type="url"
          value={consent.link}
          placeholder="https://"
          onChange={(event) => set({ consent: { ...consent, link: event.target.value } })}
          data-testid="chat-consent-link"
        />
      </Field>
    </section>
  );
}
