import { useCallback, useEffect, useRef, useState } from "react";
import { channels } from "../api/channels.ts";
import { Problem } from "../api/problem.ts";
import type { Channel, ChannelKind, ChannelTest } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "../ui/Button.tsx";
import { Icon, type IconName } from "../ui/Icon.tsx";
import { problemText } from "../ui/ProblemNotice.tsx";
import { localText, pastesWebhook } from "./kinds.ts";
import { reasonOf } from "./reason.ts";
import { SignIn } from "./SignIn.tsx";

interface ConnectCheckProps {
  channel: Channel;
  kind: ChannelKind;
  onBack: () => void;
  /// `receives` is false when the person has yet to paste the webhook's address.
  onDone: (receives: boolean) => void;
  onLater: () => void;
}

type Line = { state: "waiting" | "running" | "ok" | "failed"; text: string };
interface Progress {
  access: Line;
  receiving: Line;
}

const icons: Record<Line["state"], IconName> = { waiting: "clock", running: "refresh", ok: "check", failed: "alert" };

/// Asks the messenger at once: are the details right, and does it send us messages? Says what to do when not.
export function ConnectCheck({ channel, kind, onBack, onDone, onLater }: ConnectCheckProps) {
  const { t, language } = useLanguage();
  const { wizard: words } = t.channels;
  const [progress, setProgress] = useState<Progress | null>(null);
  const [isSignedOut, setSignedOut] = useState(false);
  const mayPoll = kind.modes.includes("polling");
  const maySignIn = (kind.sign_in ?? []).length > 0;
  const turn = useRef(0);
  const latest = useRef({ t, language, onDone });
  latest.current = { t, language, onDone };

  const check = useCallback(async () => {
    const mine = ++turn.current;
    const { t } = latest.current;
    const { wizard: words } = t.channels;
    const later: Line = { state: "waiting", text: words.later };
    const show = (access: Line, receiving: Line) => mine === turn.current && setProgress({ access, receiving });
    const ask = (work: () => Promise<ChannelTest>) =>
      work().catch((error): ChannelTest => ({ ok: false, detail: null, problem: problemText(Problem.from(error), t) }));

    if (mine === turn.current) setSignedOut(false);
    show({ state: "running", text: words.accessChecking }, later);
    let test = await ask(() => channels.test(channel.id));
    let registered: ChannelTest | null = null;
    const asksToSignIn = () => maySignIn && !test.ok && [test.code, registered?.code].includes("signed-out");
    if (!test.ok && !asksToSignIn()) {
      // Some messengers call a channel broken only because its webhook is not set yet.
      registered = await ask(() => channels.registerWebhook(channel.id));
      if (registered.ok !== false) test = await ask(() => channels.test(channel.id));
    }
    if (asksToSignIn()) {
      if (mine === turn.current) setSignedOut(true);
      return show({ state: "waiting", text: latest.current.t.channels.signIn.needed }, later);
    }
    if (!test.ok) {
      return show({ state: "failed", text: await reasonOf(channel.id, test, latest.current.language) }, later);
    }
    const access: Line = { state: "ok", text: words.accessOk(test.detail ?? "") };
    show(access, { state: "running", text: words.receivingChecking });
    registered ??= await ask(() => channels.registerWebhook(channel.id));
    if (registered.ok === false) {
      return show(access, {
        state: "failed",
        text: localText(registered.reason, latest.current.language) || (registered.problem ?? ""),
      });
    }
    show(access, { state: "ok", text: words.receivingOk });
    if (mine === turn.current) latest.current.onDone(true);
  }, [channel.id, maySignIn]);
  useEffect(() => {
    void check();
    return () => {
      turn.current += 1;
    };
  }, [check]);

  const hasFailed = progress?.access.state === "failed" || progress?.receiving.state === "failed";
  const mayPaste = progress?.receiving.state === "failed" && pastesWebhook(channel.kind);
  const needsHttps = progress?.receiving.state === "failed" && channel.mode === "webhook" &&
    location.protocol !== "https:";
  return (
    <div className="stack" data-testid="connect-check" data-failed={hasFailed}>
      <ul className="checks" aria-live="polite">
        <CheckLine name={words.saved} line={{ state: "ok", text: "" }} />
        {progress && <CheckLine name={words.access} line={progress.access} />}
        {progress && <CheckLine name={words.receiving} line={progress.receiving} />}
      </ul>
      {isSignedOut && <SignIn channel={channel} kind={kind} onSignedIn={() => void check()} />}
      {isSignedOut && (
        <div className="form-actions">
          <Button icon="back" onClick={onBack} data-testid="check-back">{words.backToFields}</Button>
          <Button look="quiet" onClick={onLater} data-testid="check-later">{words.finishLater}</Button>
        </div>
      )}
      {hasFailed && (
        <div className="guide" data-testid="check-hints">
          <h3>{words.failedTitle}</h3>
          <ul className="bulleted">
            {needsHttps && <li>{words.httpsHint(location.origin)}</li>}
            {needsHttps && mayPoll && <li>{words.pollingHint}</li>}
            {words.failedHints.map((line) => <li key={line}>{line}</li>)}
            <li>{words.finishLaterHint}</li>
          </ul>
        </div>
      )}
      {hasFailed && (
        <div className="form-actions">
          {mayPaste && (
            <Button look="primary" onClick={() => onDone(false)} data-testid="check-continue">
              {words.continueAnyway}
            </Button>
          )}
          <Button look={mayPaste ? "plain" : "primary"} icon="back" onClick={onBack} data-testid="check-back">
            {words.backToFields}
          </Button>
          <Button icon="refresh" onClick={() => void check()} data-testid="check-again">{words.again}</Button>
          <Button look="quiet" onClick={onLater} data-testid="check-later">{words.finishLater}</Button>
        </div>
      )}
    </div>
  );
}

function CheckLine({ name, line }: { name: string; line: Line }) {
  return (
    <li className={`checks__line checks__line--${line.state}`} data-state={line.state}>
      <Icon name={icons[line.state]} />
      <span>
        <strong>{line.text ? `${name}:` : name}</strong> {line.text}
      </span>
    </li>
  );
}
