import { useCallback, useEffect, useRef, useState } from "react";
import { Problem } from "../api/problem.ts";
import type { Page } from "../api/types.ts";

interface Paged<Item> {
  items: Item[] | null;
  problem: Problem | null;
  loadingMore: boolean;
  /// Loads the next page; null when there is none.
  more: (() => void) | null;
  reload: () => void;
}

/// A list that grows page by page; a change of `key` begins anew while the old items stay visible.
export function usePaged<Item>(key: string, load: (after: string | null) => Promise<Page<Item>>): Paged<Item> {
  const [page, setPage] = useState<{ items: Item[]; next: string | null } | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [loadingMore, setLoadingMore] = useState(false);
  const latest = useRef(load);
  latest.current = load;
  const turn = useRef(0);

  const fetchPage = useCallback(async (after: string | null, before: Item[]) => {
    const mine = ++turn.current;
    try {
      const fresh = await latest.current(after);
      if (mine !== turn.current) return;
      setPage({ items: [...before, ...fresh.items], next: fresh.next });
      setProblem(null);
    } catch (error) {
      if (mine === turn.current) setProblem(Problem.from(error));
    } finally {
      if (mine === turn.current) setLoadingMore(false);
    }
  }, []);
  const reload = useCallback(() => void fetchPage(null, []), [fetchPage]);

  useEffect(() => {
    const timer = setTimeout(reload, key && page ? 250 : 0);
    return () => clearTimeout(timer);
    // Only another key loads again; the page itself must not.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [key, reload]);
  useEffect(() => () => void turn.current++, []);

  const more = page?.next
    ? () => {
      setLoadingMore(true);
      void fetchPage(page.next, page.items);
    }
    : null;
  return { items: page?.items ?? null, problem, loadingMore, more, reload };
}
