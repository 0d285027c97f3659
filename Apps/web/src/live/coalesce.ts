/// A function that runs `work` once `delay` has passed (at once without one), but never twice at a time: calls made while
/// it runs lead to one more run.
export function coalesce(work: () => Promise<void>, delay = 0): () => void {
  let running = false;
  let again = false;
  return async function start() {
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      do {
        if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
        again = false;
        await work();
      } while (again);
    } finally {
      running = false;
    }
  };
}
