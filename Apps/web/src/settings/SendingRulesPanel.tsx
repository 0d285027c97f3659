import { useState } from "react";
import { channels } from "../api/channels.ts";
import { sendingRules } from "../api/rules.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Field } from "../ui/Field.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { useLoaded } from "../ui/useLoaded.ts";
import { SendingRulesForm } from "./SendingRulesForm.tsx";

/// Quiet hours and the daily cap: the account's, and those a channel has instead.
export function SendingRulesPanel() {
  const { t } = useLanguage();
  const [channel, setChannel] = useState("");
  const list = useLoaded("channels", () => channels.list());
  const loaded = useLoaded(channel, () => sendingRules.get(channel || null));
  return (
    <section className="panel" data-testid="sending-rules">
      <h2>{t.rules.title}</h2>
      <p className="muted">{t.rules.lead}</p>
      <Field label={t.rules.scope}>
        <select value={channel} onChange={(event) => setChannel(event.target.value)} data-testid="rules-scope">
          <option value="">{t.rules.wholeAccount}</option>
          {list.value?.items.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
        </select>
      </Field>
      {loaded.problem && <ProblemNotice problem={loaded.problem} onRetry={loaded.reload} />}
      {loaded.value && (
        <SendingRulesForm
          key={`${channel} ${JSON.stringify(loaded.value)}`}
          channel={channel || null}
          inForce={loaded.value}
          onSaved={loaded.reload}
        />
      )}
    </section>
  );
}
