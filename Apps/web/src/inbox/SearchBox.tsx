import { useEffect, useRef, useState } from "react";
import type { View } from "../api/types.ts";
import { useLanguage } from "../i18n/language.tsx";
import { navigate } from "../router/router.ts";
import { Icon } from "../ui/Icon.tsx";
import type { PathTo } from "./InboxScreen.tsx";

interface SearchBoxProps {
  view: View;
  search: string;
  pathTo: PathTo;
}

const pause = 250;

/// Searches while one types, after a short pause; the search is part of the address.
export function SearchBox({ view, search, pathTo }: SearchBoxProps) {
  const { t } = useLanguage();
  const [text, setText] = useState(search);
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);

  const go = (value: string) => navigate(pathTo(null, view, value.trim()), { replace: true });
  const type = (value: string) => {
    setText(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => go(value), pause) as unknown as number;
  };
  return (
    <div className="search-box" role="search">
      <Icon name="search" size={16} />
      <input
        id="inbox-search"
        type="search"
        value={text}
        placeholder={t.inbox.searchPlaceholder}
        aria-label={t.inbox.searchPlaceholder}
        aria-keyshortcuts="/"
        onChange={(event) => type(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") go(text);
          if (event.key === "Escape") {
            type("");
            event.currentTarget.blur();
          }
        }}
        data-testid="inbox-search"
      />
    </div>
  );
}
