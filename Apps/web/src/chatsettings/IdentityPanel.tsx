import { useState } from "react";
import { channels } from "../api/channels.ts";
import type { Channel } from "../api/types.ts";
import { widgetSnippet } from "../channels/snippet.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "../ui/Button.tsx";
import { ConfirmDialog } from "../ui/ConfirmDialog.tsx";
import { CopyField } from "../ui/CopyField.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { toast } from "../ui/Toasts.tsx";
import { useAction } from "../ui/useAction.ts";
import { useLoaded } from "../ui/useLoaded.ts";
import { signingExamples } from "./signing.ts";
import { useWords } from "./words/useWords.ts";

const tellsTheChat = 'document.querySelector("seven-sales-chat").setIdentity(signedTextOrNull)';

/// The secret with which the owner's site vouches for its customers, and how to use it.
export function IdentityPanel({ channel, mayWrite }: { channel: Channel; mayWrite: boolean }) {
  const { formats } = useLanguage();
  const { identity: words } = useWords();
  const state = useLoaded(`identity ${channel.id}`, () => channels.identitySecret(channel.id));
  const [secret, setSecret] = useState<string | null>(null);
  const [asking, setAsking] = useState<"rotate" | "revoke" | null>(null);
  const { busy, problem, run } = useAction();
  const make = (keepPrevious: boolean) =>
    void run(async () => {
      const { secret, ...rest } = await channels.makeIdentitySecret(channel.id, keepPrevious);
      setSecret(secret);
      state.set({ exists: true, ...rest });
      toast(words.made);
    });
  const known = state.value;
  const moment = (text: string) => formats.moment(new Date(text));
  const key = channel.public_key ?? "";
  const line = widgetSnippet(location.origin, key, channel.web_chat)
    .replace(" async>", ' data-identity-url="/chat-identity" async>');
  return (
    <section className="panel stack" aria-label={words.title} data-testid="chat-identity">
      <h2>{words.title}</h2>
      <p>{words.lead}</p>
      {!known && !state.problem && <Skeleton rows={1} />}
      {state.problem && <ProblemNotice problem={state.problem} onRetry={state.reload} />}
      {known && (
        <div>
          <p data-testid="identity-state" data-exists={known.exists}>
            {!known.exists ? words.none : known.since ? words.since(moment(known.since)) : words.exists}
          </p>
          {known.previous_until && (
            <p data-testid="identity-previous">{words.previous(moment(known.previous_until))}</p>
          )}
        </div>
      )}
      <div role="status">
        {secret && (
          <div className="stack stack--tight">
            <p>{words.ready}</p>
            <CopyField label={words.ready} value={secret} data-testid="identity-secret" />
            <p className="muted">{words.secretHint}</p>
          </div>
        )}
      </div>
      {mayWrite && known && !known.exists && (
        <div className="form-actions">
          <Button look="primary" icon="key" busy={busy} onClick={() => make(true)} data-testid="identity-make">
            {words.make}
          </Button>
        </div>
      )}
      {mayWrite && known?.exists && (
        <div className="form-actions">
          <Button icon="key" busy={busy} onClick={() => setAsking("rotate")} data-testid="identity-rotate">
            {words.rotate}
          </Button>
          <Button look="danger" busy={busy} onClick={() => setAsking("revoke")} data-testid="identity-revoke">
            {words.revoke}
          </Button>
        </div>
      )}
      {problem && <ProblemNotice problem={problem} />}
      <div className="stack stack--tight">
        <p>{words.steps}</p>
        <CopyField label={words.line} value={line} multiline data-testid="identity-line" />
        {Object.entries(signingExamples(key)).map(([name, code]) => (
          <details key={name} className="more-settings">
            <summary>{words.example(name)}</summary>
            <CopyField
              label={words.example(name)}
              value={code}
              multiline={14}
              data-testid={`identity-example-${name}`}
            />
          </details>
        ))}
        <p>{words.samePage}</p>
        <CopyField label={words.samePage} value={tellsTheChat} data-testid="identity-call" />
      </div>
      {asking && (
        <ConfirmDialog
          title={asking === "rotate" ? words.rotateTitle : words.revokeTitle}
          text={asking === "rotate" ? words.rotateText : words.revokeText}
          action={asking === "rotate" ? words.rotate : words.revoke}
          onConfirm={() => make(asking === "rotate")}
          onClose={() => setAsking(null)}
        />
      )}
    </section>
  );
}
