/// How long to wait before try number `attempt` (from 0), in milliseconds. A restart takes seconds, so the first dozen
/// tries stay within a second and a half; after that waits double up to 15 s. ±20 % of jitter keeps a restarted server
/// from being met by every browser at once.
export function backoff(attempt: number, random: () => number = Math.random): number {
  const quick = Math.min(1_500, 250 * 2 ** Math.min(attempt, 10));
  const base = attempt < 12 ? quick : Math.min(15_000, 1_500 * 2 ** Math.min(attempt - 11, 10));
  return Math.round(base * (0.8 + 0.4 * random()));
}
