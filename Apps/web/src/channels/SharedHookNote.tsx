import type { Channel } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";

/// Says that other channels of the same app have this address too: a messenger knows one for an app.
export function SharedHookNote({ channel }: { channel: Channel }) {
  const { t } = useLanguage();
  const names = channel.shared_with ?? [];
  if (!channel.webhook_path || names.length === 0) return null;
  return (
    <p className="muted" data-testid="shared-hook">
      {t.channels.wizard.sharedHook(names.map((name) => `“${name}”`).join(", "))}
    </p>
  );
}
