import type { Channel } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Icon } from "../ui/Icon.tsx";
import { useNow } from "../ui/useNow.ts";
import { conditionOf, expiryOf, lookOf, pluginTrouble } from "./health.ts";
import { localText } from "./kinds.ts";

const shownNotices = 3;

/// The channel's condition as an icon and a word; the colour only repeats them.
export function ConditionTag({ channel }: { channel: Channel }) {
  const { t } = useLanguage();
  const condition = conditionOf(channel);
  const { tone, icon } = lookOf(condition);
  return (
    <span className={`tag tag--state tag--${tone}`} data-testid="channel-state" data-condition={condition}>
      <Icon name={icon} size={13} />
      {t.channels[condition]}
    </span>
  );
}

/// Why a channel is as it is, what waits in it, and what the messenger reported.
export function ChannelHealthView({ channel }: { channel: Channel }) {
  const { t, language, formats } = useLanguage();
  const now = useNow();
  const { health, plugin, state } = channel;
  const pluginState = pluginTrouble(channel);
  const reason = localText(health?.reason, language) || health?.detail ||
    (pluginState ? "" : channel.problem ?? "");
  const isBad = state === "failed" || health?.state === "broken";
  const expiry = expiryOf(health?.expires_at, now);
  const counts = [
    [t.channels.waitingCount, health?.waiting ?? 0, "clock"],
    [t.channels.uncertainCount, health?.uncertain ?? 0, "info"],
    [t.channels.failedCount, health?.failed ?? 0, "alert"],
  ] as const;
  const notices = health?.notices ?? [];
  return (
    <>
      {pluginState && (
        <div className="notice notice--amber" data-testid="channel-plugin" data-state={pluginState}>
          <Icon name={lookOf(pluginState).icon} />
          <div>
            <p>{t.channels.pluginTroubles[pluginState]}</p>
            {plugin?.reason && <p className="small">{t.channels.pluginReason(plugin.reason)}</p>}
          </div>
        </div>
      )}
      {state === "paused" && <p className="muted">{t.channels.pausedHint}</p>}
      {reason && health?.state !== "healthy" && (
        <div className={`notice notice--${isBad ? "error" : "amber"}`} data-testid="channel-problem">
          <Icon name="alert" />
          <div>
            <p>{reason}</p>
            {health?.reason && health.detail && <p className="small codes">{health.detail}</p>}
          </div>
        </div>
      )}
      {expiry && health?.expires_at && (
        <div className={`notice notice--${expiry === "over" ? "error" : "amber"}`} data-testid="channel-expiry">
          <Icon name="clock" />
          <p>
            {(expiry === "over" ? t.channels.accessEnded : t.channels.accessEnds)(
              formats.day(new Date(health.expires_at)),
            )}
          </p>
        </div>
      )}
      {counts.some(([, count]) => count > 0) && (
        <ul className="tags" aria-label={t.channels.counts} data-testid="channel-counts">
          {counts.map(([text, count, icon]) =>
            count > 0 && (
              <li key={icon} className={icon === "clock" ? "tag" : "tag tag--amber"}>
                <Icon name={icon} size={13} />
                {text(count)}
              </li>
            )
          )}
        </ul>
      )}
      {notices.length > 0 && (
        <div className="stack stack--tight">
          <h3>{t.channels.notices}</h3>
          <ul className="channel-notices" data-testid="channel-notices">
            {notices.slice(0, shownNotices).map((notice) => (
              <li key={notice.at + notice.kind} data-kind={notice.kind}>
                <Icon name={notice.kind === "information" ? "info" : "alert"} size={15} />
                <span>
                  <strong>{t.channels.noticeKinds[notice.kind]}:</strong> {localText(notice.reason, language)}{" "}
                  <time className="muted" dateTime={notice.at}>{formats.relative(new Date(notice.at), now)}</time>
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
