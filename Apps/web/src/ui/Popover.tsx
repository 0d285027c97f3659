import { type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";

interface PopoverProps {
  anchor: RefObject<HTMLElement>;
  id?: string;
  role?: string;
  label?: string;
  className?: string;
  onClose: () => void;
  onPointerEnter?: () => void;
  onPointerLeave?: () => void;
  children: ReactNode;
  "data-testid"?: string;
}

interface Place {
  left: number;
  top: number;
}

/// Content beside its anchor, above everything, kept inside the window. Closes on Escape, on a click elsewhere and when
/// the page scrolls.
export function Popover({ anchor, onClose, className, children, label, ...rest }: PopoverProps) {
  const element = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<Place | null>(null);

  useLayoutEffect(() => {
    const box = element.current?.getBoundingClientRect();
    const target = anchor.current?.getBoundingClientRect();
    if (!box || !target) return;
    const left = Math.max(8, Math.min(target.left, innerWidth - box.width - 8));
    const above = target.top - box.height - 6;
    const below = target.bottom + 6;
    const top = above >= 8 ? above : Math.max(8, Math.min(below, innerHeight - box.height - 8));
    setPlace({ left, top });
  }, [anchor]);

  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    const outside = (event: Event) => {
      const target = event.target as Node;
      if (!element.current?.contains(target) && !anchor.current?.contains(target)) onClose();
    };
    const escape = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      if (element.current?.contains(document.activeElement)) anchor.current?.focus();
      onClose();
    };
    document.addEventListener("pointerdown", outside, { signal });
    document.addEventListener("keydown", escape, { signal, capture: true });
    document.addEventListener("scroll", outside, { signal, capture: true });
    return () => abort.abort();
  }, [anchor, onClose]);

  return createPortal(
    <div
      {...rest}
      ref={element}
      aria-label={label}
      className={`popover ${className ?? ""}`}
      style={place ? { left: place.left, top: place.top } : { left: 0, top: 0, visibility: "hidden" }}
    >
      {children}
    </div>,
    anchor.current?.closest("dialog") ?? document.getElementById("content") ?? document.body,
  );
}
