import type { LauncherIcon, Side } from "../api/types.ts";
import { Field } from "../ui/Field.tsx";
import { contrastWithWhite } from "../widget/contrast.ts";
import { AvatarField } from "./AvatarField.tsx";
import type { SettingsPart } from "./SettingsPart.ts";
import { SpokenField } from "./SpokenField.tsx";
import { useWords } from "./words/useWords.ts";

/// How the chat looks: title, greeting, colour, and its button on the page.
export function LooksFields(part: SettingsPart) {
  const words = useWords();
  const { settings, set, error } = part;
  const { launcher } = settings;
  const isPale = contrastWithWhite(settings.color) < 3;
  return (
    <section className="panel" aria-label={words.looks}>
      <h2>{words.looks}</h2>
      <SpokenField
        {...part}
        label={words.chatTitle}
        hint={words.chatTitleHint}
        field="title"
        value={settings.title}
        most={100}
        onChange={(title) => set({ title })}
        data-testid="chat-title"
      />
      <SpokenField
        {...part}
        label={words.greeting}
        hint={words.greetingHint}
        field="greeting"
        value={settings.greeting}
        most={1000}
        rows={2}
        onChange={(greeting) => set({ greeting })}
        data-testid="chat-greeting"
      />
      <div className="form-line">
        <Field
          label={words.color}
          hint={isPale && !error("color") ? words.paleColor : undefined}
          error={error("color")}
        >
          <input
            type="color"
            value={settings.color}
            onChange={(event) => set({ color: event.target.value })}
            data-testid="chat-color"
          />
        </Field>
        <Field label={words.position} error={error("position")}>
          <select
            value={settings.position}
            onChange={(event) => set({ position: event.target.value as Side })}
            data-testid="chat-position"
          >
            {(["right", "left"] as const).map((side) => <option key={side} value={side}>{words.positions[side]}
            </option>)}
          </select>
        </Field>
        <Field label={words.icon} error={error("launcher.icon")}>
          <select
            value={launcher.icon}
            onChange={(event) => set({ launcher: { ...launcher, icon: event.target.value as LauncherIcon } })}
            data-testid="chat-icon"
          >
            {(["chat", "question", "phone"] as const).map((icon) => (
              <option key={icon} value={icon}>{words.icons[icon]}</option>
            ))}
          </select>
        </Field>
      </div>
      <SpokenField
        {...part}
        label={words.label}
        hint={words.labelHint}
        field="launcher.label"
        value={launcher.label}
        most={30}
        onChange={(label) => set({ launcher: { ...launcher, label } })}
        data-testid="chat-label"
      />
      <Field label={words.initials} hint={words.initialsHint} error={error("initials")}>
        <input
          type="text"
          maxLength={3}
          value={settings.initials}
          onChange={(event) => set({ initials: event.target.value })}
          data-testid="chat-initials"
        />
      </Field>
      <AvatarField {...part} />
    </section>
  );
}
