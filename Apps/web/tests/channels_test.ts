import type { Channel, ChannelField, ChannelHealth } from "../src/api/types.ts";
import { conditionOf, expiryOf } from "../src/channels/health.ts";
import { changedSettings, filledSettings, isRare, localText, mustPaste } from "../src/channels/kinds.ts";
import { equal } from "./assert.ts";

const channel = (change: Partial<Channel> = {}): Channel => ({
  id: "c",
  kind: "telegram",
  name: "Bot",
  mode: "webhook",
  state: "active",
  problem: null,
  webhook_path: "/hooks/x",
  public_key: null,
  last_inbound_at: null,
  created_at: "2026-11-22T12:00:00Z",
  settings: {},
  ...change,
});
const health = (state: ChannelHealth["state"], change: Partial<ChannelHealth> = {}): ChannelHealth => ({
  state,
  reason: null,
  detail: null,
  checked_at: null,
  account: null,
  expires_at: null,
  waiting: 0,
  uncertain: 0,
  failed: 0,
  notices: [],
  ...change,
});
const field = (name: string, change: Partial<ChannelField> = {}): ChannelField => ({
  name,
  title: { en: name },
  secret: false,
  required: false,
  ...change,
});

Deno.test("what stops a channel most is what is said", () => {
  const working = { state: "working", reason: null } as const;
  equal(conditionOf(channel()), "active", "a server that tells no health");
  equal(conditionOf(channel({ problem: "x" })), "attention");
  equal(conditionOf(channel({ state: "failed" })), "failed");
  equal(conditionOf(channel({ health: health("healthy"), plugin: working })), "healthy");
  equal(conditionOf(channel({ health: health("broken"), state: "paused" })), "paused");
  equal(conditionOf(channel({ health: health("healthy"), state: "failed" })), "broken");
  equal(conditionOf(channel({ plugin: { state: "quarantined", reason: "" }, state: "paused" })), "quarantined");
  equal(conditionOf(channel({ health: health("unknown") })), "unknown");
  equal(conditionOf(channel({ health: health("unknown"), mode: "none" })), "active", "nobody to ask");
  const again = [{ kind: "reconnect-needed" as const, reason: {}, at: "" }];
  equal(conditionOf(channel({ health: health("healthy", { notices: again }) })), "attention");
});

Deno.test("access that ends is told two weeks ahead", () => {
  const now = new Date("2026-11-22T12:00:00Z");
  equal(
    ["2027-01-01T00:00:00Z", "2026-12-01T00:00:00Z", "2026-11-01T00:00:00Z", null, "?"].map((at) => expiryOf(at, now)),
    [
      null,
      "soon",
      "over",
      null,
      null,
    ],
  );
});

Deno.test("only what was changed is sent, and a stored secret is kept when nothing was typed", () => {
  const fields = [field("token", { secret: true }), field("base"), field("note")];
  equal(changedSettings(fields, { token: "", base: " https://x ", note: "" }, { base: "https://x", note: "old" }), {
    note: "",
  });
  equal(changedSettings(fields, { token: " new " }, {}), { token: "new" });
  equal(filledSettings({ a: " x ", b: " " }), { a: "x" });
});

Deno.test("addresses of the provider and texts with a good value are folded away", () => {
  equal(isRare(field("api_base", { kind: "base-url" })), true);
  equal(isRare(field("api_base")), true, "a server that does not tell the kind");
  equal(isRare(field("api_version", { kind: "text", default: "v23.0" })), true);
  equal(isRare(field("human_agent", { kind: "flag", default: "false" })), false);
  equal(isRare(field("app_id", { kind: "text" })), false);
  equal(isRare(field("base", { kind: "base-url", required: true })), false);
});

Deno.test("the webhook's address is pasted by hand only where the messenger does not take it", () => {
  equal(mustPaste(channel(), false), false);
  equal(mustPaste(channel({ kind: "facebook" }), false), true);
  equal(mustPaste(channel({ kind: "facebook" }), true), true);
  equal(mustPaste(channel({ kind: "facebook", settings: { app_id: "1" } }), true), false);
});

Deno.test("a text falls back to English", () => {
  equal([localText({ en: "a", kk: "b" }, "kk"), localText({ en: "a" }, "ru"), localText(null, "ru")], ["b", "a", ""]);
});
