import { http } from "./http.ts";
import type {
  Channel,
  ChannelKind,
  ChannelMode,
  ChannelTest,
  DemoInfo,
  Erasure,
  IdentitySecretState,
  InstallationFinding,
  MadeIdentitySecret,
  Page,
  SignInMethod,
  SignInView,
  WebChatSettings,
} from "./types.ts";

export interface ChannelDraft {
  kind: string;
  name: string;
  mode?: ChannelMode;
  settings: Record<string, string>;
  /// For kinds that name a risk.
  risk_accepted?: boolean;
}

export interface ChannelChange {
  name?: string;
  state?: "active" | "paused";
  settings?: Record<string, string>;
  web_chat?: Partial<WebChatSettings>;
}

const root = "/api/v1/channels";

export const channels = {
  kinds: () => http.get<Page<ChannelKind>>("/api/v1/channel-kinds"),
  list: () => http.get<Page<Channel>>(root),
  add: (draft: ChannelDraft) => http.post<Channel>(root, draft),
  update: (id: string, change: ChannelChange) => http.patch<Channel>(`${root}/${id}`, change),
  remove: (id: string) => http.remove(`${root}/${id}`),
  test: (id: string) => http.post<ChannelTest>(`${root}/${id}/test`),
  registerWebhook: (id: string) => http.post<ChannelTest>(`${root}/${id}/webhook`),
  checkInstallation: (id: string, url: string) =>
    http.post<InstallationFinding>(`${root}/${id}/installation-check`, { url }),
  identitySecret: (id: string) => http.get<IdentitySecretState>(`${root}/${id}/identity-secret`),
  makeIdentitySecret: (id: string, keepPrevious: boolean) =>
    http.post<MadeIdentitySecret>(`${root}/${id}/identity-secret`, { keep_previous: keepPrevious }),
  beginSignIn: (id: string, method: SignInMethod, phone?: string) =>
    http.post<SignInView>(`${root}/${id}/sign-in`, { method, phone }),
  lookAtSignIn: (id: string) => http.get<SignInView>(`${root}/${id}/sign-in`),
  answerSignIn: (id: string, attempt: string, answer: string) =>
    http.post<SignInView>(`${root}/${id}/sign-in/answer`, { attempt, answer }),
  releasePlugin: (id: string) => http.post<void>(`${root}/${id}/plugin/release`),
  crashDemoPlugin: () => http.post<void>("/api/v1/demo/crash-plugin"),
  erasures: () => http.get<Page<Erasure>>("/api/v1/erasures"),
  settleErasure: (id: string) => http.post<void>(`/api/v1/erasures/${id}/settle`),
  demo: () => http.get<DemoInfo>("/api/v1/demo"),
};
