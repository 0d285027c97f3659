import { http } from "./http.ts";
import type { Channel, ChannelKind, ChannelMode, ChannelTest, DemoInfo, Page } from "./types.ts";

export interface ChannelDraft {
  kind: string;
  name: string;
  mode?: ChannelMode;
  settings: Record<string, string>;
}

const root = "/api/v1/channels";

export const channels = {
  kinds: () => http.get<Page<ChannelKind>>("/api/v1/channel-kinds"),
  list: () => http.get<Page<Channel>>(root),
  add: (draft: ChannelDraft) => http.post<Channel>(root, draft),
  update: (id: string, change: { name?: string; state?: "active" | "paused"; settings?: Record<string, string> }) =>
    http.patch<Channel>(`${root}/${id}`, change),
  remove: (id: string) => http.remove(`${root}/${id}`),
  test: (id: string) => http.post<ChannelTest>(`${root}/${id}/test`),
  registerWebhook: (id: string) => http.post<ChannelTest>(`${root}/${id}/webhook`),
  crashDemoPlugin: () => http.post<void>("/api/v1/demo/crash-plugin"),
  demo: () => http.get<DemoInfo>("/api/v1/demo"),
};
