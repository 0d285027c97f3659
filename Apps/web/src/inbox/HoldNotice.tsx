import type { Message } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { Button } from "../ui/Button.tsx";

interface HoldNoticeProps {
  hold: NonNullable<Message["hold"]>;
  busy: boolean;
  onAct: (deed: "override" | "cancel") => void;
}

/// A rule of the account keeps the message back: until when, and what can be done about it.
export function HoldNotice({ hold, busy, onAct }: HoldNoticeProps) {
  const { t, formats } = useLanguage();
  const { can } = useSession();
  const until = formats.moment(new Date(hold.until));
  return (
    <div className="schedule" data-testid="schedule" data-status="held">
      <p>{hold.reason === "daily_cap" ? t.rules.capHold(until) : t.rules.quietHold(until)}</p>
      {can("conversation.reply") && (
        <div className="form-actions">
          {can("conversation.override") && (
            <Button
              small
              icon="send"
              busy={busy}
              onClick={() => onAct("override")}
              data-testid="hold-override"
            >
              {t.rules.sendAnyway}
            </Button>
          )}
          <Button small icon="close" onClick={() => onAct("cancel")} data-testid="schedule-cancel">
            {t.schedule.cancel}
          </Button>
        </div>
      )}
    </div>
  );
}
