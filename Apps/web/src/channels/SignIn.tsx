import { type FormEvent, useEffect, useRef, useState } from "react";
import type { Channel, ChannelKind, SignInMethod } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { localText } from "./kinds.ts";
import { SignInQuestion } from "./SignInQuestion.tsx";
import { secondsLeft, useSignIn } from "./useSignIn.ts";

interface SignInProps {
  channel: Channel;
  kind: ChannelKind;
  onSignedIn: () => void;
}

/// Signs the account of a channel in: a QR code to scan, or a code by phone number. It goes on by itself.
export function SignIn({ channel, kind, onSignedIn }: SignInProps) {
  const { t, language } = useLanguage();
  const { signIn: words } = t.channels;
  const methods = kind.sign_in ?? [];
  const [method, setMethod] = useState<SignInMethod>(methods[0] ?? "picture");
  const { view, busy, problem, hitch, begin, answer } = useSignIn(channel.id, onSignedIn);
  const failure = view?.state === "failed" ? localText(view.reason, language) || words.failed : null;
  const start = useRef(begin);
  start.current = begin;
  useEffect(() => {
    if (method === "picture") start.current("picture");
  }, [method]);
  const other = methods.find((each) => each !== method);
  return (
    <div className="stack sign-in" data-testid="sign-in" data-state={view?.state ?? "none"} data-method={method}>
      {method === "phone" && (!view || view.state === "failed" || view.state === "picture") && (
        <PhoneForm
          busy={busy}
          onPhone={(phone) => begin("phone", phone)}
        />
      )}
      {method === "picture" && view?.state === "picture" && view.picture && (
        <figure className="sign-in__picture">
          <img src={view.picture} alt={words.pictureAlt} width={240} height={240} data-testid="sign-in-picture" />
          <figcaption>
            <p>{words.scan}</p>
            <Countdown until={view.until} text={words.renewsIn} over={words.renewing} />
          </figcaption>
        </figure>
      )}
      {view?.state === "code" && (
        <div className="guide">
          <p>{words.enterOnPhone}</p>
          <p className="sign-in__code codes" data-testid="sign-in-code">{view.code}</p>
          <Countdown until={view.until} text={words.validFor} over={words.checking} />
        </div>
      )}
      {view?.state === "asks" && view.question && (
        <SignInQuestion
          key={view.question}
          question={view.question}
          error={localText(view.reason, language) || null}
          busy={busy}
          onAnswer={answer}
        />
      )}
      <div role="status">
        {busy && !view && <p className="muted">{words.asking}</p>}
        {hitch && <p className="muted" data-testid="sign-in-hitch">{localText(hitch, language)}</p>}
        {view?.state === "signed-in" && <p data-testid="sign-in-done">{words.done}</p>}
      </div>
      {failure && <p className="notice notice--error" role="alert" data-testid="sign-in-failed">{failure}</p>}
      {problem && <ProblemNotice problem={problem} />}
      <div className="form-actions">
        {method === "picture" && (failure || problem) && (
          <Button
            look="primary"
            icon="refresh"
            busy={busy}
            onClick={() => begin("picture")}
            data-testid="sign-in-again"
          >
            {words.newPicture}
          </Button>
        )}
        {method === "phone" && view?.state === "code" && (
          <Button
            icon="refresh"
            onClick={() => setMethod("picture")}
            data-testid="sign-in-restart"
          >
            {words.byPicture}
          </Button>
        )}
        {other && !(method === "phone" && view?.state === "code") && (
          <Button
            look="quiet"
            onClick={() => setMethod(other)}
            data-testid="sign-in-other"
          >
            {other === "phone" ? words.byPhone : words.byPicture}
          </Button>
        )}
      </div>
    </div>
  );
}

function PhoneForm({ busy, onPhone }: { busy: boolean; onPhone: (phone: string) => void }) {
  const { t } = useLanguage();
  const { signIn: words } = t.channels;
  const [phone, setPhone] = useState("");
  const [tried, setTried] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (phone.trim()) onPhone(phone.trim());
  };
  return (
    <form className="stack" noValidate onSubmit={submit}>
      <Field label={words.phone} hint={words.phoneHint} error={tried && !phone.trim() ? t.errors.required : null}>
        <input
          type="tel"
          autoComplete="tel"
          maxLength={40}
          value={phone}
          onChange={(event) => setPhone(event.target.value)}
          data-testid="sign-in-phone"
        />
      </Field>
      <div className="form-actions">
        <Button type="submit" look="primary" busy={busy} data-testid="sign-in-begin">{words.getCode}</Button>
      </div>
    </form>
  );
}

/// Counts down by itself; a reader hears only the words, not every second.
function Countdown({ until, text, over }: { until?: string | null; text: (seconds: number) => string; over: string }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const seconds = secondsLeft(until, now);
  return <p className="muted" data-testid="sign-in-countdown">{seconds > 0 ? text(seconds) : over}</p>;
}
