import { type FormEvent, useState } from "react";
import { team } from "../api/team.ts";
import type { Role } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "../ui/Button.tsx";
import { CopyField } from "../ui/CopyField.tsx";
import { Field } from "../ui/Field.tsx";
import { fieldText, ProblemNotice } from "../ui/ProblemNotice.tsx";
import { toast } from "../ui/Toasts.tsx";
import { useAction } from "../ui/useAction.ts";
import { useLoaded } from "../ui/useLoaded.ts";

const invitable: Role[] = ["operator", "admin", "analyst"];

/// Invites colleagues by a one-time link that one sends oneself, and lists what is still open.
export function InvitationsPanel() {
  const { t, formats } = useLanguage();
  const open = useLoaded("invitations", () => team.invitations());
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("operator");
  const [link, setLink] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const { busy, problem, run } = useAction();
  const isEmail = /^\S+@\S+$/.test(email.trim());

  const invite = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!isEmail) return;
    void run(async () => {
      setLink((await team.invite(email.trim(), role)).link ?? null);
      setEmail("");
      setTried(false);
      open.reload();
    });
  };
  const revoke = (id: string) =>
    void run(async () => {
      await team.revokeInvitation(id);
      toast(t.team.revoked);
      open.reload();
    });
  return (
    <section className="panel" aria-labelledby="invitations">
      <div>
        <h2 id="invitations">{t.team.invitations}</h2>
        <p className="muted">{t.team.inviteLead}</p>
      </div>
      <form className="form-line" noValidate onSubmit={invite}>
        <Field label={t.common.email} error={tried && !isEmail ? t.errors.email : fieldText(problem, "email", t)}>
          <input
            type="email"
            autoComplete="off"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            data-testid="invite-email"
          />
        </Field>
        <Field label={t.team.role}>
          <select value={role} onChange={(event) => setRole(event.target.value as Role)} data-testid="invite-role">
            {invitable.map((name) => <option key={name} value={name}>{t.roles[name]}</option>)}
          </select>
        </Field>
        <Button type="submit" look="primary" busy={busy} data-testid="invite-submit">{t.team.invite}</Button>
      </form>
      {problem && <ProblemNotice problem={problem} />}
      {link && (
        <div className="stack stack--tight" role="status">
          <p>{t.team.linkReady}</p>
          <CopyField label={t.team.linkReady} value={link} data-testid="invite-link" />
        </div>
      )}
      {open.value?.items.length === 0 && <p className="muted">{t.team.noInvitations}</p>}
      {open.value && open.value.items.length > 0 && (
        <ul className="rows" data-testid="invitations">
          {open.value.items.map((invitation) => (
            <li key={invitation.id} className="rows__item">
              <span className="rows__main">
                <span className="rows__title">{invitation.email}</span>
                <span className="muted">
                  {`${t.roles[invitation.role]} · ${t.team.expires(formats.moment(new Date(invitation.expires_at)))}`}
                </span>
              </span>
              <Button small onClick={() => revoke(invitation.id)} data-testid="invitation-revoke">
                {t.team.revoke}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
