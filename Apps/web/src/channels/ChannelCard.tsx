import { useState } from "react";
import { channels } from "../api/channels.ts";
import type { Channel, ChannelTest } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { Button } from "../ui/Button.tsx";
import { ConfirmDialog } from "../ui/ConfirmDialog.tsx";
import { CopyField } from "../ui/CopyField.tsx";
import { Icon } from "../ui/Icon.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { toast } from "../ui/Toasts.tsx";
import { useAction } from "../ui/useAction.ts";
import { InstallSnippet } from "./InstallSnippet.tsx";
import { useNow } from "../ui/useNow.ts";

interface ChannelCardProps {
  channel: Channel;
  onChanged: () => void;
}

/// One channel: whether it works, when it last heard anything, and what can be done.
export function ChannelCard({ channel, onChanged }: ChannelCardProps) {
  const { t, formats } = useLanguage();
  const now = useNow();
  const { can } = useSession();
  const [test, setTest] = useState<ChannelTest | null>(null);
  const [removing, setRemoving] = useState(false);
  const { busy, problem, run } = useAction();
  const { id, name, kind, mode, state } = channel;
  const tone = { active: "tag tag--ok", paused: "tag", failed: "tag tag--danger" }[state];
  const change = (work: () => Promise<unknown>, done?: string) =>
    void run(async () => {
      await work();
      if (done) toast(done);
      onChanged();
    });
  return (
    <section className="panel" aria-label={name} data-testid="channel" data-channel={id} data-state={state}>
      <div className="card-head">
        <Icon name={kind === "telegram" ? "telegram" : "chat"} size={22} />
        <div className="card-head__main">
          <h2>{name}</h2>
          <p className="muted">
            {[
              t.channels.modeShort[mode],
              `${t.channels.lastInbound}: ${
                channel.last_inbound_at ? formats.relative(new Date(channel.last_inbound_at), now) : t.common.never
              }`,
            ].join(" · ")}
          </p>
        </div>
        <span className={tone} data-testid="channel-state">{t.channels[state]}</span>
      </div>
      {channel.problem && <p className="notice notice--error" data-testid="channel-problem">{channel.problem}</p>}
      {channel.webhook_path && (
        <CopyField
          label={t.channels.webhookPath}
          value={location.origin + channel.webhook_path}
          data-testid="channel-webhook"
        />
      )}
      {channel.public_key && <InstallSnippet channel={channel} />}
      {can("channel.write") && (
        <div className="form-actions">
          <Button
            small
            busy={busy}
            onClick={() => void run(async () => setTest(await channels.test(id)))}
            data-testid="channel-test"
          >
            {busy ? t.channels.testing : t.channels.test}
          </Button>
          <Button
            small
            icon={state === "paused" ? "play" : "pause"}
            onClick={() => change(() => channels.update(id, { state: state === "paused" ? "active" : "paused" }))}
            data-testid="channel-pause"
          >
            {state === "paused" ? t.channels.resume : t.channels.pause}
          </Button>
          {mode === "webhook" && (
            <Button
              small
              onClick={() => change(() => channels.registerWebhook(id), t.channels.registered)}
              data-testid="channel-register"
            >
              {t.channels.registerWebhook}
            </Button>
          )}
          <Button small look="danger" icon="trash" onClick={() => setRemoving(true)} data-testid="channel-remove">
            {t.common.remove}
          </Button>
        </div>
      )}
      <div role="status">
        {test && (
          <p
            className={test.ok ? "notice" : "notice notice--error"}
            data-testid="channel-test-result"
            data-ok={test.ok}
          >
            {test.ok ? t.channels.testOk(test.detail ?? "") : t.channels.testFailed(test.problem ?? "")}
          </p>
        )}
      </div>
      {problem && <ProblemNotice problem={problem} />}
      {removing && (
        <ConfirmDialog
          title={t.channels.removeTitle}
          text={t.channels.removeText(name)}
          action={t.common.remove}
          onConfirm={() => change(() => channels.remove(id), t.channels.removed)}
          onClose={() => setRemoving(false)}
        />
      )}
    </section>
  );
}
