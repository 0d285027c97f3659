import { Problem } from "./problem.ts";

type Query = Record<string, string | number | null | undefined>;

interface CallOptions {
  body?: unknown;
  /// A body sent as it is, with its content type.
  file?: { data: Blob; type: string };
  query?: Query;
  signal?: AbortSignal;
  /// Hears how much of the body is on its way, from 0 to 1.
  onProgress?: (part: number) => void;
}

type UploadOptions = Pick<CallOptions, "signal" | "onProgress">;

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
  if (options.onProgress) return sendWatched(method, path, options, options.onProgress);
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

/// `fetch` does not tell how far an upload is; the older request does.
function sendWatched(
  method: string,
  path: string,
  { file, query, signal }: CallOptions,
  onProgress: (part: number) => void,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, withQuery(path, query));
    request.setRequestHeader("Accept", "application/json");
    if (file) request.setRequestHeader("Content-Type", file.type);
    if (csrf) request.setRequestHeader("X-CSRF-Token", csrf);
    request.upload.onprogress = ({ loaded, total }) => total > 0 && onProgress(loaded / total);
    request.onload = () => {
      const headers = new Headers();
      for (const name of ["Retry-After", "X-Request-Id"]) {
        const value = request.getResponseHeader(name);
        if (value) headers.set(name, value);
      }
      resolve(new Response(request.responseText || null, { status: request.status, headers }));
    };
    request.onerror = () => reject(new TypeError("no answer"));
    request.onabort = () => reject(new DOMException("aborted", "AbortError"));
    signal?.addEventListener("abort", () => request.abort());
    request.send(file?.data);
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
  upload: <Result>(path: string, query: Query, data: Blob, type: string, more: UploadOptions = {}) =>
    call<Result>("POST", path, { query, file: { data, type }, ...more }),
};
