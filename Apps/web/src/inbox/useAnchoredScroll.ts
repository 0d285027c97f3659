import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

const nearEnd = 40;
const nearEdge = 400;

interface Edges {
  onNearTop: () => void;
  onNearEnd: () => void;
}

const sizeOf = (box: HTMLElement) => `${box.clientHeight} ${box.scrollHeight}`;

/// Keeps a log still while items are added or removed around what one reads; at the end it follows new items instead.
/// The children of `content` carry `data-item`.
export function useAnchoredScroll(
  scroller: RefObject<HTMLElement>,
  content: RefObject<HTMLElement>,
  edges: Edges,
): { isAtEnd: boolean; toEnd: () => void } {
  const follows = useRef(true);
  const anchor = useRef<{ id: string; offset: number } | null>(null);
  const settled = useRef("");
  const latest = useRef(edges);
  latest.current = edges;
  const [isAtEnd, setIsAtEnd] = useState(true);

  const remember = useCallback(() => {
    const [box, list] = [scroller.current, content.current];
    if (!box || !list) return;
    const top = box.scrollTop;
    for (const child of list.children as HTMLCollectionOf<HTMLElement>) {
      const id = child.dataset.item;
      if (!id || child.offsetTop + child.offsetHeight <= top) continue;
      anchor.current = { id, offset: child.offsetTop - top };
      return;
    }
  }, [scroller, content]);

  const settle = useCallback(() => {
    const [box, list] = [scroller.current, content.current];
    if (!box || !list) return;
    settled.current = sizeOf(box);
    if (follows.current) {
      box.scrollTop = box.scrollHeight;
    } else if (anchor.current) {
      const kept = list.querySelector<HTMLElement>(`[data-item="${CSS.escape(anchor.current.id)}"]`);
      const wanted = kept ? kept.offsetTop - anchor.current.offset : box.scrollTop;
      if (Math.abs(wanted - box.scrollTop) >= 1) box.scrollTop = wanted;
    }
  }, [scroller, content]);

  useLayoutEffect(() => {
    settle();
    remember();
    // Too little to scroll: no scroll event would ever ask for more.
    if (scroller.current && scroller.current.scrollTop < nearEdge) latest.current.onNearTop();
  });

  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const scrolled = () => {
      // The log grew or shrank around the place (a hint above the composer): that is nobody's scrolling.
      if (follows.current && sizeOf(box) !== settled.current) return settle();
      const below = box.scrollHeight - box.scrollTop - box.clientHeight;
      follows.current = below < nearEnd;
      setIsAtEnd(follows.current);
      remember();
      if (box.scrollTop < nearEdge) latest.current.onNearTop();
      if (below < nearEdge) latest.current.onNearEnd();
    };
    box.addEventListener("scroll", scrolled, { passive: true });
    const observer = new ResizeObserver(settle);
    observer.observe(box);
    if (content.current) observer.observe(content.current);
    return () => {
      box.removeEventListener("scroll", scrolled);
      observer.disconnect();
    };
  }, [scroller, content, remember, settle]);

  const toEnd = useCallback(() => {
    follows.current = true;
    settle();
  }, [settle]);
  return { isAtEnd, toEnd };
}
