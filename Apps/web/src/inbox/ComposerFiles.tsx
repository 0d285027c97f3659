import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { problemText } from "../ui/ProblemNotice.tsx";
import { sizeText } from "./files.ts";
import type { Upload } from "./uploads.ts";

/// The chosen files above the text, in the order in which they will be sent.
export function ComposerFiles({ files }: { files: Upload[] }) {
  const { t, formats } = useLanguage();
  const { inbox } = useSession();
  const { uploads } = inbox;
  if (files.length === 0) return null;
  return (
    <ul className="chosen" aria-label={t.composer.attached} data-testid="chosen-files">
      {files.map((file) => {
        const percent = Math.floor(file.progress * 100);
        const state = file.problem ? "failed" : file.stored ? "ready" : "uploading";
        return (
          <li key={file.key} className="chosen__file" data-testid="chosen-file" data-state={state}>
            {file.preview
              ? <img className="chosen__picture" src={file.preview} alt="" />
              : (
                <span className="chosen__picture">
                  <Icon name="file" />
                </span>
              )}
            <span className="chosen__text">
              <span className="chosen__name">{file.name}</span>
              {file.problem
                ? (
                  <span className="chosen__problem" role="alert">
                    {t.composer.uploadFailed(problemText(file.problem, t))}
                  </span>
                )
                : (
                  <span className="muted">
                    {sizeText(file.size, t, formats)} · {file.stored ? t.composer.ready : t.composer.uploading(percent)}
                  </span>
                )}
              {state === "uploading" && (
                <progress max={100} value={percent} aria-label={t.composer.uploading(percent)} />
              )}
            </span>
            {state === "failed" && (
              <Button
                small
                look="quiet"
                icon="refresh"
                iconOnly
                onClick={() => uploads.retry(file.key)}
              >
                {t.common.retry}
              </Button>
            )}
            <Button
              small
              look="quiet"
              icon="close"
              iconOnly
              onClick={() => uploads.remove([file.key])}
              data-testid="chosen-remove"
            >
              {t.composer.removeFile(file.name)}
            </Button>
          </li>
        );
      })}
    </ul>
  );
}
