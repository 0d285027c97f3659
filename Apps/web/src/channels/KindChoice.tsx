import type { ChannelKind } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Icon } from "../ui/Icon.tsx";
import { kindIcon, kindTitle } from "./kinds.ts";

interface KindChoiceProps {
  kinds: ChannelKind[];
  onChoose: (kind: ChannelKind) => void;
}

/// What most shops connect first stands first; a kind of somebody else's plugin comes after those we know.
const order = ["telegram", "webchat", "wappi", "instagram", "facebook", "avito", "max"];
const placeOf = ({ kind }: ChannelKind) => order.includes(kind) ? order.indexOf(kind) : order.length;

export function KindChoice({ kinds, onChoose }: KindChoiceProps) {
  const { t, language } = useLanguage();
  const about: Record<string, string | undefined> = t.channels.about;
  return (
    <ul className="kind-choice">
      {[...kinds].sort((a, b) => placeOf(a) - placeOf(b)).map((kind) => (
        <li key={kind.kind}>
          <button
            type="button"
            className="kind-choice__card"
            onClick={() => onChoose(kind)}
            data-testid={`kind-${kind.kind}`}
          >
            <Icon name={kindIcon(kind.kind)} size={22} />
            <span>
              <strong>{kindTitle(kind, language)}</strong>
              {about[kind.kind] && <span className="muted">{about[kind.kind]}</span>}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
