import { Problem } from "./problem.ts";

type Query = Record<string, string | number | null | undefined>;

interface CallOptions {
  body?: unknown;
  /// A body sent as it is, with its content type.
  file?: { data: Blob; type: string };
  query?: Query;
  signal?: AbortSignal;
}

let csrf = "";
let onSignedOut: () => void = () => {};
let renewCsrf: () => Promise<void> = () => Promise.resolve();

export function setCsrf(value: string) {
  csrf = value;
}

/// `signedOut` runs when the server no longer knows the session; `renew` fetches a fresh CSRF value.
export function onSession(handlers: { signedOut: () => void; renew: () => Promise<void> }) {
  onSignedOut = handlers.signedOut;
  renewCsrf = handlers.renew;
}

export function withQuery(path: string, query: Query = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  if (pairs.length === 0) return path;
  return `${path}?${pairs.map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`).join("&")}`;
}

function send(method: string, path: string, options: CallOptions): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  let body: BodyInit | undefined;
  if (options.file) {
    headers["Content-Type"] = options.file.type;
    body = options.file.data;
  } else if (options.body !== undefined) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(options.body);
  }
  if (method !== "GET" && csrf) headers["X-CSRF-Token"] = csrf;
  return fetch(withQuery(path, options.query), {
    method,
    headers,
    body,
    signal: options.signal,
    credentials: "same-origin",
    cache: "no-store",
  });
}

/// Sends one request and decodes the answer. Throws a `Problem`; an abort stays an AbortError.
async function call<Result>(method: string, path: string, options: CallOptions = {}, again = true): Promise<Result> {
  let response: Response;
  try {
    response = await send(method, path, options);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Problem(0, "offline", error instanceof Error ? error.message : "");
  }
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as Result;
  const problem = await Problem.read(response);
  if (problem.code === "csrf" && again) {
    await renewCsrf();
    return call(method, path, options, false);
  }
  if (problem.code === "unauthenticated") onSignedOut();
  throw problem;
}

export const http = {
  get: <Result>(path: string, query?: Query, signal?: AbortSignal) => call<Result>("GET", path, { query, signal }),
  post: <Result>(path: string, body: unknown = {}) => call<Result>("POST", path, { body }),
  put: <Result>(path: string, body: unknown) => call<Result>("PUT", path, { body }),
  patch: <Result>(path: string, body: unknown) => call<Result>("PATCH", path, { body }),
  remove: (path: string) => call<void>("DELETE", path),
  upload: <Result>(path: string, query: Query, data: Blob, type: string) =>
    call<Result>("POST", path, { query, file: { data, type } }),
};
