import { type ClipboardEvent, useMemo, useState } from "react";
import type { ChannelCapabilities, Conversation, StoredFile } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { useSelected } from "../store/store.ts";
import { judgeFile, sizeText, takenKinds } from "./files.ts";

/// The files of one composer: chosen by button, pasted or dropped, and checked against the channel before they travel.
export function useComposerFiles(conversation: Conversation, { media }: ChannelCapabilities, isNote: boolean) {
  const { t, formats } = useLanguage();
  const { inbox } = useSession();
  const { uploads } = inbox;
  const all = useSelected(uploads.store, (state) => state);
  const mine = useMemo(() => all.filter((upload) => upload.conversation === conversation.id), [all, conversation.id]);
  const files = isNote ? [] : mine;
  const [problems, setProblems] = useState<string[]>([]);

  const add = (chosen: File[]) => {
    if (chosen.length === 0) return;
    if (isNote) return setProblems([t.composer.notesNoFiles]);
    const told: string[] = [];
    for (const file of chosen) {
      const verdict = judgeFile(file, media);
      if ("kind" in verdict) {
        uploads.add(conversation.id, file, verdict.kind);
      } else if (verdict.problem === "large") {
        told.push(
          t.composer.fileLarge(file.name, sizeText(file.size, t, formats), sizeText(verdict.most, t, formats)),
        );
      } else {
        told.push(
          {
            none: t.composer.noFiles,
            empty: t.composer.fileEmpty(file.name),
            kind: t.composer.fileWrong(file.name, takenKinds(media, t)),
          }[verdict.problem],
        );
      }
    }
    setProblems([...new Set(told)]);
  };
  return {
    files,
    problems,
    add,
    /// Pasted pictures and files; pasted text is left to the field.
    paste: (event: ClipboardEvent) => {
      const pasted = [...event.clipboardData.files];
      if (pasted.length === 0 || event.clipboardData.types.includes("text/plain")) return;
      event.preventDefault();
      add(pasted);
    },
    areReady: files.every(({ stored }) => stored !== null),
    stored: files.map(({ stored }) => stored).filter((stored): stored is StoredFile => stored !== null),
    canAttach: !isNote && (media?.length ?? 0) > 0,
    clear: () => {
      uploads.remove(files.map(({ key }) => key));
      setProblems([]);
    },
    dismiss: () => setProblems([]),
  };
}
