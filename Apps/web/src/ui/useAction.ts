import { useCallback, useState } from "react";
import { Problem } from "../api/problem.ts";

/// Runs one action at a time and keeps its problem for showing beside the control.
export function useAction(): {
  busy: boolean;
  problem: Problem | null;
  run: (work: () => Promise<void>) => Promise<void>;
} {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const run = useCallback(async (work: () => Promise<void>) => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem(Problem.from(error));
    } finally {
      setBusy(false);
    }
  }, []);
  return { busy, problem, run };
}
