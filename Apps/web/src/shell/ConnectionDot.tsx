import { useLanguage } from "../i18n/language.tsx";
import { useConnection } from "./useConnection.ts";

/// The quiet, always visible state of the live connection.
export function ConnectionDot() {
  const { t } = useLanguage();
  const state = useConnection();
  const words = t.connection;
  const text = state === "live" ? words.live : state === "polling" ? words.pollingShort : words.connecting;
  return (
    <span className={`connection connection--${state}`} title={text} data-testid="connection" data-state={state}>
      <span className="connection__dot" aria-hidden="true" />
      <span className="connection__text">{text}</span>
    </span>
  );
}
