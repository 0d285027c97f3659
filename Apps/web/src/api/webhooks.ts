import { http } from "./http.ts";
import type { Page } from "./types.ts";

export interface Webhook {
  id: string;
  url: string;
  description: string;
  events: string[];
  state: "active" | "disabled";
  reason: "person" | "gone" | "failing" | null;
  failing_since: string | null;
  pending: number;
  former_secret_until: string | null;
  created_at: string;
  /// Only in the answers to adding and rotating.
  secret?: string;
}

export interface WebhookAttempt {
  number: number;
  at: string;
  /// In milliseconds.
  duration: number;
  code: number | null;
  failure: string | null;
  answer?: string;
}

export type DeliveryStatus = "pending" | "delivered" | "failed";

export interface WebhookDelivery {
  id: string;
  webhook_id: string;
  event: string;
  facts: Record<string, string>;
  status: DeliveryStatus;
  next_at: string | null;
  occurred_at: string;
  settled_at: string | null;
  attempts: WebhookAttempt[];
}

export interface WebhookWish {
  url?: string;
  description?: string;
  events?: string[];
  state?: "active" | "disabled";
}

const path = "/api/v1/webhooks";

export const webhooks = {
  events: () => http.get<Page<{ event: string; description: string; fields: string[] }>>("/api/v1/webhook-events"),
  list: () => http.get<Page<Webhook>>(path),
  add: (wish: WebhookWish) => http.post<Webhook>(path, wish),
  change: (id: string, wish: WebhookWish) => http.patch<Webhook>(`${path}/${id}`, wish),
  remove: (id: string) => http.remove(`${path}/${id}`),
  rotate: (id: string) => http.post<Webhook>(`${path}/${id}/rotate`, {}),
  test: (id: string) => http.post<WebhookDelivery>(`${path}/${id}/test`),
  deliveries: (id: string, status: DeliveryStatus | "", after: string | null) =>
    http.get<Page<WebhookDelivery>>(`${path}/${id}/deliveries`, { status, after, limit: 25 }),
  delivery: (id: string) => http.get<WebhookDelivery>(`/api/v1/webhook-deliveries/${id}`),
  replay: (id: string) => http.post<WebhookDelivery>(`/api/v1/webhook-deliveries/${id}/replay`),
  replayFailed: (id: string, since: Date) =>
    http.post<{ count: number }>(`${path}/${id}/replay`, { since: since.toISOString() }),
};
