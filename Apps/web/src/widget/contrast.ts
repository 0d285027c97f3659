/// How far `color` ("#rrggbb") stands out from white: 1 not at all, 21 as black does.
export function contrastWithWhite(color: string): number {
  return 1.05 / (lightOf(color) + 0.05);
}

/// Black or white, whichever reads better on `color` ("#rrggbb").
export function textOn(color: string): "#fff" | "#000" {
  return contrastWithWhite(color) >= 4.5 ? "#fff" : "#000";
}

/// The relative luminance of WCAG; black's for what is no colour.
function lightOf(color: string): number {
  const hex = /^#([0-9a-f]{6})$/i.exec(color)?.[1] ?? "000000";
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
