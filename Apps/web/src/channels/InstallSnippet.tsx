import type { Channel } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { CopyField } from "../ui/CopyField.tsx";
import { widgetSnippet } from "./snippet.ts";

export function InstallSnippet({ channel }: { channel: Channel }) {
  const { t } = useLanguage();
  return (
    <div className="stack stack--tight">
      <h3>{t.channels.install}</h3>
      <p className="muted">{t.channels.installHint}</p>
      <CopyField
        label={t.channels.install}
        value={widgetSnippet(
          location.origin,
          channel.public_key ?? "",
          channel.web_chat ?? { color: String(channel.settings.color) },
        )}
        multiline
        data-testid="channel-snippet"
      />
    </div>
  );
}
