import { createRoot } from "react-dom/client";
import { setCsrf } from "./api/http.ts";
import { Problem } from "./api/problem.ts";
import { sessions } from "./api/sessions.ts";
import { App } from "./App.tsx";
import { loadMessages, preferredLanguage } from "./i18n/language.tsx";
import { applyTheme } from "./session/theme.ts";
import { CrashNotice } from "./shell/CrashNotice.tsx";
import { StartFailure } from "./shell/StartFailure.tsx";

async function currentSession() {
  if (location.pathname === "/welcome" && location.hash) return null;
  try {
    // 204 stands for "nobody is signed in" on servers that spare the console a failed request.
    return await sessions.current() ?? null;
  } catch (error) {
    if (Problem.from(error).status === 401) return null;
    throw error;
  }
}

async function run(container: HTMLElement) {
  const language = preferredLanguage();
  document.documentElement.lang = language;
  const root = createRoot(container);
  const words = loadMessages(language);
  try {
    const [setup, session, messages] = await Promise.all([sessions.setup(), currentSession(), words]);
    const start = { setup, session, language, messages };
    if (session) {
      setCsrf(session.csrf);
      applyTheme(session.user.theme);
      if (session.user.language !== language) {
        start.language = session.user.language;
        start.messages = await loadMessages(session.user.language);
        document.documentElement.lang = session.user.language;
      }
    }
    root.render(
      <CrashNotice messages={start.messages}>
        <App start={start} />
      </CrashNotice>,
    );
  } catch (error) {
    root.render(<StartFailure problem={Problem.from(error)} language={language} messages={await words} />);
  }
}

const container = document.getElementById("root");
if (container) void run(container);
