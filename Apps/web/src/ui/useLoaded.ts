import { useCallback, useEffect, useRef, useState } from "react";
import { Problem } from "../api/problem.ts";

export interface Loaded<Value> {
  value: Value | null;
  problem: Problem | null;
  reload: () => void;
  set: (value: Value) => void;
}

/// Loads a value when the component appears and each time `key` changes; a late answer for an old key is dropped.
export function useLoaded<Value>(key: string, load: () => Promise<Value>): Loaded<Value> {
  const [value, setValue] = useState<Value | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const latest = useRef(load);
  latest.current = load;
  const turn = useRef(0);

  const reload = useCallback(() => {
    const mine = ++turn.current;
    latest.current().then(
      (loaded) => {
        if (mine !== turn.current) return;
        setValue(loaded);
        setProblem(null);
      },
      (error) => mine === turn.current && setProblem(Problem.from(error)),
    );
  }, []);

  useEffect(() => {
    setValue(null);
    setProblem(null);
    reload();
    return () => {
      turn.current += 1;
    };
  }, [key, reload]);

  return { value, problem, reload, set: setValue };
}
