import { type FormEvent, useState } from "react";
import { Problem } from "../api/problem.ts";
import { sessions } from "../api/sessions.ts";
import type { LinkInfo, Session } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "../ui/Button.tsx";
import { Checkbox } from "../ui/Checkbox.tsx";
import { Field } from "../ui/Field.tsx";
import { fieldText, ProblemNotice } from "../ui/ProblemNotice.tsx";

interface AcceptLinkFormProps {
  token: string;
  link: LinkInfo;
  onSession: (session: Session) => void;
}

/// Names, password and age for a new owner or an invited colleague.
export function AcceptLinkForm({ token, link, onSession }: AcceptLinkFormProps) {
  const { t, language } = useLanguage();
  const isOwner = link.kind === "owner_setup";
  const [form, setForm] = useState({ account: "", name: "", email: link.email ?? "", password: "" });
  const [adult, setAdult] = useState(false);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  const set = (change: Partial<typeof form>) => setForm({ ...form, ...change });
  const required = (value: string) => tried && !value.trim() ? t.errors.required : null;
  const passwordError = tried && form.password.length < 10 ? t.errors.passwordShort : null;
  const emailError = required(form.email) ?? (tried && !/^\S+@\S+$/.test(form.email.trim()) ? t.errors.email : null);
  const isComplete = form.name.trim() && form.password.length >= 10 && adult &&
    (!isOwner || (form.account.trim() && /^\S+@\S+$/.test(form.email.trim())));

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    setProblem(null);
    if (!isComplete) return;
    setBusy(true);
    try {
      const owner = isOwner ? { account_name: form.account.trim(), email: form.email.trim() } : {};
      const { name, password } = form;
      const acceptance = { token, name: name.trim(), password, language, age_confirmed: true, ...owner };
      onSession(await sessions.acceptLink(acceptance));
    } catch (error) {
      setProblem(Problem.from(error));
      setBusy(false);
    }
  };

  return (
    <form className="stack" noValidate onSubmit={(event) => void submit(event)} data-testid="welcome-form">
      {isOwner && (
        <Field
          label={t.welcome.accountName}
          error={required(form.account) ?? fieldText(problem, "account_name", t)}
        >
          <input
            type="text"
            autoComplete="organization"
            value={form.account}
            onChange={(event) => set({ account: event.target.value })}
            data-testid="welcome-account"
          />
        </Field>
      )}
      <Field label={t.welcome.yourName} error={required(form.name) ?? fieldText(problem, "name", t)}>
        <input
          type="text"
          autoComplete="name"
          value={form.name}
          onChange={(event) => set({ name: event.target.value })}
          data-testid="welcome-name"
        />
      </Field>
      {isOwner && (
        <Field label={t.common.email} error={emailError ?? fieldText(problem, "email", t)}>
          <input
            type="email"
            autoComplete="username"
            value={form.email}
            onChange={(event) => set({ email: event.target.value })}
            data-testid="welcome-email"
          />
        </Field>
      )}
      <Field
        label={t.common.password}
        hint={t.welcome.passwordHint}
        error={passwordError ?? fieldText(problem, "password", t)}
      >
        <input
          type="password"
          autoComplete="new-password"
          value={form.password}
          onChange={(event) => set({ password: event.target.value })}
          data-testid="welcome-password"
        />
      </Field>
      <Checkbox
        label={t.welcome.age}
        checked={adult}
        error={tried && !adult ? t.welcome.ageRequired : null}
        onChange={setAdult}
        data-testid="welcome-age"
      />
      {problem && <ProblemNotice problem={problem} />}
      <Button type="submit" look="primary" busy={busy} data-testid="welcome-submit">
        {isOwner ? t.welcome.start : t.welcome.join}
      </Button>
    </form>
  );
}
