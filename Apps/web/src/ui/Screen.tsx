import { type ReactNode, useEffect, useRef } from "react";

interface ScreenProps {
  title: string;
  lead?: string;
  actions?: ReactNode;
  children: ReactNode;
  wide?: boolean;
  /// The content may have nothing to focus, so the page itself takes the keyboard for scrolling.
  readingOnly?: boolean;
  "data-testid"?: string;
}

/// A page with one heading, which takes the focus when the page opens.
export function Screen({ title, lead, actions, children, wide, readingOnly, ...rest }: ScreenProps) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard
    <div className="screen" data-pane tabIndex={readingOnly ? 0 : undefined} data-testid={rest["data-testid"]}>
      <div className={wide ? "screen__inner screen__inner--wide" : "screen__inner"}>
        <header className="screen__header">
          <div>
            <PageHeading>{title}</PageHeading>
            {lead && <p className="screen__lead">{lead}</p>}
          </div>
          {actions && <div className="screen__actions">{actions}</div>}
        </header>
        {children}
      </div>
    </div>
  );
}

/// The page's only h1. It takes the focus once, so that a screen reader says where one is.
export function PageHeading({ children, hidden }: { children: string; hidden?: boolean }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const { activeElement } = document;
    if (!activeElement || activeElement === document.body || !activeElement.matches("input, textarea, select")) {
      heading.current?.focus({ preventScroll: true });
    }
  }, []);
  useEffect(() => {
    document.title = `${children} · SevenSales`;
  }, [children]);
  return <h1 ref={heading} tabIndex={-1} className={hidden ? "visually-hidden" : undefined}>{children}</h1>;
}
