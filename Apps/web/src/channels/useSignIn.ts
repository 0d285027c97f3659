import { useCallback, useEffect, useRef, useState } from "react";
import { channels } from "../api/channels.ts";
import { Problem } from "../api/problem.ts";
import type { LocalizedText, SignInMethod, SignInView } from "../api/types.ts";

/// What is on the screen: a view of the server's, which stays while the server only says that nothing has changed.
export interface SignInState {
  view: SignInView | null;
  busy: boolean;
  problem: Problem | null;
  /// What keeps the provider from answering for the moment.
  hitch: LocalizedText | null;
  begin: (method: SignInMethod, phone?: string) => void;
  answer: (text: string) => void;
}

const lookEvery = 3_000;

/// Signs a channel's account in. While something is shown or asked it looks every three seconds whether that is over.
export function useSignIn(channel: string, onSignedIn: () => void): SignInState {
  const [view, setView] = useState<SignInView | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [hitch, setHitch] = useState<LocalizedText | null>(null);
  const turn = useRef(0);
  const done = useRef(onSignedIn);
  done.current = onSignedIn;

  const take = useCallback((next: SignInView) => {
    setHitch(next.state === "waiting" ? next.reason ?? null : null);
    if (next.state !== "waiting") setView(next);
    if (next.state === "signed-in") done.current();
  }, []);
  const run = useCallback(async (work: () => Promise<SignInView>) => {
    const mine = ++turn.current;
    setBusy(true);
    setProblem(null);
    try {
      const next = await work();
      if (mine === turn.current) take(next);
    } catch (error) {
      if (mine === turn.current) setProblem(Problem.from(error));
    }
    if (mine === turn.current) setBusy(false);
  }, [take]);

  const isOpen = view !== null && ["picture", "code", "asks"].includes(view.state);
  useEffect(() => {
    if (!isOpen || busy) return;
    const mine = turn.current;
    let [timer, isOver] = [0, false];
    const later = () => {
      timer = setTimeout(look, lookEvery) as unknown as number;
    };
    const look = async () => {
      try {
        const next = await channels.lookAtSignIn(channel);
        if (isOver || mine !== turn.current) return;
        take(next);
      } catch (error) {
        if (isOver || mine !== turn.current) return;
        const problem = Problem.from(error);
        // The attempt is over; anything else may be over in a moment.
        if (problem.status === 404) {
          setView(null);
          return setProblem(problem);
        }
      }
      later();
    };
    later();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [channel, isOpen, busy, take]);
  useEffect(() => () => {
    turn.current += 1;
  }, []);

  return {
    view,
    busy,
    problem,
    hitch,
    begin: (method, phone) => void run(() => channels.beginSignIn(channel, method, phone)),
    answer: (text) => view && void run(() => channels.answerSignIn(channel, view.attempt, text)),
  };
}

/// Seconds until `until`, not below zero.
export function secondsLeft(until: string | null | undefined, now: number): number {
  const left = until ? Math.ceil((Date.parse(until) - now) / 1_000) : 0;
  return Number.isFinite(left) ? Math.max(0, left) : 0;
}
