interface Pressed {
  key: string;
  code: string;
  shiftKey: boolean;
}

/// The Latin name of a pressed key on any layout: what is printed on it when that is Latin, else where it lies.
/// On Cyrillic layouts the key right of the dot gives "." and ","; there it means "/" and "?".
export function keyName({ key, code, shiftKey }: Pressed): string {
  if (/^[a-z]$/i.test(key)) return key.toLowerCase();
  if (key === "/" || key === "?") return key;
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter && key.length === 1) return letter.toLowerCase();
  if (code === "Slash" && (key === "." || key === ",")) return shiftKey ? "?" : "/";
  return key;
}
