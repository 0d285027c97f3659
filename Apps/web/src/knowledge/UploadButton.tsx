import { type ChangeEvent, useRef, useState } from "react";
import { knowledge } from "../api/knowledge.ts";
import { Problem } from "../api/problem.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "../ui/Button.tsx";
import { problemText } from "../ui/ProblemNotice.tsx";
import { toast } from "../ui/Toasts.tsx";
import { guessLanguage } from "../i18n/guessLanguage.ts";
import { fileType, largestFile } from "./upload.ts";

/// Takes text files into the knowledge. The language is guessed from the text and can be changed in the entry.
export function UploadButton({ onUploaded }: { onUploaded: () => void }) {
  const { t, language } = useLanguage();
  const input = useRef<HTMLInputElement>(null);
  const [current, setCurrent] = useState<string | null>(null);

  const upload = async (event: ChangeEvent<HTMLInputElement>) => {
    const files = [...event.target.files ?? []];
    event.target.value = "";
    for (const file of files) {
      const type = fileType(file.name);
      if (!type) toast(t.knowledge.uploadWrong(file.name), { tone: "error" });
      else if (file.size > largestFile) toast(t.knowledge.uploadLarge(file.name), { tone: "error" });
      else await send(file, type);
    }
    setCurrent(null);
    onUploaded();
  };
  const send = async (file: File, type: string) => {
    setCurrent(file.name);
    try {
      const sample = await file.slice(0, 20_000).text();
      await knowledge.upload(file, type, guessLanguage(sample) ?? language);
      toast(t.knowledge.uploaded(file.name));
    } catch (error) {
      toast(`${file.name}: ${problemText(Problem.from(error), t)}`, { tone: "error" });
    }
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        className="visually-hidden"
        accept=".txt,.md,.markdown,.html,.htm"
        multiple
        tabIndex={-1}
        aria-label={t.knowledge.upload}
        onChange={(event) => void upload(event)}
        data-testid="upload-input"
      />
      <Button
        icon="upload"
        busy={current !== null}
        title={t.knowledge.uploadHint}
        onClick={() => input.current?.click()}
        data-testid="upload"
      >
        {current ? t.knowledge.uploading(current) : t.knowledge.upload}
      </Button>
    </>
  );
}
