import type { Channel } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Arrival } from "./Arrival.tsx";

/// What to look for on one's own site. Nobody can look there from here, so a message that arrives is the proof.
export function InstallationDialog({ channel, onClose }: { channel: Channel; onClose: () => void }) {
  const { t } = useLanguage();
  const { installation: words } = t.channels;
  return (
    <Dialog title={words.title} onClose={onClose} data-testid="installation">
      <ol className="numbered">{words.lookFor.map((line) => <li key={line}>{line}</li>)}</ol>
      <Arrival channel={channel.id} />
      {location.protocol !== "https:" && (
        <div className="notice notice--amber">
          <Icon name="alert" />
          <p>{words.insecure(location.origin)}</p>
        </div>
      )}
      <h3>{words.missing}</h3>
      <ul className="bulleted">{words.missingHints.map((line) => <li key={line}>{line}</li>)}</ul>
    </Dialog>
  );
}
