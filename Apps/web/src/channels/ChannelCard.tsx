import { useState } from "react";
import { channels } from "../api/channels.ts";
import type { Channel, ChannelKind, ChannelTest } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { navigate } from "../router/router.ts";
import { chatSettingsPath } from "../router/routes.ts";
import { useSession } from "../session/session.tsx";
import { Button } from "../ui/Button.tsx";
import { ConfirmDialog } from "../ui/ConfirmDialog.tsx";
import { Icon } from "../ui/Icon.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { toast } from "../ui/Toasts.tsx";
import { useAction } from "../ui/useAction.ts";
import { useNow } from "../ui/useNow.ts";
import { ChangeChannelDialog } from "./ChangeChannelDialog.tsx";
import { ChannelHealthView, ConditionTag } from "./ChannelHealthView.tsx";
import { conditionOf, needsSignIn } from "./health.ts";
import { InstallationDialog } from "./InstallationDialog.tsx";
import { InstallSnippet } from "./InstallSnippet.tsx";
import { kindIcon, localText } from "./kinds.ts";
import { reasonOf } from "./reason.ts";
import { SignInDialog } from "./SignInDialog.tsx";

interface ChannelCardProps {
  channel: Channel;
  /// null while the kinds are loading.
  kind: ChannelKind | null;
  onChanged: () => void;
}

type Open = "change" | "remove" | "installation" | "sign-in" | null;

/// One channel: whether it works, when it last heard anything, and what can be done.
export function ChannelCard({ channel, kind, onChanged }: ChannelCardProps) {
  const { t, language, formats } = useLanguage();
  const now = useNow();
  const { can } = useSession();
  const [result, setResult] = useState<{ ok: boolean; text: string } | null>(null);
  const [open, setOpen] = useState<Open>(null);
  const { busy, problem, run } = useAction();
  const { id, name, mode, state, health } = channel;
  const condition = conditionOf(channel);
  const needsReconnecting = condition === "broken" || condition === "failed" ||
    health?.notices?.some((notice) => notice.kind === "reconnect-needed") === true;
  const isSignedOut = needsSignIn(channel, kind);
  const account = health?.account;
  const accountName = account ? (account.username ? `@${account.username}` : account.name) : "";
  const when = (at: string | null | undefined) => at ? formats.relative(new Date(at), now) : t.common.never;

  const change = (work: () => Promise<unknown>, done?: string) =>
    void run(async () => {
      await work();
      if (done) toast(done);
      onChanged();
    });
  const ask = (work: () => Promise<ChannelTest>, say: (test: ChannelTest) => string | Promise<string>) =>
    void run(async () => {
      setResult(null);
      const test = await work();
      setResult({ ok: test.ok !== false, text: await say(test) });
      onChanged();
    });
  const tested = async (test: ChannelTest) => {
    if (test.ok && !test.problem) return t.channels.testOk(test.detail ?? "");
    const reason = await reasonOf(id, test, language);
    return test.ok ? t.channels.testWarned(test.detail ?? "", reason) : t.channels.testFailed(reason);
  };
  const registered = ({ ok, problem, reason }: ChannelTest) =>
    ok === false ? t.channels.notRegistered(localText(reason, language) || (problem ?? "")) : t.channels.registered;

  return (
    <article
      className="panel"
      aria-label={name}
      data-testid="channel"
      data-channel={id}
      data-state={state}
      data-condition={condition}
    >
      <div className="card-head">
        <Icon name={kindIcon(channel.kind)} size={22} />
        <div className="card-head__main">
          <h2>{name}</h2>
          <p className="muted">
            {account && (
              <>
                {account.url && account.url.startsWith("https://")
                  ? (
                    <a href={account.url} target="_blank" rel="noreferrer" data-testid="channel-account">
                      {accountName}
                    </a>
                  )
                  : <span data-testid="channel-account">{accountName}</span>}
                {" · "}
              </>
            )}
            {[
              t.channels.modeShort[mode],
              `${t.channels.lastInbound}: ${when(channel.last_inbound_at)}`,
              health?.checked_at && t.channels.checked(when(health.checked_at)),
            ].filter(Boolean).join(" · ")}
          </p>
        </div>
        <ConditionTag channel={channel} />
      </div>
      <ChannelHealthView channel={channel} />
      {channel.public_key && <InstallSnippet channel={channel} />}
      {can("channel.write") && (
        <div className="form-actions">
          {isSignedOut && (
            <Button small look="primary" onClick={() => setOpen("sign-in")} data-testid="channel-sign-in">
              {t.channels.signIn.again}
            </Button>
          )}
          {needsReconnecting && !isSignedOut && (
            <Button small look="primary" onClick={() => setOpen("change")}>
              {t.channels.reconnect}
            </Button>
          )}
          {condition === "quarantined" && (
            <Button
              small
              look="primary"
              busy={busy}
              onClick={() => change(() => channels.releasePlugin(id), t.channels.pluginReleased)}
              data-testid="channel-release"
            >
              {t.channels.releasePlugin}
            </Button>
          )}
          <Button small busy={busy} onClick={() => ask(() => channels.test(id), tested)} data-testid="channel-test">
            {busy ? t.channels.testing : t.channels.test}
          </Button>
          {channel.public_key && (
            <Button
              small
              onClick={() => setOpen("installation")}
              data-testid="channel-installation"
            >
              {t.channels.installation.check}
            </Button>
          )}
          <Button
            small
            icon={state === "paused" ? "play" : "pause"}
            disabled={busy}
            onClick={() => change(() => channels.update(id, { state: state === "paused" ? "active" : "paused" }))}
            data-testid="channel-pause"
          >
            {state === "paused" ? t.channels.resume : t.channels.pause}
          </Button>
          {mode === "webhook" && (
            <Button
              small
              disabled={busy}
              onClick={() => ask(() => channels.registerWebhook(id), registered)}
              data-testid="channel-register"
            >
              {t.channels.registerWebhook}
            </Button>
          )}
          <Button
            small
            icon="settings"
            onClick={() => channel.web_chat ? navigate(chatSettingsPath(id)) : setOpen("change")}
            data-testid="channel-change"
          >
            {t.channels.change}
          </Button>
          <Button
            small
            look="danger"
            icon="trash"
            disabled={busy}
            onClick={() => setOpen("remove")}
            data-testid="channel-remove"
          >
            {t.common.remove}
          </Button>
        </div>
      )}
      <div role="status" className="card-status">
        {result && (
          <p
            className={result.ok ? "notice" : "notice notice--error"}
            data-testid="channel-test-result"
            data-ok={result.ok}
          >
            <Icon name={result.ok ? "check" : "alert"} />
            <span>{result.text}</span>
          </p>
        )}
      </div>
      {problem && <ProblemNotice problem={problem} />}
      {open === "change" && kind && (
        <ChangeChannelDialog
          channel={channel}
          kind={kind}
          onClose={() => setOpen(null)}
          onSaved={(isNew) => {
            if (isNew && mode !== "none") ask(() => channels.test(id), tested);
            else onChanged();
          }}
        />
      )}
      {open === "sign-in" && kind && (
        <SignInDialog
          channel={channel}
          kind={kind}
          onClose={() => setOpen(null)}
          onSignedIn={() => ask(() => channels.test(id), tested)}
        />
      )}
      {open === "installation" && <InstallationDialog channel={channel} onClose={() => setOpen(null)} />}
      {open === "remove" && (
        <ConfirmDialog
          title={t.channels.removeTitle}
          text={t.channels.removeText(name)}
          action={t.common.remove}
          onConfirm={() => change(() => channels.remove(id), t.channels.removed)}
          onClose={() => setOpen(null)}
        />
      )}
    </article>
  );
}
