import { useCallback, useEffect, useMemo, useState } from "react";
import { onSession, setCsrf } from "./api/http.ts";
import { Problem } from "./api/problem.ts";
import { sessions } from "./api/sessions.ts";
import type { Language, Session, Setup, User } from "./api/types.ts";
import type { Messages } from "./i18n/en.ts";
import { LanguageProvider, loadMessages, store } from "./i18n/language.tsx";
import { InboxModel } from "./inbox/model.ts";
import { LiveHub } from "./live/hub.ts";
import { navigate, useRoute } from "./router/router.ts";
import { SessionContext } from "./session/session.tsx";
import { SignInPage } from "./session/SignInPage.tsx";
import { applyTheme } from "./session/theme.ts";
import { forgetWriting } from "./inbox/drafts.ts";
import { Shell } from "./shell/Shell.tsx";
import { Toasts } from "./ui/Toasts.tsx";
import { WelcomePage } from "./welcome/WelcomePage.tsx";

export interface Start {
  setup: Setup;
  session: Session | null;
  language: Language;
  messages: Messages;
}

/// The root: language, session, and which half of the interface is open to the person.
export function App({ start }: { start: Start }) {
  const route = useRoute();
  const [words, setWords] = useState({ language: start.language, messages: start.messages });
  const [session, setSession] = useState(start.session);
  const [expired, setExpired] = useState(false);

  const changeLanguage = useCallback(async (language: Language) => {
    const messages = await loadMessages(language);
    store("sevensales.language", language);
    document.documentElement.lang = language;
    setWords({ language, messages });
  }, []);

  const enter = useCallback((next: Session) => {
    setCsrf(next.csrf);
    setExpired(false);
    applyTheme(next.user.theme);
    if (next.user.language) void changeLanguage(next.user.language);
    setSession(next);
  }, [changeLanguage]);

  const welcomed = useCallback((next: Session) => {
    enter(next);
    navigate(next.demo ? "/demo" : "/inbox", { replace: true });
  }, [enter]);

  const signedIn = useCallback((next: Session) => {
    enter(next);
    if (location.pathname === "/sign-in") navigate("/inbox", { replace: true });
  }, [enter]);

  useEffect(() =>
    onSession({
      signedOut: () => {
        setSession(null);
        setExpired(true);
      },
      renew: async () => setCsrf((await sessions.current()).csrf),
    }), []);

  const identity = session && `${session.account.id}.${session.user.id}`;
  const live = useMemo(() => {
    if (!identity) return null;
    const hub = new LiveHub(identity);
    return { hub, inbox: new InboxModel(hub, identity.split(".")[1] ?? "") };
  }, [identity]);
  useEffect(() => {
    live?.hub.start();
    live?.inbox.start();
    return () => {
      live?.inbox.stop();
      live?.hub.stop();
    };
  }, [live]);

  const signedInValue = useMemo(() => {
    if (!session || !live) return null;
    return {
      setup: start.setup,
      session,
      ...live,
      can: (permission: string) => session.permissions.includes(permission),
      setUser: (user: User) => setSession({ ...session, user: { ...session.user, ...user } }),
      signOut: async () => {
        try {
          await sessions.signOut();
        } catch (error) {
          if (Problem.from(error).code === "offline") throw error;
        }
        forgetWriting();
        setCsrf("");
        setSession(null);
        navigate("/sign-in");
      },
    };
  }, [session, live, start.setup]);

  return (
    <LanguageProvider language={words.language} messages={words.messages} change={changeLanguage}>
      {route.page === "welcome" || (!session && start.setup.first_run)
        ? <WelcomePage setup={start.setup} onSession={welcomed} />
        : signedInValue
        ? (
          <SessionContext.Provider value={signedInValue}>
            <Shell route={route} />
          </SessionContext.Provider>
        )
        : <SignInPage expired={expired} onSession={signedIn} />}
      <Toasts />
    </LanguageProvider>
  );
}
