/// The height of a conversation row in CSS pixels; the style sheet uses the same number.
export const rowHeight = 76;
const margin = 6;

/// Which rows to build for a scroll position: the visible ones and a few on each side.
export function visibleRows(top: number, height: number, count: number): { first: number; last: number } {
  const first = Math.max(0, Math.min(count, Math.floor(top / rowHeight) - margin));
  const last = Math.min(count, Math.ceil((top + height) / rowHeight) + margin);
  return { first, last: Math.max(first, last) };
}
