import { type FormEvent, useState } from "react";
import { Problem } from "../api/problem.ts";
import { sessions } from "../api/sessions.ts";
import type { Session } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { PublicPage } from "./PublicPage.tsx";

interface SignInPageProps {
  expired: boolean;
  onSession: (session: Session) => void;
}

export function SignInPage({ expired, onSession }: SignInPageProps) {
  const { t } = useLanguage();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      onSession(await sessions.signIn(email.trim(), password));
    } catch (error) {
      setProblem(Problem.from(error));
      setBusy(false);
    }
  };

  return (
    <PublicPage title={t.signIn.title} lead={expired ? t.signIn.expired : t.signIn.lead}>
      <form className="stack" onSubmit={(event) => void submit(event)} data-testid="sign-in-form">
        <Field label={t.common.email}>
          <input
            type="email"
            required
            autoComplete="username"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            data-testid="sign-in-email"
          />
        </Field>
        <Field label={t.common.password}>
          <input
            type="password"
            required
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            data-testid="sign-in-password"
          />
        </Field>
        {problem && <ProblemNotice problem={problem} />}
        <Button type="submit" look="primary" busy={busy} data-testid="sign-in-submit">
          {busy ? t.signIn.busy : t.signIn.submit}
        </Button>
      </form>
    </PublicPage>
  );
}
