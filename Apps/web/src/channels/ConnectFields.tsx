import { type FormEvent, useState } from "react";
import { channels } from "../api/channels.ts";
import type { Channel, ChannelKind, ChannelMode } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "../ui/Button.tsx";
import { Checkbox } from "../ui/Checkbox.tsx";
import { Field } from "../ui/Field.tsx";
import { Icon } from "../ui/Icon.tsx";
import { fieldText, ProblemNotice } from "../ui/ProblemNotice.tsx";
import { useAction } from "../ui/useAction.ts";
import { Appearance, defaultAppearance } from "./Appearance.tsx";
import { changedSettings, filledSettings, kindTitle, localText } from "./kinds.ts";
import { isMissing, SettingFields } from "./SettingFields.tsx";

/// What was typed for one kind; kept while one goes back and forth.
export interface ConnectDraft {
  name: string;
  mode: ChannelMode;
  values: Record<string, string>;
  /// The risk of an unofficial connection is known and taken.
  accepted: boolean;
}

export function newDraft(kind: ChannelKind, language: ConnectDraft["values"][string]): ConnectDraft {
  return {
    name: kindTitle(kind, language as "en"),
    mode: kind.modes[0] ?? "none",
    values: kind.modes[0] === "none" ? defaultAppearance(language) : {},
    accepted: false,
  };
}

/// Where MAX's API and files lie.
const trustOptions = ["platform-api2.max.ru", "*.oneme.ru", "vu.okcdn.ru"]
  .map((host) => `--trust-root '${host}=/etc/sevensales/russian-root.pem'`).join(" ");

interface ConnectFieldsProps {
  kind: ChannelKind;
  /// Saved already, when the check failed and one came back.
  channel: Channel | null;
  draft: ConnectDraft;
  onDraft: (draft: ConnectDraft) => void;
  onBack: () => void;
  onSaved: (channel: Channel) => void;
}

export function ConnectFields({ kind, channel, draft, onDraft, onBack, onSaved }: ConnectFieldsProps) {
  const { t, language } = useLanguage();
  const { wizard: words, risk } = t.channels;
  const [tried, setTried] = useState(false);
  const { busy, problem, run } = useAction();
  const { name, mode, values, accepted } = draft;
  const change = (part: Partial<ConnectDraft>) => onDraft({ ...draft, ...part });
  const guide = (t.channels.guides as Record<string, string[] | undefined>)[kind.kind];
  const riskText = localText(kind.risk, language);
  const isRisky = riskText !== "";
  const isWebChat = kind.modes[0] === "none";

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!name.trim() || kind.fields.some((field) => isMissing(field, values)) || (isRisky && !accepted)) {
      requestAnimationFrame(() => document.querySelector<HTMLElement>(".wizard [aria-invalid=true]")?.focus());
      return;
    }
    void run(async () => onSaved(await save(kind, channel, draft)));
  };
  return (
    <form className="stack" noValidate onSubmit={submit} data-testid="channel-form">
      {kind.kind === "max" && (
        <div className="notice notice--amber" data-testid="eligibility">
          <Icon name="info" />
          <div>
            <p>
              <strong>{risk.maxTitle}</strong>
            </p>
            <p>{risk.max}</p>
            <p>{risk.maxTrust}</p>
            <code className="codes small">{trustOptions}</code>
          </div>
        </div>
      )}
      {isRisky && (
        <div className="notice notice--amber" data-testid="risk">
          <Icon name="alert" />
          <div className="stack stack--tight">
            <p>
              <strong>{risk.title}</strong>
            </p>
            <p>{riskText}</p>
            <Checkbox
              label={risk.accept}
              checked={accepted}
              error={tried && !accepted ? risk.required : null}
              onChange={(value) => change({ accepted: value })}
              data-testid="risk-accept"
            />
          </div>
        </div>
      )}
      {guide && (
        <div className="guide" data-testid="guide">
          <h3>{words.where}</h3>
          <ol className="numbered">{guide.map((line) => <li key={line}>{line}</li>)}</ol>
        </div>
      )}
      <Field label={t.channels.name} error={tried && !name.trim() ? t.errors.required : fieldText(problem, "name", t)}>
        <input
          type="text"
          value={name}
          onChange={(event) => change({ name: event.target.value })}
          data-testid="channel-name"
        />
      </Field>
      <SettingFields
        kind={kind}
        values={values}
        onChange={(next) => change({ values: next })}
        tried={tried}
        problem={problem}
      />
      {isWebChat && <Appearance values={values} onChange={(next) => change({ values: next })} problem={problem} />}
      {kind.modes.length > 1 && (
        <Field label={t.channels.mode} error={fieldText(problem, "mode", t)}>
          <select
            value={mode}
            onChange={(event) => change({ mode: event.target.value as ChannelMode })}
            data-testid="channel-mode"
          >
            {kind.modes.map((item) => <option key={item} value={item}>{t.channels[item]}</option>)}
          </select>
        </Field>
      )}
      {problem && <ProblemNotice problem={problem} />}
      <div className="form-actions">
        <Button type="submit" look="primary" busy={busy} data-testid="channel-connect">
          {busy ? words.connecting : words.connect}
        </Button>
        <Button icon="back" onClick={onBack} data-testid="wizard-kinds">{words.otherKind}</Button>
      </div>
    </form>
  );
}

/// How messages arrive cannot be changed, so a channel saved with another way is made anew.
async function save(kind: ChannelKind, before: Channel | null, draft: ConnectDraft): Promise<Channel> {
  const { mode, values } = draft;
  const name = draft.name.trim();
  if (before && before.mode === mode) {
    return await channels.update(before.id, { name, settings: changedSettings(kind.fields, values, before.settings) });
  }
  const channel = await channels.add({
    kind: kind.kind,
    name,
    mode,
    settings: filledSettings(values),
    ...(kind.risk ? { risk_accepted: draft.accepted } : {}),
  });
  if (before) await channels.remove(before.id);
  return channel;
}
