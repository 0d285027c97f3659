import { useState } from "react";
import { channels } from "../api/channels.ts";
import type { Channel, Erasure } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { Button } from "../ui/Button.tsx";
import { ConfirmDialog } from "../ui/ConfirmDialog.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { toast } from "../ui/Toasts.tsx";
import { useAction } from "../ui/useAction.ts";
import { useLoaded } from "../ui/useLoaded.ts";

/// Requests to delete somebody's data that wait for a person; nothing when there are none.
export function ErasurePanel({ list }: { list: Channel[] }) {
  const { t, formats } = useLanguage();
  const { can } = useSession();
  const loaded = useLoaded("erasures", () => channels.erasures());
  const { problem, run } = useAction();
  const [asked, setAsked] = useState<Erasure | null>(null);
  const open = loaded.value?.items.filter(({ settled_at: at }) => !at) ?? [];
  if (open.length === 0) return null;
  const { erasures: words } = t.channels;
  const name = (id: string) => list.find((channel) => channel.id === id)?.name ?? "";
  return (
    <section className="panel stack" aria-label={words.title} data-testid="erasures">
      <h2>{words.title}</h2>
      <p className="muted">{words.lead}</p>
      <ul className="stack stack--tight">
        {open.map((request) => (
          <li key={request.id} className="form-actions" data-testid="erasure">
            <span>
              {words.requested(formats.day(new Date(request.requested_at)), name(request.channel_id))}
              {" · "}
              <strong>{words.due(formats.day(new Date(request.due_at)))}</strong>
            </span>
            {can("privacy.write") && (
              <Button small onClick={() => setAsked(request)} data-testid="erasure-settle">{words.settle}</Button>
            )}
          </li>
        ))}
      </ul>
      {problem && <ProblemNotice problem={problem} />}
      {asked && (
        <ConfirmDialog
          title={words.settle}
          text={words.confirm}
          action={words.settle}
          onConfirm={() =>
            run(async () => {
              await channels.settleErasure(asked.id);
              toast(words.settled);
              loaded.reload();
            })}
          onClose={() => setAsked(null)}
        />
      )}
    </section>
  );
}
