import "../kit.ts";
import { type FormEvent, useState } from "react";
import { Problem } from "../api/problem.ts";
import { sessions } from "../api/sessions.ts";
import type { Language, Theme } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { areShortcutsOn, setShortcutsOn } from "../keyboard/shortcuts.ts";
import { Link } from "../router/Link.tsx";
import { useSession } from "../session/session.tsx";
import { applyTheme } from "../session/theme.ts";
import { Button } from "../ui/Button.tsx";
import { Checkbox } from "../ui/Checkbox.tsx";
import { Field } from "../ui/Field.tsx";
import { LanguageSelect } from "../ui/LanguageSelect.tsx";
import { ProblemNotice, problemText } from "../ui/ProblemNotice.tsx";
import { Screen } from "../ui/Screen.tsx";
import { toast } from "../ui/Toasts.tsx";
import { useAction } from "../ui/useAction.ts";
import { SendingRulesPanel } from "./SendingRulesPanel.tsx";
import { ThemeChoice } from "./ThemeChoice.tsx";

export default function SettingsScreen() {
  const { t, language, change } = useLanguage();
  const { session, setup, setUser, signOut, can } = useSession();
  const [name, setName] = useState(session.user.name);
  const [shortcuts, setShortcuts] = useState(areShortcutsOn());
  const { busy, problem, run } = useAction();
  const { theme } = session.user;

  // Language and theme take effect at once; the server keeps them for other devices.
  const keep = async (part: { language?: Language; theme?: Theme }) => {
    try {
      setUser(await sessions.updateMe(part));
    } catch (error) {
      toast(problemText(Problem.from(error), t), { tone: "error" });
    }
  };
  const chooseLanguage = async (chosen: Language) => {
    await change(chosen);
    setUser({ ...session.user, language: chosen });
    await keep({ language: chosen });
  };
  const chooseTheme = (chosen: Theme) => {
    applyTheme(chosen);
    setUser({ ...session.user, theme: chosen });
    void keep({ theme: chosen });
  };
  const saveName = (event: FormEvent) => {
    event.preventDefault();
    if (!name.trim()) return;
    void run(async () => {
      setUser(await sessions.updateMe({ name: name.trim() }));
      toast(t.common.saved);
    });
  };
  return (
    <Screen title={t.settings.title} data-testid="settings">
      <section className="panel">
        <h2>{t.settings.profile}</h2>
        <p className="muted">{`${session.user.email} · ${t.roles[session.role]} · ${session.account.name}`}</p>
        <form className="form-line" onSubmit={saveName}>
          <Field label={t.settings.yourName}>
            <input
              type="text"
              autoComplete="name"
              value={name}
              onChange={(event) => setName(event.target.value)}
              data-testid="settings-name"
            />
          </Field>
          <Button type="submit" busy={busy} data-testid="settings-save">{t.common.save}</Button>
        </form>
        {problem && <ProblemNotice problem={problem} />}
      </section>
      <section className="panel">
        <h2>{t.settings.appearance}</h2>
        <Field label={t.common.language}>
          <LanguageSelect
            value={language}
            onChange={(chosen) => void chooseLanguage(chosen)}
            data-testid="settings-language"
          />
        </Field>
        <ThemeChoice value={theme} onChange={chooseTheme} />
      </section>
      <section className="panel">
        <h2>{t.settings.keyboard}</h2>
        <Checkbox
          label={t.settings.shortcutsOn}
          hint={t.settings.shortcutsHint}
          checked={shortcuts}
          onChange={(on) => {
            setShortcuts(on);
            setShortcutsOn(on);
          }}
          data-testid="settings-shortcuts"
        />
      </section>
      {can("webhook.read") && (
        <section className="panel">
          <h2>{t.settings.developers}</h2>
          <p>
            <Link to="/webhooks" data-testid="settings-webhooks">{t.settings.webhooks}</Link>
          </p>
          <p className="muted">{t.settings.webhooksLead}</p>
        </section>
      )}
      {can("channel.read") && <SendingRulesPanel />}
      <section className="panel">
        <h2>{t.settings.session}</h2>
        <div>
          <Button
            icon="exit"
            onClick={() =>
              void signOut().catch((error) => toast(problemText(Problem.from(error), t), { tone: "error" }))}
            data-testid="sign-out"
          >
            {t.nav.signOut}
          </Button>
        </div>
        <p className="muted">{t.settings.version(setup.version)}</p>
      </section>
    </Screen>
  );
}
