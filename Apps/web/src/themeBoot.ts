// Runs before the first paint, so that a dark page never flashes light. Its own file because the content security policy
// allows no inline script.
try {
  const theme = localStorage.getItem("sevensales.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  const language = localStorage.getItem("sevensales.language");
  if (language) document.documentElement.lang = language;
} catch {
  // Storage is closed: the device's theme and the browser's language are used.
}
