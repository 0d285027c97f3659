import type { PageName } from "../router/routes.ts";
import type { IconName } from "../ui/Icon.tsx";

export interface MenuScreen {
  page: "inbox" | "knowledge" | "bot" | "channels" | "team" | "audit" | "settings" | "demo";
  icon: IconName;
  permission: string | null;
}

/// The menu, in order. The first three and "more" make the bottom bar of a phone.
export const screens: MenuScreen[] = [
  { page: "inbox", icon: "inbox", permission: "conversation.read" },
  { page: "knowledge", icon: "book", permission: "knowledge.read" },
  { page: "bot", icon: "bot", permission: "bot.read" },
  { page: "channels", icon: "channels", permission: "channel.read" },
  { page: "team", icon: "team", permission: "user.read" },
  { page: "audit", icon: "audit", permission: "audit.read" },
  { page: "demo", icon: "phone", permission: "conversation.read" },
  { page: "settings", icon: "settings", permission: null },
];

export function permissionOf(page: PageName): string | null {
  // Reached from the settings, not from the menu.
  if (page === "webhooks") return "webhook.read";
  return screens.find((screen) => screen.page === page)?.permission ?? null;
}
