import { useRef, useSyncExternalStore } from "react";

/// State that changes only through `reduce`, so that every change has a name and can be tested without a browser.
export class Store<State, Action> {
  private readonly listeners = new Set<() => void>();

  constructor(private current: State, private readonly reduce: (state: State, action: Action) => State) {}

  get state(): State {
    return this.current;
  }

  readonly dispatch = (action: Action) => {
    const next = this.reduce(this.current, action);
    if (next === this.current) return;
    this.current = next;
    for (const listener of this.listeners) listener();
  };

  readonly subscribe = (listener: () => void): () => void => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

/// What `select` finds in the store; the component renders again when the selection is another value.
export function useSelected<State, Action, Selected>(
  store: Store<State, Action>,
  select: (state: State) => Selected,
): Selected {
  const last = useRef<{ state: State; select: typeof select; selected: Selected } | null>(null);
  return useSyncExternalStore(store.subscribe, () => {
    if (last.current && last.current.state === store.state && last.current.select === select) {
      return last.current.selected;
    }
    const selected = select(store.state);
    last.current = { state: store.state, select, selected };
    return selected;
  });
}
