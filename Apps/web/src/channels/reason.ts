import { channels } from "../api/channels.ts";
import type { ChannelTest, Language } from "../api/types.ts";
import { localText } from "./kinds.ts";

/// Why a test failed, in the reader's language: from the answer, else from the health that the server noted with it, else
/// in the server's own words.
export async function reasonOf(id: string, test: ChannelTest, language: Language): Promise<string> {
  if (test.reason) return localText(test.reason, language);
  try {
    const health = (await channels.list()).items.find((channel) => channel.id === id)?.health;
    if (health?.state !== "healthy" && health?.reason) return localText(health.reason, language);
  } catch {
    // The test's own words will do.
  }
  return test.problem ?? "";
}
