import { useEffect } from "react";

/// F6 and Shift+F6 walk through the panes of the page.
export function usePaneKey() {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== "F6" || document.querySelector("dialog[open]")) return;
      const panes = [...document.querySelectorAll<HTMLElement>("[data-pane]")].filter((pane) => pane.offsetParent);
      if (panes.length === 0) return;
      event.preventDefault();
      const at = panes.findIndex((pane) => pane.contains(document.activeElement));
      const next = panes[(at + (event.shiftKey ? -1 : 1) + panes.length) % panes.length];
      const target = next?.querySelector<HTMLElement>("[data-pane-focus], h1, h2, a[href], button") ?? next;
      target?.focus();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}
