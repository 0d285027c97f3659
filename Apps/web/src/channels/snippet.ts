/// The line that puts the chat on a site. Its values come from our own server but are escaped all the same.
export function widgetSnippet(origin: string, key: string, color: unknown): string {
  const paint = typeof color === "string" && /^#[0-9a-f]{6}$/i.test(color) ? ` data-color="${color}"` : "";
  return `<script src="${escaped(origin)}/widget.js" data-key="${escaped(key)}"${paint} async></script>`;
}

function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
}
