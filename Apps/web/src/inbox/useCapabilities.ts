import { useEffect, useState } from "react";
import { channels } from "../api/channels.ts";
import type { ChannelCapabilities } from "../api/types.ts";

const nothing: ChannelCapabilities = {};
let loading: Promise<Record<string, ChannelCapabilities>> | null = null;

/// What a kind of channel can do; asked once, since it changes only with the server. Nothing is known until then.
export function useCapabilities(kind: string): ChannelCapabilities {
  const [known, setKnown] = useState<Record<string, ChannelCapabilities>>({});
  useEffect(() => {
    let isOver = false;
    loading ??= channels.kinds().then((page) =>
      Object.fromEntries(page.items.map((item) => [item.kind, item.capabilities]))
    );
    loading.then((all) => !isOver && setKnown(all), () => loading = null);
    return () => {
      isOver = true;
    };
  }, [kind]);
  return known[kind] ?? nothing;
}
