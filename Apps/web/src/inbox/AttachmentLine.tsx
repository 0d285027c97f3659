import type { Attachment } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Icon } from "../ui/Icon.tsx";

export function AttachmentLine({ attachment }: { attachment: Attachment }) {
  const { t, formats } = useLanguage();
  const size = attachment.size > 0 ? `${formats.number(Math.max(1, Math.round(attachment.size / 1024)))} KB` : "";
  return (
    <p className="attachment" data-testid="attachment">
      <Icon name="file" size={16} />
      <span>{[t.attachments[attachment.kind], attachment.name, size].filter(Boolean).join(" · ")}</span>
      {attachment.note && <span className="attachment__note">{attachment.note}</span>}
    </p>
  );
}
