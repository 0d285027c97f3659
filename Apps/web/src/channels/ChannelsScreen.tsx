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
import { ChannelCard } from "./ChannelCard.tsx";
import { DeadLetters } from "./DeadLetters.tsx";
import { ConnectWizard } from "./ConnectWizard.tsx";
import { ErasurePanel } from "./ErasurePanel.tsx";

export default function ChannelsScreen() {
  const { t } = useLanguage();
  const { can, hub } = useSession();
  const [wizard, setWizard] = useState<"closed" | "asking" | "connected">("closed");
  const list = useLoaded("channels", () => channels.list());
  const kinds = useLoaded("kinds", () => channels.kinds());
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
      actions={mayWrite && wizard === "closed" && (
        <Button
          look="primary"
          icon="plus"
          onClick={() => setWizard("asking")}
          data-testid="channel-add"
        >
          {t.channels.add}
        </Button>
      )}
    >
      {!mayWrite && <p className="notice">{t.channels.readOnly}</p>}
      {wizard !== "closed" && (
        <ConnectWizard
          kinds={kinds}
          onSaved={() => {
            setWizard("connected");
            reload();
          }}
          onBack={() => setWizard("asking")}
          onClose={() => {
            setWizard("closed");
            reload();
          }}
        />
      )}
      {/* While one fills in a form, the other channels would only be in the way. */}
      {wizard !== "asking" && (
        <>
          {list.problem && <ProblemNotice problem={list.problem} onRetry={reload} />}
          {!list.value && !list.problem && <Skeleton rows={4} />}
          {list.value?.items.length === 0 && <p className="empty" data-testid="channels-empty">{t.channels.empty}</p>}
          {can("privacy.read") && list.value && <ErasurePanel list={list.value.items} />}
          {list.value?.items.map((channel) => (
            <ChannelCard
              key={channel.id}
              channel={channel}
              kind={kinds.value?.items.find(({ kind }) => kind === channel.kind) ?? null}
              onChanged={reload}
            />
          ))}
          {can("conversation.read") && <DeadLetters />}
        </>
      )}
    </Screen>
  );
}
