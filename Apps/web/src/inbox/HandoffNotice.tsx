import type { Conversation } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Icon } from "../ui/Icon.tsx";
import { useNow } from "../ui/useNow.ts";

/// Why the bot stopped and a person is needed.
export function HandoffNotice({ conversation }: { conversation: Conversation }) {
  const { t, formats } = useLanguage();
  const now = useNow();
  const { handoff, needs_human: needsHuman } = conversation;
  if (!needsHuman) return null;
  return (
    <div className="handoff" role="status" data-testid="handoff" data-reason={handoff?.reason}>
      <Icon name="hand" />
      <div className="handoff__text">
        <p>
          <strong>{t.handoff.title}.</strong> {handoff && <span>{t.handoff[handoff.reason]}</span>}
        </p>
        {handoff?.detail && <p className="handoff__detail" data-testid="handoff-detail">{handoff.detail}</p>}
        {handoff && <time className="muted" dateTime={handoff.at}>{formats.relative(new Date(handoff.at), now)}</time>}
      </div>
    </div>
  );
}
