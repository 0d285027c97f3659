// The webhooks of the development mock server: one that works, and one that was disabled. Nothing here is part of the product.
import type { Webhook, WebhookDelivery } from "../src/api/webhooks.ts";

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const json = (body: unknown, status = 200) => Response.json(body, { status });
const page = (items: unknown[]) => json({ items, next: null });
const secret = () => `whsec_${btoa(crypto.randomUUID())}`;
const events = [
  ["message.received", "A customer wrote."],
  ["message.sent", "A message was taken by the provider."],
  ["conversation.handed_over", "The bot called a person."],
  ["contact.updated", "A customer's name, language or picture is another. The picture is not among the fields."],
].map(([event, description]) => ({ event, description, fields: ["message_id", "conversation_id"] }));

function webhook(change: Partial<Webhook>): Webhook {
  return {
    id: crypto.randomUUID(),
    url: "https://crm.example.kz/hook",
    description: "",
    events: ["message.received"],
    state: "active",
    reason: null,
    failing_since: null,
    pending: 0,
    former_secret_until: null,
    created_at: ago(50_000),
    ...change,
  };
}

const hooks = [
  webhook({ description: "CRM", events: ["message.received", "contact.updated"] }),
  webhook({ url: "https://old.example.kz/hook", description: "Склад", state: "disabled", reason: "failing" }),
];

function delivery(hook: Webhook, change: Partial<WebhookDelivery>): WebhookDelivery {
  return {
    id: crypto.randomUUID(),
    webhook_id: hook.id,
    event: "message.received",
    facts: { message_id: crypto.randomUUID() },
    status: "delivered",
    next_at: null,
    occurred_at: ago(5),
    settled_at: ago(5),
    attempts: [{ number: 1, at: ago(5), duration: 84, code: 200, failure: null, answer: "ok" }],
    ...change,
  };
}

const deliveries = hooks.flatMap((hook) => [
  delivery(hook, {}),
  delivery(hook, {
    status: "failed",
    occurred_at: ago(7_000),
    settled_at: ago(2_500),
    attempts: [
      { number: 1, at: ago(7_000), duration: 15_000, code: null, failure: "timeout" },
      { number: 2, at: ago(6_990), duration: 120, code: 500, failure: null, answer: "Internal Server Error" },
    ],
  }),
]);

/// Answers what is about webhooks; null for anything else.
// deno-lint-ignore no-explicit-any
export function webhooks(method: string, url: URL, [first, id, act]: string[], body: any): Response | null {
  if (first === "webhook-events") return page(events);
  if (first === "webhook-deliveries") {
    const found = deliveries.find((item) => item.id === id);
    if (!found) return null;
    return act === "replay" ? json(again(found), 202) : json(found);
  }
  if (first !== "webhooks") return null;
  if (!id) {
    if (method === "GET") return page(hooks);
    const made = webhook(body);
    hooks.push(made);
    return json({ ...made, secret: secret() }, 201);
  }
  const hook = hooks.find((item) => item.id === id);
  if (!hook) return null;
  const own = deliveries.filter((item) => item.webhook_id === id);
  if (act === "deliveries") {
    const status = url.searchParams.get("status");
    return page(own.filter((item) => !status || item.status === status));
  }
  if (act === "rotate") {
    hook.former_secret_until = ago(-1_440);
    return json({ ...hook, secret: secret() });
  }
  if (act === "test") {
    const made = delivery(hook, { event: "ping", facts: {}, occurred_at: ago(0), settled_at: ago(0) });
    deliveries.unshift(made);
    return json(made, 202);
  }
  if (act === "replay") return json({ count: own.filter(({ status }) => status === "failed").map(again).length });
  if (method === "DELETE") {
    hooks.splice(hooks.indexOf(hook), 1);
    return new Response(null, { status: 204 });
  }
  Object.assign(hook, body, body.state ? { reason: body.state === "disabled" ? "person" : null } : {});
  return json(hook);
}

function again(item: WebhookDelivery): WebhookDelivery {
  item.attempts.push({
    number: item.attempts.length + 1,
    at: ago(0),
    duration: 90,
    code: 200,
    failure: null,
    answer: "ok",
  });
  return Object.assign(item, { status: "delivered" as const, settled_at: ago(0) });
}
