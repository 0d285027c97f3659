/// Which items of a long log exist in the page. `last` null follows the newest item.
export interface LogWindow {
  first: string | null;
  last: string | null;
}

const initial = 40;
const step = 20;
const most = 70;

export function resolveWindow(ids: string[], { first, last }: LogWindow): { start: number; end: number } {
  const end = last === null ? ids.length : ids.indexOf(last) + 1 || ids.length;
  const at = first === null ? -1 : ids.indexOf(first);
  const start = at >= 0 && at < end ? at : Math.max(0, end - initial);
  return { start: last === null ? Math.max(start, end - most) : start, end };
}

export function extendUp(ids: string[], window: LogWindow): LogWindow {
  const { start, end } = resolveWindow(ids, window);
  const first = Math.max(0, start - step);
  const last = Math.min(end, first + most);
  return { first: ids[first] ?? null, last: last >= ids.length ? null : ids[last - 1] ?? null };
}

export function extendDown(ids: string[], window: LogWindow): LogWindow {
  const { start, end } = resolveWindow(ids, window);
  const last = Math.min(ids.length, end + step);
  const first = Math.max(start, last - most);
  return { first: ids[first] ?? null, last: last >= ids.length ? null : ids[last - 1] ?? null };
}
