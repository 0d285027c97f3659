import type { Channel } from "../api/types.ts";
import { InstallSnippet } from "../channels/InstallSnippet.tsx";
import { InstallationCheck } from "./InstallationCheck.tsx";
import { useWords } from "./words/useWords.ts";

/// How the chat gets onto the owner's site, and whether it did.
export function InstallPanel({ channel, mayWrite }: { channel: Channel; mayWrite: boolean }) {
  const words = useWords();
  return (
    <section className="panel" aria-label={words.install}>
      <InstallSnippet channel={channel} />
      <p className="muted">{words.snippetHint}</p>
      <InstallationCheck channel={channel} mayWrite={mayWrite} />
    </section>
  );
}
