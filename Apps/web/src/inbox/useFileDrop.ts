import { type RefObject, useEffect, useRef, useState } from "react";

/// Takes files that are dropped on `element`; true while some hover over it. A file dropped beside it would otherwise
/// replace the page.
export function useFileDrop(element: RefObject<HTMLElement>, onFiles: ((files: File[]) => void) | null): boolean {
  const [hovers, setHovers] = useState(false);
  const latest = useRef(onFiles);
  latest.current = onFiles;
  const isOn = onFiles !== null;
  useEffect(() => {
    const node = element.current?.closest<HTMLElement>("[data-pane]") ?? element.current;
    if (!node || !isOn) return;
    const abort = new AbortController();
    const { signal } = abort;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;
    let depth = 0;
    const enter = (by: number) => (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth = Math.max(0, depth + by);
      setHovers(depth > 0);
    };
    node.addEventListener("dragenter", enter(1), { signal });
    node.addEventListener("dragleave", enter(-1), { signal });
    node.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault(), { signal });
    node.addEventListener("drop", (event) => {
      depth = 0;
      setHovers(false);
      if (!hasFiles(event)) return;
      event.preventDefault();
      latest.current?.([...event.dataTransfer?.files ?? []]);
    }, { signal });
    const refuse = (event: DragEvent) => hasFiles(event) && event.preventDefault();
    document.addEventListener("dragover", refuse, { signal });
    document.addEventListener("drop", refuse, { signal });
    return () => abort.abort();
  }, [element, isOn]);
  return hovers;
}
