import { type FormEvent, useState } from "react";
import { channels } from "../api/channels.ts";
import type { Channel, InstallationFinding } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "../ui/Button.tsx";
import { CopyField } from "../ui/CopyField.tsx";
import { Field } from "../ui/Field.tsx";
import { Icon } from "../ui/Icon.tsx";
import { fieldText, ProblemNotice } from "../ui/ProblemNotice.tsx";
import { useAction } from "../ui/useAction.ts";
import { useNow } from "../ui/useNow.ts";
import type { ChatWords } from "./words/en.ts";
import { useWords } from "./words/useWords.ts";

/// Lets the server look at a page for the chat, and says where a browser last opened it.
export function InstallationCheck({ channel, mayWrite }: { channel: Channel; mayWrite: boolean }) {
  const { t, formats } = useLanguage();
  const { check: words } = useWords();
  const now = useNow();
  const [url, setURL] = useState(() => channel.web_chat?.origins.find((origin) => !origin.includes("*")) ?? "");
  const [finding, setFinding] = useState<InstallationFinding | null>(null);
  const { busy, problem, run } = useAction();
  const look = (event: FormEvent) => {
    event.preventDefault();
    setFinding(null);
    if (url.trim()) void run(async () => setFinding(await channels.checkInstallation(channel.id, url.trim())));
  };
  const error = fieldText(problem, "url", t);
  const { seen } = channel;
  return (
    <div className="stack stack--tight">
      <h3>{words.title}</h3>
      <p data-testid="chat-seen">
        {seen ? words.seen(seen.host, formats.relative(new Date(seen.at), now)) : words.never}
      </p>
      {mayWrite && (
        <form className="form-line" noValidate onSubmit={look}>
          <Field label={words.address} hint={words.addressHint} error={error}>
            <input
              type="url"
              value={url}
              placeholder="https://"
              maxLength={2000}
              onChange={(event) => setURL(event.target.value)}
              data-testid="check-url"
            />
          </Field>
          <Button type="submit" busy={busy} disabled={!url.trim()} data-testid="check-run">
            {busy ? words.running : words.run}
          </Button>
        </form>
      )}
      <div role="status" className="card-status">
        {finding && (
          <p
            className={finding.outcome === "installed" ? "notice" : "notice notice--amber"}
            data-testid="check-finding"
            data-outcome={finding.outcome}
          >
            <Icon name={finding.outcome === "installed" ? "check" : "alert"} />
            <span>{textOf(finding, words)}</span>
          </p>
        )}
      </div>
      {finding?.remedy && (
        <div className="stack stack--tight">
          <p>{words.remedy}</p>
          <CopyField label={words.remedy} value={finding.remedy} multiline data-testid="check-remedy" />
        </div>
      )}
      {problem && !error && <ProblemNotice problem={problem} />}
      <p className="muted">{words.limits}</p>
    </div>
  );
}

function textOf({ outcome, detail }: InstallationFinding, words: ChatWords["check"]): string {
  if (outcome !== "unreachable") return words.outcomes[outcome](detail ?? "");
  const { status, ...reasons } = words.reasons;
  if (/^\d+$/.test(detail ?? "")) return status(detail ?? "");
  return (reasons as Record<string, string>)[detail ?? ""] ?? reasons.unreachable;
}
