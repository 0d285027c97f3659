import { http } from "./http.ts";

/// Hours of the week in which nothing of our own accord is sent.
export interface QuietWindow {
  /// 1 is Monday; the days on which it begins.
  days: number[];
  from: string;
  to: string;
}

export interface SendingRules {
  time_zone: string;
  quiet_hours: QuietWindow[];
  daily_cap?: number | null;
}

export interface RulesInForce {
  rules: SendingRules;
  /// Null where a channel follows the account's.
  own: SendingRules | null;
  quiet_until: string | null;
}

const path = (channel: string | null) =>
  channel ? `/api/v1/channels/${channel}/sending-rules` : "/api/v1/sending-rules";

export const sendingRules = {
  get: (channel: string | null) => http.get<RulesInForce>(path(channel)),
  set: (channel: string | null, rules: SendingRules) => http.put<RulesInForce>(path(channel), rules),
  inherit: (channel: string) => http.remove(path(channel)),
};
