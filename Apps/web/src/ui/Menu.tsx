import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Button, type ButtonProps } from "./Button.tsx";
import { Popover } from "./Popover.tsx";

export interface MenuItem {
  key: string;
  label: ReactNode;
  checked?: boolean;
  run: () => void;
}

interface MenuProps {
  label: string;
  items: MenuItem[];
  button?: Partial<ButtonProps>;
  /// Opens the menu from outside (a keyboard shortcut) each time this grows.
  openSignal?: number;
  "data-testid"?: string;
}

/// A button with a list of actions; arrows move, letters of no list are needed because lists are short.
export function Menu({ label, items, button, openSignal = 0, ...rest }: MenuProps) {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const seenSignal = useRef(openSignal);

  useEffect(() => {
    if (openSignal === seenSignal.current) return;
    seenSignal.current = openSignal;
    setOpen(true);
  }, [openSignal]);
  useEffect(() => {
    if (open) list.current?.querySelector<HTMLElement>("[role^=menuitem]")?.focus();
  }, [open]);

  const close = () => setOpen(false);
  const move = (event: KeyboardEvent) => {
    const all = [...list.current?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? []];
    const index = all.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Tab") return close();
    if (event.key === "Home") all[0]?.focus();
    else if (event.key === "End") all.at(-1)?.focus();
    else if (step) all[(index + step + all.length) % all.length]?.focus();
    else return;
    event.preventDefault();
  };

  return (
    <>
      <Button
        {...button}
        ref={anchor}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        data-testid={rest["data-testid"]}
      >
        {label}
      </Button>
      {open && (
        <Popover anchor={anchor} onClose={close} className="menu">
          {/* oxlint-disable-next-line jsx-a11y/interactive-supports-focus -- the items hold the focus */}
          <div role="menu" aria-label={label} ref={list} onKeyDown={move}>
            {items.map((item) => (
              <button
                key={item.key}
                type="button"
                tabIndex={-1}
                className="menu__item"
                role={item.checked === undefined ? "menuitem" : "menuitemradio"}
                aria-checked={item.checked}
                data-testid={`menu-${item.key}`}
                onClick={() => {
                  close();
                  anchor.current?.focus();
                  item.run();
                }}
              >
                {item.label}
              </button>
            ))}
          </div>
        </Popover>
      )}
    </>
  );
}
