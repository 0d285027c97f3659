import { useEffect, useMemo, useState } from "react";
import { channels } from "../api/channels.ts";
import type { ChannelCapabilities, Conversation } from "../api/types.ts";

const nothing: ChannelCapabilities = {};
let loading: Promise<Record<string, ChannelCapabilities>> | null = null;

/// What a kind of channel can do; asked once, since it changes only with the server. Nothing is known until then.
function useKind(kind: string): ChannelCapabilities {
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

/// What a channel can do. People have the longer window only where its own setting says so; until that is known there is no rule.
export function useCapabilities({ id, kind }: Conversation["channel"]): ChannelCapabilities {
  const all = useKind(kind);
  const setting = all.person_reply_setting;
  const [granted, setGranted] = useState<{ id: string; is: boolean } | null>(null);
  useEffect(() => {
    if (!setting) return;
    let isOver = false;
    channels.list().then(({ items }) => {
      const is = items.find((channel) => channel.id === id)?.settings[setting] === "true";
      if (!isOver) setGranted({ id, is });
    }, () => {});
    return () => {
      isOver = true;
    };
  }, [id, setting]);
  return useMemo(() => {
    if (!setting) return all;
    if (granted?.id !== id) return { ...all, reply_window: null, person_reply_window: null };
    return granted.is ? all : { ...all, person_reply_window: null };
  }, [all, setting, granted, id]);
}
