import { useEffect, useRef } from "react";
import { readStored, store } from "../i18n/language.tsx";
import { keyName } from "./keyName.ts";

/// Actions by key; a pair like "g i" is two keys after each other.
export type Shortcuts = Record<string, (() => void) | undefined>;

const sets: { current: Shortcuts }[] = [];
let prefix = "";
let prefixTimer = 0;

export function areShortcutsOn(): boolean {
  return readStored("sevensales.shortcuts") !== "off";
}

export function setShortcutsOn(on: boolean) {
  store("sevensales.shortcuts", on ? "on" : "off");
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio]), textarea, select"));
}

function press(event: KeyboardEvent) {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isWriting(event.target) || document.querySelector("dialog[open], [role=menu]") || !areShortcutsOn()) return;
  const name = keyName(event);
  const full = prefix ? `${prefix} ${name}` : name;
  prefix = "";
  clearTimeout(prefixTimer);
  const run = [...sets].reverse().map((set) => set.current[full]).find(Boolean);
  if (run) {
    event.preventDefault();
    run();
  } else if (sets.some((set) => Object.keys(set.current).some((key) => key.startsWith(`${full} `)))) {
    prefix = full;
    prefixTimer = setTimeout(() => prefix = "", 1_500) as unknown as number;
  }
}

/// Adds shortcuts while the component is on the page; a later component's win over an earlier one's.
export function useShortcuts(shortcuts: Shortcuts) {
  const current = useRef(shortcuts);
  current.current = shortcuts;
  useEffect(() => {
    if (sets.length === 0) document.addEventListener("keydown", press);
    sets.push(current);
    return () => {
      sets.splice(sets.indexOf(current), 1);
      if (sets.length === 0) document.removeEventListener("keydown", press);
    };
  }, []);
}
