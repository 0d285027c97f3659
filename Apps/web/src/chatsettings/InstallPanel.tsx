import type { Channel } from "../api/types.ts";
import { InstallSnippet } from "../channels/InstallSnippet.tsx";
import { useWords } from "./words/useWords.ts";

/// How the chat gets onto the owner's site.
export function InstallPanel({ channel }: { channel: Channel; mayWrite: boolean }) {
  const words = useWords();
  return (
    <section className="panel" aria-label={words.install}>
      <InstallSnippet channel={channel} />
      <p className="muted">{words.snippetHint}</p>
    </section>
  );
}
