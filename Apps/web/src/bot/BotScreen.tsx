import "../kit.ts";
import { bot } from "../api/bot.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { Screen } from "../ui/Screen.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { useLoaded } from "../ui/useLoaded.ts";
import { AskBot } from "./AskBot.tsx";
import { BotForm } from "./BotForm.tsx";
import { UsagePanel } from "./UsagePanel.tsx";

export default function BotScreen() {
  const { t } = useLanguage();
  const { can } = useSession();
  const settings = useLoaded("bot", () => bot.settings());
  return (
    <Screen title={t.bot.title} lead={t.bot.lead} wide data-testid="bot">
      {!can("bot.write") && <p className="notice">{t.bot.readOnly}</p>}
      {settings.problem && <ProblemNotice problem={settings.problem} onRetry={settings.reload} />}
      {!settings.value && !settings.problem && <Skeleton rows={8} />}
      {settings.value && (
        <div className="two-columns">
          <BotForm settings={settings.value} onSaved={settings.set} />
          <div className="stack side-column">
            <AskBot />
            {can("usage.read") && <UsagePanel />}
          </div>
        </div>
      )}
    </Screen>
  );
}
