import "../kit.ts";
import { useEffect } from "react";
import { channels } from "../api/channels.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Link } from "../router/Link.tsx";
import { useSession } from "../session/session.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { Screen } from "../ui/Screen.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { useLoaded } from "../ui/useLoaded.ts";
import { ChatSettingsForm } from "./ChatSettingsForm.tsx";
import { IdentityPanel } from "./IdentityPanel.tsx";
import { InstallPanel } from "./InstallPanel.tsx";
import { useWords } from "./words/useWords.ts";

/// The settings of one web chat.
export default function ChatSettingsScreen({ id }: { id: string }) {
  const words = useWords();
  const { t } = useLanguage();
  const { can, hub } = useSession();
  const list = useLoaded(`channel ${id}`, () => channels.list());
  const { reload } = list;
  useEffect(() =>
    hub.listen((event) => {
      if (["channel.changed", "resync"].includes(event.name)) reload();
    }), [hub, reload]);
  const channel = list.value?.items.find((item) => item.id === id);
  const settings = channel?.web_chat;
  const mayWrite = can("channel.write");
  return (
    <Screen
      title={channel ? words.title(channel.name) : t.channels.title}
      lead={words.lead}
      wide
      actions={<Link to="/channels" className="button button--plain">{words.back}</Link>}
      data-testid="chat-settings"
    >
      {list.problem && <ProblemNotice problem={list.problem} onRetry={reload} />}
      {!list.value && !list.problem && <Skeleton rows={6} />}
      {list.value && !settings && <p className="empty" data-testid="chat-gone">{words.gone}</p>}
      {!mayWrite && <p className="notice">{words.readOnly}</p>}
      {channel && settings && (
        <>
          <ChatSettingsForm
            key={channel.id}
            channel={channel}
            saved={settings}
            mayWrite={mayWrite}
            onSaved={(fresh) =>
              list.value && list.set({
                ...list.value,
                items: list.value.items.map((item) => item.id === id ? { ...item, ...fresh } : item),
              })}
          />
          <InstallPanel channel={channel} mayWrite={mayWrite} />
          <IdentityPanel channel={channel} mayWrite={mayWrite} />
        </>
      )}
    </Screen>
  );
}
