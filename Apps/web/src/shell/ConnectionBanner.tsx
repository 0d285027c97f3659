import { useEffect, useState } from "react";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { useSelected } from "../store/store.ts";
import { Icon } from "../ui/Icon.tsx";
import { useConnection } from "./useConnection.ts";

const patience = 2_000;

/// Says which part of the way to the server fails, once it has failed for two seconds.
export function ConnectionBanner() {
  const { t } = useLanguage();
  const { inbox } = useSession();
  const state = useConnection();
  const [late, setLate] = useState(false);
  const queued = useSelected(
    inbox.store,
    (inboxState) => inboxState.pending.filter((message) => message.state === "waiting").length,
  );
  useEffect(() => {
    setLate(false);
    if (state === "live" || state === "signed-out") return;
    const timer = setTimeout(() => setLate(true), patience);
    return () => clearTimeout(timer);
  }, [state]);

  const words = {
    connecting: t.connection.connectingLong,
    polling: t.connection.polling,
    unreachable: t.connection.unreachable,
    offline: t.connection.offline,
    live: "",
    "signed-out": "",
  }[state];
  const isShown = late && words !== "";
  return (
    <div role="status" className="banner-holder">
      {(isShown || queued > 0) && (
        <p className={`banner banner--${state}`} data-testid="connection-banner">
          <Icon name="alert" size={16} />
          <span>{[isShown && words, queued > 0 && t.connection.queue(queued)].filter(Boolean).join(" ")}</span>
        </p>
      )}
    </div>
  );
}
