import { type FormEvent, useState } from "react";
import { team } from "../api/team.ts";
import type { ApiKey } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { useSession } from "../session/session.tsx";
import { Button } from "../ui/Button.tsx";
import { Checkbox } from "../ui/Checkbox.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { fieldText, ProblemNotice } from "../ui/ProblemNotice.tsx";
import { useAction } from "../ui/useAction.ts";

interface NewApiKeyDialogProps {
  onClose: () => void;
  onMade: (key: ApiKey) => void;
}

/// A key can have any of one's own permissions; they are shown by the names that programs use.
export function NewApiKeyDialog({ onClose, onMade }: NewApiKeyDialogProps) {
  const { t } = useLanguage();
  const { session } = useSession();
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<string[]>([]);
  const [tried, setTried] = useState(false);
  const { busy, problem, run } = useAction();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!name.trim() || chosen.length === 0) return;
    void run(async () => onMade(await team.createApiKey(name.trim(), chosen)));
  };
  return (
    <Dialog title={t.team.newKey} onClose={onClose} data-testid="key-dialog">
      <form className="stack" noValidate onSubmit={submit}>
        <Field label={t.team.keyName} error={tried && !name.trim() ? t.errors.required : fieldText(problem, "name", t)}>
          <input type="text" value={name} onChange={(event) => setName(event.target.value)} data-testid="key-name" />
        </Field>
        <fieldset>
          <legend>{t.team.permissions}</legend>
          <div className="permissions">
            {session.permissions.map((permission) => (
              <Checkbox
                key={permission}
                label={permission}
                checked={chosen.includes(permission)}
                onChange={(on) =>
                  setChosen(on ? [...chosen, permission] : chosen.filter((item) => item !== permission))}
                data-testid={`permission-${permission}`}
              />
            ))}
          </div>
          {tried && chosen.length === 0 && <p className="field__error" role="alert">{t.team.pickOne}</p>}
        </fieldset>
        {problem && <ProblemNotice problem={problem} />}
        <footer className="dialog__footer">
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" look="primary" busy={busy} data-testid="key-create">{t.team.create}</Button>
        </footer>
      </form>
    </Dialog>
  );
}
