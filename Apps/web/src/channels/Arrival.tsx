import { useLanguage } from "../i18n/language.tsx";
import { Link } from "../router/Link.tsx";
import { Icon } from "../ui/Icon.tsx";
import { useArrival } from "./useArrival.ts";

/// Waits for the first message of a channel and says when it is here.
export function Arrival({ channel }: { channel: string }) {
  const { t } = useLanguage();
  const { wizard: words } = t.channels;
  const arrived = useArrival(channel);
  return (
    <div
      className={arrived ? "arrival arrival--here" : "arrival"}
      role="status"
      data-testid="arrival"
      data-here={arrived}
    >
      <Icon name={arrived ? "check" : "clock"} />
      <span>
        {arrived ? words.arrived : words.arrivalWaiting} {arrived && <Link to="/inbox">{words.toInbox}</Link>}
      </span>
    </div>
  );
}
