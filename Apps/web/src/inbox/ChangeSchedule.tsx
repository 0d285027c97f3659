import { type FormEvent, useState } from "react";
import type { Message } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { useAction } from "../ui/useAction.ts";
import { momentOf, wallClock } from "./schedule.ts";
import { ScheduleFields, type ScheduleValue } from "./ScheduleFields.tsx";
import { useCompanyZone, type Zone } from "./useCompanyZone.ts";

interface ChangeScheduleProps {
  message: Message;
  schedule: NonNullable<Message["schedule"]>;
  onClose: () => void;
}

/// Another time, or other words, for a message that has not left. The bot's words stay as they are.
export function ChangeSchedule(props: ChangeScheduleProps) {
  const { t } = useLanguage();
  const zone = useCompanyZone();
  return (
    <Dialog title={t.schedule.changeTitle} onClose={props.onClose} data-testid="change-schedule">
      {zone ? <ChangeScheduleForm {...props} zone={zone} /> : <Skeleton rows={3} />}
    </Dialog>
  );
}

function ChangeScheduleForm({ message, schedule, onClose, zone }: ChangeScheduleProps & { zone: Zone }) {
  const { t } = useLanguage();
  const { inbox } = useSession();
  const [value, setValue] = useState<ScheduleValue>(() => ({
    at: wallClock(new Date(schedule.at), zone.name),
    cancelOnReply: schedule.cancel_on_reply,
  }));
  const [text, setText] = useState(message.text);
  const [isWrong, setIsWrong] = useState(false);
  const { busy, problem, run } = useAction();
  const hasWords = message.author.type !== "bot" && message.text !== "";
  const save = (event: FormEvent) => {
    event.preventDefault();
    const at = momentOf(value.at, zone.name, new Date());
    setIsWrong(!at);
    if (!at || (hasWords && !text.trim())) return;
    void run(async () => {
      await inbox.alter(message.id, {
        send_at: at.toISOString(),
        cancel_on_reply: value.cancelOnReply,
        ...(hasWords && text !== message.text ? { text: text.trim() } : {}),
      });
      onClose();
    });
  };
  return (
    <form className="stack" onSubmit={save} noValidate>
      {hasWords && (
        <Field label={t.schedule.text}>
          <textarea
            rows={4}
            value={text}
            onChange={(event) => setText(event.target.value)}
            data-testid="schedule-text"
          />
        </Field>
      )}
      <ScheduleFields zone={zone} value={value} error={isWrong ? t.schedule.past : null} onChange={setValue} />
      {problem && <ProblemNotice problem={problem} />}
      <div className="form-actions">
        <Button type="submit" look="primary" busy={busy} data-testid="schedule-submit">{t.common.save}</Button>
        <Button onClick={onClose}>{t.common.cancel}</Button>
      </div>
    </form>
  );
}
