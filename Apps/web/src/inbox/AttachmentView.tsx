import { useState } from "react";
import { fileAddress } from "../api/inbox.ts";
import type { Attachment } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Icon, type IconName } from "../ui/Icon.tsx";
import { isPicture, kindText, sizeText } from "./files.ts";

/// A file of a message: shown or played where the browser can, else to download; else why it is not here.
export function AttachmentView({ attachment }: { attachment: Attachment }) {
  const { kind, mime, file, state } = attachment;
  const [isBroken, setIsBroken] = useState(false);
  if (!file || (state && state !== "stored")) return <AttachmentNote attachment={attachment} />;
  const broken = () => setIsBroken(true);
  if (isBroken) return <DownloadRow attachment={attachment} file={file} />;
  if (isPicture(mime)) return <Picture attachment={attachment} file={file} onBroken={broken} />;
  if (mime?.startsWith("video/")) return <Player tag="video" attachment={attachment} file={file} onBroken={broken} />;
  if (mime?.startsWith("audio/") || kind === "voice") {
    return <Player tag="audio" attachment={attachment} file={file} onBroken={broken} />;
  }
  return <DownloadRow attachment={attachment} file={file} />;
}

interface FileProps {
  attachment: Attachment;
  file: string;
}

function useTitle({ kind, name, size }: Attachment): { title: string; detail: string } {
  const { t, formats } = useLanguage();
  const title = name || kindText(kind, t);
  const parts = [name ? kindText(kind, t) : "", size ? sizeText(size, t, formats) : ""];
  return { title, detail: parts.filter(Boolean).join(" · ") };
}

const noteIcons: Record<string, IconName> = {
  image: "image",
  animation: "image",
  location: "globe",
  link: "globe",
  contact: "user",
};

/// What is no file, or not here: a place, a contact, a file that still comes, failed or is too large.
function AttachmentNote({ attachment }: { attachment: Attachment }) {
  const { t } = useLanguage();
  const { title, detail } = useTitle(attachment);
  const { kind, note, state, url } = attachment;
  const isMissing = state === "failed" || state === "too-large";
  const why = state === "waiting"
    ? t.attachments.waiting
    : state === "failed"
    ? t.attachments.notFetched
    : state === "too-large"
    ? t.attachments.tooLarge
    : "";
  return (
    <p className="attachment" data-testid="attachment" data-kind={kind} data-state={state ?? "none"}>
      <Icon name={isMissing ? "alert" : state === "waiting" ? "clock" : noteIcons[kind] ?? "file"} size={16} />
      <span>{[title, detail].filter(Boolean).join(" · ")}</span>
      {why && <span className="attachment__why">{why}</span>}
      {note && <span className="attachment__note">{note}</span>}
      {url && <a className="attachment__note" href={url} target="_blank" rel="noreferrer noopener">{hostOf(url)}</a>}
    </p>
  );
}

/// Where a link leads; a person decides by it whether to go.
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

function Picture({ attachment, file, onBroken }: FileProps & { onBroken: () => void }) {
  const { t } = useLanguage();
  const { title } = useTitle(attachment);
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="picture"
        aria-label={t.attachments.openFull(title)}
        onClick={() => setIsOpen(true)}
        data-testid="attachment"
        data-kind={attachment.kind}
        data-state="stored"
      >
        <img src={fileAddress(file)} alt="" loading="lazy" onError={onBroken} />
      </button>
      {isOpen && (
        <Dialog title={title} onClose={() => setIsOpen(false)} wide data-testid="picture-dialog">
          <img className="picture-full" src={fileAddress(file)} alt={title} />
          <DownloadRow attachment={attachment} file={file} />
        </Dialog>
      )}
    </>
  );
}

function Player(
  { tag: Tag, attachment, file, onBroken }: FileProps & { tag: "audio" | "video"; onBroken: () => void },
) {
  const { t } = useLanguage();
  const { title, detail } = useTitle(attachment);
  return (
    <div className="player" data-testid="attachment" data-kind={attachment.kind} data-state="stored">
      {/* oxlint-disable-next-line jsx-a11y/media-has-caption -- what customers send has no captions */}
      <Tag
        className={`player__${Tag}`}
        src={fileAddress(file)}
        controls
        preload={Tag === "video" ? "metadata" : "none"}
        aria-label={title}
        onError={onBroken}
      />
      <p className="player__meta">
        <span>{[title, detail].filter(Boolean).join(" · ")}</span>
        <a href={fileAddress(file, true)} download={attachment.name ?? ""}>{t.attachments.download}</a>
      </p>
    </div>
  );
}

function DownloadRow({ attachment, file }: FileProps) {
  const { t } = useLanguage();
  const { title, detail } = useTitle(attachment);
  return (
    <a
      className="download"
      href={fileAddress(file, true)}
      download={attachment.name ?? ""}
      aria-label={[t.attachments.downloadNamed(title), detail].filter(Boolean).join(", ")}
      data-testid="attachment-download"
      data-kind={attachment.kind}
    >
      <Icon name="file" size={20} />
      <span className="download__name">{title}</span>
      <span className="download__detail">{detail}</span>
      <Icon name="download" size={18} />
    </a>
  );
}
