import { type FormEvent, useState } from "react";
import { createPortal } from "react-dom";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { toast } from "../ui/Toasts.tsx";
import { useAction } from "../ui/useAction.ts";
import { uuid } from "../webchat/uuid.ts";
import { momentOf, wallClock } from "./schedule.ts";
import { ScheduleFields, type ScheduleValue } from "./ScheduleFields.tsx";
import { useCompanyZone, type Zone } from "./useCompanyZone.ts";

interface SendLaterProps {
  conversation: string;
  /// Null while there is nothing that could be sent as one message.
  draft: { text: string; files: string[] } | null;
  onDone: () => void;
}

/// The composer's way to send a reply at a time of one's choice.
export function SendLater({ conversation, draft, onDone }: SendLaterProps) {
  const { t } = useLanguage();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button
        look="quiet"
        icon="clock"
        iconOnly
        disabled={!draft}
        onClick={() => setIsOpen(true)}
        data-testid="send-later"
      >
        {t.schedule.later}
      </Button>
      {isOpen && draft && createPortal(
        // Outside of the composer, which is a form itself.
        <SendLaterDialog
          conversation={conversation}
          draft={draft}
          onClose={() => setIsOpen(false)}
          onDone={() => {
            setIsOpen(false);
            onDone();
          }}
        />,
        document.body,
      )}
    </>
  );
}

type SendLaterDialogProps = SendLaterProps & { draft: NonNullable<SendLaterProps["draft"]>; onClose: () => void };

function SendLaterDialog(props: SendLaterDialogProps) {
  const { t } = useLanguage();
  const zone = useCompanyZone();
  return (
    <Dialog title={t.schedule.title} onClose={props.onClose} data-testid="send-later-dialog">
      {zone ? <SendLaterForm {...props} zone={zone} /> : <Skeleton rows={3} />}
    </Dialog>
  );
}

function SendLaterForm({ conversation, draft, onClose, onDone, zone }: SendLaterDialogProps & { zone: Zone }) {
  const { t, formats } = useLanguage();
  const { inbox } = useSession();
  // One id for every try, so that a lost answer does not make two messages.
  const [id] = useState(uuid);
  const [value, setValue] = useState<ScheduleValue>(() => ({
    at: wallClock(new Date(Date.now() + 3_600_000), zone.name),
    cancelOnReply: true,
  }));
  const [isWrong, setIsWrong] = useState(false);
  const { busy, problem, run } = useAction();
  const plan = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    const at = momentOf(value.at, zone.name, new Date());
    setIsWrong(!at);
    if (!at) return;
    void run(async () => {
      await inbox.schedule(conversation, {
        id,
        kind: "reply",
        text: draft.text,
        ...(draft.files.length > 0 ? { attachments: draft.files } : {}),
        send_at: at.toISOString(),
        cancel_on_reply: value.cancelOnReply,
      });
      toast(t.schedule.scheduledFor(formats.moment(at)));
      onDone();
    });
  };
  return (
    <form className="stack" onSubmit={plan} noValidate>
      <ScheduleFields zone={zone} value={value} error={isWrong ? t.schedule.past : null} onChange={setValue} />
      {problem && <ProblemNotice problem={problem} />}
      <div className="form-actions">
        <Button type="submit" look="primary" icon="clock" busy={busy} data-testid="schedule-submit">
          {t.schedule.plan}
        </Button>
        <Button onClick={onClose}>{t.common.cancel}</Button>
      </div>
    </form>
  );
}
