import type { View } from "../api/types.ts";

export const views: View[] = ["all", "mine", "unassigned", "waiting", "closed"];

export function viewOf(text: string | null): View {
  return views.find((view) => view === text) ?? "all";
}
