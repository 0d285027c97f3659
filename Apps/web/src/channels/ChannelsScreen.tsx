import "../kit.ts";
import { useEffect, useState } from "react";
import { channels } from "../api/channels.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { Button } from "../ui/Button.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { Screen } from "../ui/Screen.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { useLoaded } from "../ui/useLoaded.ts";
import { AddChannelDialog } from "./AddChannelDialog.tsx";
import { ChannelCard } from "./ChannelCard.tsx";

export default function ChannelsScreen() {
  const { t } = useLanguage();
  const { can, hub } = useSession();
  const [adding, setAdding] = useState(false);
  const list = useLoaded("channels", () => channels.list());
  const { reload } = list;
  useEffect(() =>
    hub.listen((event) => {
      if (["channel.changed", "resync"].includes(event.name)) reload();
    }), [hub, reload]);
  const mayWrite = can("channel.write");
  return (
    <Screen
      title={t.channels.title}
      lead={t.channels.lead}
      data-testid="channels"
      actions={mayWrite && (
        <Button look="primary" icon="plus" onClick={() => setAdding(true)} data-testid="channel-add">
          {t.channels.add}
        </Button>
      )}
    >
      {!mayWrite && <p className="notice">{t.channels.readOnly}</p>}
      {list.problem && <ProblemNotice problem={list.problem} onRetry={reload} />}
      {!list.value && !list.problem && <Skeleton rows={4} />}
      {list.value?.items.length === 0 && <p className="empty" data-testid="channels-empty">{t.channels.empty}</p>}
      {list.value?.items.map((channel) => <ChannelCard key={channel.id} channel={channel} onChanged={reload} />)}
      {adding && (
        <AddChannelDialog
          onClose={() => setAdding(false)}
          onAdded={() => {
            setAdding(false);
            reload();
          }}
        />
      )}
    </Screen>
  );
}
