import type { Theme } from "../api/types.ts";
import { store } from "../i18n/language.tsx";

/// Shows and remembers the theme. themeBoot.ts applies the remembered one before the first paint.
export function applyTheme(theme: Theme) {
  store("sevensales.theme", theme);
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
