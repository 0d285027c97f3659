import { Checkbox } from "../ui/Checkbox.tsx";
import { Field } from "../ui/Field.tsx";
import type { SettingsPart } from "./SettingsPart.ts";
import { useWords } from "./words/useWords.ts";

/// What visitors may do, and on which sites the chat runs.
export function RulesFields({ settings, set, error }: SettingsPart) {
  const words = useWords();
  const wrong = settings.origins.findIndex((_, index) => error(`origins.[${index}]`));
  return (
    <>
      <section className="panel" aria-label={words.during}>
        <h2>{words.during}</h2>
        <Checkbox
          label={words.files}
          checked={settings.files}
          onChange={(files) => set({ files })}
          data-testid="chat-files"
        />
        <Checkbox
          label={words.rating}
          checked={settings.rating}
          onChange={(rating) => set({ rating })}
          data-testid="chat-rating"
        />
      </section>
      <section className="panel" aria-label={words.places}>
        <h2>{words.places}</h2>
        <Field
          label={words.origins}
          hint={words.originsHint}
          error={error("origins") ?? (wrong >= 0 ? error(`origins.[${wrong}]`) : null)}
        >
          <textarea
            rows={3}
            spellCheck={false}
            value={settings.origins.join("\n")}
            onChange={(event) => set({ origins: event.target.value ? event.target.value.split("\n") : [] })}
            data-testid="chat-origins"
          />
        </Field>
      </section>
    </>
  );
}
