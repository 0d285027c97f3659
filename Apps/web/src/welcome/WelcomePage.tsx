import { useEffect, useRef, useState } from "react";
import { Problem } from "../api/problem.ts";
import { sessions } from "../api/sessions.ts";
import type { LinkInfo, Session, Setup } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Link } from "../router/Link.tsx";
import { PublicPage } from "../session/PublicPage.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { AcceptLinkForm } from "./AcceptLinkForm.tsx";

interface WelcomePageProps {
  setup: Setup;
  onSession: (session: Session) => void;
}

/// What a one-time link opens. The token is the address's fragment, which browsers never send to a server.
export function WelcomePage({ setup, onSession }: WelcomePageProps) {
  const { t } = useLanguage();
  const [token, setToken] = useState(() => location.hash.slice(1));
  const [link, setLink] = useState<LinkInfo | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const accepted = useRef("");

  useEffect(() => {
    const read = () => setToken(location.hash.slice(1));
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, []);

  useEffect(() => {
    if (!token) return;
    setLink(null);
    setProblem(null);
    let current = true;
    const inspect = async () => {
      try {
        const info = await sessions.inspectLink(token);
        if (!current) return;
        setLink(info);
        if (info.kind !== "sign_in" || accepted.current === token) return;
        accepted.current = token;
        onSession(await sessions.acceptLink({ token }));
      } catch (error) {
        if (current) setProblem(Problem.from(error));
      }
    };
    void inspect();
    return () => {
      current = false;
    };
  }, [token, onSession]);

  if (!token) {
    return (
      <PublicPage title={t.welcome.title} lead={setup.first_run ? t.welcome.firstRun : t.welcome.noLink}>
        <p className="muted">{setup.first_run ? t.welcome.firstRunHint : t.welcome.usedHint}</p>
        {!setup.first_run && <Link className="button button--primary" to="/sign-in">{t.signIn.submit}</Link>}
      </PublicPage>
    );
  }
  if (problem) {
    return (
      <PublicPage title={t.welcome.title} lead={problem.code === "not_found" ? t.welcome.used : undefined}>
        {problem.code === "not_found"
          ? <p className="muted">{setup.first_run ? t.welcome.firstRunHint : t.welcome.usedHint}</p>
          : <ProblemNotice problem={problem} onRetry={() => location.reload()} />}
        {!setup.first_run && <Link className="button" to="/sign-in">{t.signIn.submit}</Link>}
      </PublicPage>
    );
  }
  if (!link || link.kind === "sign_in") {
    return (
      <PublicPage title={link ? t.welcome.signInTitle : t.welcome.checking}>
        <Skeleton rows={2} />
      </PublicPage>
    );
  }
  const invited = link.kind === "invitation";
  const role = t.roles[link.role ?? "operator"];
  return (
    <PublicPage
      title={invited ? t.welcome.inviteTitle(link.account?.name ?? "SevenSales") : t.welcome.ownerTitle}
      lead={invited ? t.welcome.inviteLead(link.email ?? "", role) : t.welcome.ownerLead}
    >
      <AcceptLinkForm token={token} link={link} onSession={onSession} />
    </PublicPage>
  );
}
