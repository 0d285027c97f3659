import { useEffect } from "react";
import { channels } from "../api/channels.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { useAction } from "../ui/useAction.ts";
import { useLoaded } from "../ui/useLoaded.ts";

/// Lets a visitor of the demo crash the web chat's plugin, and shows how the channel falls and stands up again.
export function CrashPlugin({ channelKey }: { channelKey: string }) {
  const { t } = useLanguage();
  const { hub } = useSession();
  const list = useLoaded("demo-channels", () => channels.list());
  const { busy, problem, run } = useAction();
  const { reload } = list;
  useEffect(() =>
    hub.listen((event) => {
      if (["channel.changed", "resync"].includes(event.name)) reload();
    }), [hub, reload]);
  const channel = list.value?.items.find((item) => item.public_key === channelKey);
  const state = channel?.plugin?.state ?? "working";
  const works = state === "working";
  return (
    <div className="demo__crash">
      <p
        className={`demo__light${works ? "" : " demo__light--amber"}`}
        role="status"
        data-testid="demo-channel-state"
        data-state={state}
      >
        <Icon name={works ? "check" : "clock"} size={14} /> {works ? t.demo.works : t.demo.restarts}
      </p>
      <Button
        small
        disabled={busy || !works}
        onClick={() =>
          void run(async () => {
            await channels.crashDemoPlugin();
          })}
        data-testid="demo-crash"
      >
        {t.demo.crash}
      </Button>
      <p className="muted small">{t.demo.crashHint}</p>
      {problem && <ProblemNotice problem={problem} />}
    </div>
  );
}
