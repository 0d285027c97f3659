import type { Channel, ChannelKind } from "../api/types.ts";
import type { IconName } from "../ui/Icon.tsx";

export type Condition =
  | "active"
  | "failed"
  | "paused"
  | "healthy"
  | "attention"
  | "broken"
  | "unknown"
  | "restarting"
  | "quarantined"
  | "missing";

/// The plugin's own trouble, which comes before everything else; null while it works.
export function pluginTrouble({ plugin }: Channel): "restarting" | "quarantined" | "missing" | null {
  return plugin && plugin.state !== "working" ? plugin.state : null;
}

/// The one word for a channel: what stops it most comes first. A server that tells no health still tells the state.
export function conditionOf(channel: Channel): Condition {
  const { state, mode, health, problem } = channel;
  const trouble = pluginTrouble(channel);
  if (trouble) return trouble;
  if (state === "paused") return "paused";
  if (health?.state === "broken" || state === "failed") return health ? "broken" : "failed";
  if (health?.state === "healthy" && health.notices?.some(({ kind }) => kind === "reconnect-needed")) {
    return "attention";
  }
  // Nobody is asked about a chat of our own.
  if (health && !(health.state === "unknown" && mode === "none")) return health.state;
  return problem ? "attention" : "active";
}

const looks: Record<Condition, { tone: "ok" | "amber" | "danger" | "quiet"; icon: IconName }> = {
  active: { tone: "ok", icon: "check" },
  healthy: { tone: "ok", icon: "check" },
  paused: { tone: "quiet", icon: "pause" },
  unknown: { tone: "quiet", icon: "clock" },
  attention: { tone: "amber", icon: "alert" },
  restarting: { tone: "amber", icon: "refresh" },
  quarantined: { tone: "amber", icon: "alert" },
  missing: { tone: "amber", icon: "alert" },
  failed: { tone: "danger", icon: "alert" },
  broken: { tone: "danger", icon: "close" },
};

export const lookOf = (condition: Condition) => looks[condition];

const soon = 14 * 86_400_000;

/// Whether the access is about to end, or has ended; null while there is time.
export function expiryOf(expiresAt: string | null | undefined, now: Date): "soon" | "over" | null {
  const left = expiresAt ? Date.parse(expiresAt) - now.getTime() : NaN;
  if (Number.isNaN(left) || left > soon) return null;
  return left > 0 ? "soon" : "over";
}

/// Whether the account was signed out and can be signed in here.
export function needsSignIn({ state, health }: Channel, kind: Pick<ChannelKind, "sign_in"> | null): boolean {
  if (!kind?.sign_in?.length) return false;
  const newest = health?.notices?.find((notice) => notice.kind === "reconnect-needed");
  if (health?.code === "signed-out") return health.state !== "healthy";
  return newest?.code === "signed-out" && (state === "failed" || health?.state !== "healthy");
}
