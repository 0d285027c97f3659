import { lazy, Suspense, useEffect, useState } from "react";
import { useLanguage } from "../i18n/language.tsx";
import { InboxScreen } from "../inbox/InboxScreen.tsx";
import { HelpDialog } from "../keyboard/HelpDialog.tsx";
import { usePaneKey } from "../keyboard/panes.ts";
import { useShortcuts } from "../keyboard/shortcuts.ts";
import { navigate } from "../router/router.ts";
import { inboxPath, type PageName, type Route } from "../router/routes.ts";
import { useSession } from "../session/session.tsx";
import { Screen } from "../ui/Screen.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { ConnectionBanner } from "./ConnectionBanner.tsx";
import { NotFound } from "./NotFound.tsx";
import { Sidebar } from "./Sidebar.tsx";
import { permissionOf } from "./screens.ts";

const KnowledgeScreen = lazy(() => import("../knowledge/KnowledgeScreen.tsx"));
const BotScreen = lazy(() => import("../bot/BotScreen.tsx"));
const ChatSettingsScreen = lazy(() => import("../chatsettings/ChatSettingsScreen.tsx"));
const ChannelsScreen = lazy(() => import("../channels/ChannelsScreen.tsx"));
const TeamScreen = lazy(() => import("../team/TeamScreen.tsx"));
const AuditScreen = lazy(() => import("../audit/AuditScreen.tsx"));
const SettingsScreen = lazy(() => import("../settings/SettingsScreen.tsx"));
const WebhooksScreen = lazy(() => import("../webhooks/WebhooksScreen.tsx"));
const DemoScreen = lazy(() => import("../demo/DemoScreen.tsx"));

/// Everything around the screens: menu, connection state, shortcuts, and the screen that the address names.
export function Shell({ route }: { route: Route }) {
  const { t } = useLanguage();
  const { session } = useSession();
  const [help, setHelp] = useState(false);
  usePaneKey();
  useShortcuts({
    "?": () => setHelp(true),
    "g i": () => navigate("/inbox"),
    "g k": () => navigate("/knowledge"),
    "g b": () => navigate("/bot"),
    "g c": () => navigate("/channels"),
    "g s": () => navigate("/settings"),
  });
  const leaves = route.page === "home" || route.page === "sign-in";
  useEffect(() => {
    if (leaves) navigate(session.demo ? "/demo" : "/inbox", { replace: true });
  }, [leaves, session.demo]);

  return (
    <div className={`shell${route.page === "demo" ? " shell--narrow" : ""}`}>
      <a className="skip-link" href="#content" onClick={focusContent}>{t.common.skipToContent}</a>
      <Sidebar route={route} onHelp={() => setHelp(true)} />
      <main className="shell__main" id="content" tabIndex={-1}>
        <ConnectionBanner />
        <Suspense
          fallback={
            <div className="screen">
              <Skeleton rows={4} />
            </div>
          }
        >
          <Page route={route} />
        </Suspense>
      </main>
      {help && <HelpDialog onClose={() => setHelp(false)} />}
    </div>
  );
}

function focusContent(event: { preventDefault: () => void }) {
  event.preventDefault();
  document.getElementById("content")?.focus();
}

function Page({ route }: { route: Route }) {
  const { can } = useSession();
  const needed = permissionOf(route.page);
  if (needed && !can(needed)) return <Forbidden page={route.page} />;
  switch (route.page) {
    case "inbox":
      return <InboxScreen selected={route.id} view={route.view} search={route.search} pathTo={inboxPath} />;
    case "knowledge":
      return <KnowledgeScreen id={route.id} quote={route.quote} />;
    case "bot":
      return <BotScreen />;
    case "channels":
      return route.id ? <ChatSettingsScreen id={route.id} /> : <ChannelsScreen />;
    case "team":
      return <TeamScreen />;
    case "audit":
      return <AuditScreen />;
    case "settings":
      return <SettingsScreen />;
    case "webhooks":
      return <WebhooksScreen />;
    case "demo":
      return <DemoScreen id={route.id} view={route.view} search={route.search} />;
    case "home":
    case "sign-in":
    case "welcome":
      return <Skeleton />;
    case "not-found":
      return <NotFound />;
  }
}

function Forbidden({ page }: { page: PageName }) {
  const { t } = useLanguage();
  const { session } = useSession();
  return (
    <Screen title={t.errors.forbiddenTitle} data-testid={`forbidden-${page}`}>
      <p>{t.errors.forbiddenText(t.roles[session.role])}</p>
    </Screen>
  );
}
