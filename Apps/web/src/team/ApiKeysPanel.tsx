import { useState } from "react";
import { team } from "../api/team.ts";
import type { ApiKey } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "../ui/Button.tsx";
import { ConfirmDialog } from "../ui/ConfirmDialog.tsx";
import { CopyField } from "../ui/CopyField.tsx";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { toast } from "../ui/Toasts.tsx";
import { useAction } from "../ui/useAction.ts";
import { useLoaded } from "../ui/useLoaded.ts";
import { NewApiKeyDialog } from "./NewApiKeyDialog.tsx";
import { useNow } from "../ui/useNow.ts";

export function ApiKeysPanel() {
  const { t, formats } = useLanguage();
  const now = useNow();
  const keys = useLoaded("api-keys", () => team.apiKeys());
  const [creating, setCreating] = useState(false);
  const [made, setMade] = useState<ApiKey | null>(null);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const { problem, run } = useAction();
  return (
    <section className="panel" aria-labelledby="api-keys">
      <div className="section-head">
        <div>
          <h2 id="api-keys">{t.team.keys}</h2>
          <p className="muted">{t.team.keysLead}</p>
        </div>
        <Button icon="key" onClick={() => setCreating(true)} data-testid="key-new">{t.team.newKey}</Button>
      </div>
      {(problem ?? keys.problem) && <ProblemNotice problem={(problem ?? keys.problem)!} onRetry={keys.reload} />}
      {made?.key && (
        <div className="stack stack--tight" role="status">
          <p>{t.team.keyReady}</p>
          <CopyField label={t.team.keyReady} value={made.key} data-testid="key-value" />
        </div>
      )}
      {keys.value?.items.length === 0 && <p className="muted">{t.team.noKeys}</p>}
      {keys.value && keys.value.items.length > 0 && (
        <ul className="rows" data-testid="api-keys">
          {keys.value.items.map((key) => (
            <li key={key.id} className="rows__item" data-testid="api-key">
              <span className="rows__main">
                <span className="rows__title">{key.name}</span>
                <span className="muted codes">{key.permissions.join(", ")}</span>
                <span className="muted">
                  {`${t.team.lastUsed}: ${
                    key.last_used_at ? formats.relative(new Date(key.last_used_at), now) : t.common.never
                  }`}
                </span>
              </span>
              <Button small look="danger" onClick={() => setRevoking(key)} data-testid="key-revoke">
                {t.team.revoke}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {creating && (
        <NewApiKeyDialog
          onClose={() => setCreating(false)}
          onMade={(key) => {
            setMade(key);
            setCreating(false);
            keys.reload();
          }}
        />
      )}
      {revoking && (
        <ConfirmDialog
          title={t.team.revokeTitle}
          text={t.team.revokeText(revoking.name)}
          action={t.team.revoke}
          onConfirm={() =>
            void run(async () => {
              await team.revokeApiKey(revoking.id);
              toast(t.team.revoked);
              keys.reload();
            })}
          onClose={() => setRevoking(null)}
        />
      )}
    </section>
  );
}
