import { useSyncExternalStore } from "react";
import { useLanguage } from "../i18n/language.tsx";
import { Button } from "./Button.tsx";

interface Toast {
  id: number;
  text: string;
  tone: "info" | "error";
  action?: { label: string; run: () => void };
}

let toasts: Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function change(next: Toast[]) {
  toasts = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function dismiss(id: number) {
  change(toasts.filter((toast) => toast.id !== id));
}

/// Shows a short notice for some seconds; one with an action or an error stays longer.
export function toast(text: string, options: { tone?: Toast["tone"]; action?: Toast["action"] } = {}) {
  const id = ++lastId;
  change([...toasts.slice(-2), { id, text, tone: options.tone ?? "info", action: options.action }]);
  setTimeout(() => dismiss(id), options.action || options.tone === "error" ? 10_000 : 5_000);
}

export function Toasts() {
  const { t } = useLanguage();
  const current = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div className="toasts" role="status" data-testid="toasts">
      {current.map((item) => (
        <div key={item.id} className={`toast toast--${item.tone}`}>
          <span>{item.text}</span>
          {item.action && (
            <Button
              small
              onClick={() => {
                dismiss(item.id);
                item.action?.run();
              }}
              data-testid="toast-action"
            >
              {item.action.label}
            </Button>
          )}
          <Button small look="quiet" icon="close" iconOnly onClick={() => dismiss(item.id)}>{t.common.dismiss}</Button>
        </div>
      ))}
    </div>
  );
}
