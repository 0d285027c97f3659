import "../kit.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { Screen } from "../ui/Screen.tsx";
import { ApiKeysPanel } from "./ApiKeysPanel.tsx";
import { InvitationsPanel } from "./InvitationsPanel.tsx";
import { MembersPanel } from "./MembersPanel.tsx";

export default function TeamScreen() {
  const { t } = useLanguage();
  const { can } = useSession();
  return (
    <Screen title={t.team.title} lead={t.team.lead} data-testid="team">
      <MembersPanel />
      {can("user.write") && <InvitationsPanel />}
      {can("apikey.write") && <ApiKeysPanel />}
    </Screen>
  );
}
