import type { Channel } from "../api/types.ts";
import { InstallSnippet } from "../channels/InstallSnippet.tsx";
import { CopyField } from "../ui/CopyField.tsx";
import { InstallationCheck } from "./InstallationCheck.tsx";
import { useWords } from "./words/useWords.ts";

/// How the chat gets onto the owner's site, and whether it did.
export function InstallPanel({ channel, mayWrite }: { channel: Channel; mayWrite: boolean }) {
  const words = useWords();
  return (
    <section className="panel" aria-label={words.install}>
      <InstallSnippet channel={channel} />
      <p className="muted">{words.snippetHint}</p>
      <details className="more-settings">
        <summary>{words.policyTitle}</summary>
        <div className="stack stack--tight">
          <p>{words.policyText}</p>
          <CopyField
            label={words.policyTitle}
            value={`script-src ${location.origin}; connect-src ${location.origin}`}
            data-testid="chat-policy"
          />
        </div>
      </details>
      <InstallationCheck channel={channel} mayWrite={mayWrite} />
    </section>
  );
}
