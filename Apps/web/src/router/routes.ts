/// The pages of the interface and their addresses.
export type Route =
  | { page: "inbox"; id: string | null; view: string | null; search: string; message: string | null }
  | { page: "knowledge"; id: string | null; quote: { version: number; start: number; end: number } | null }
  | { page: "channels"; id: string | null }
  | { page: "bot" | "team" | "audit" | "settings" | "webhooks" | "welcome" | "sign-in" | "home" | "not-found" }
  | { page: "demo"; id: string | null; view: string | null; search: string };

export type PageName = Route["page"];

const plain = ["bot", "team", "audit", "settings", "webhooks", "welcome", "sign-in"] as const;

export function parseRoute(path: string, query: string): Route {
  const parameters = new URLSearchParams(query);
  const [first = "", second = null, ...rest] = path.split("/").filter(Boolean).map(decode);
  if (rest.length > 0) return { page: "not-found" };
  if (first === "") return { page: "home" };
  if (first === "inbox") {
    return {
      page: "inbox",
      id: second,
      view: parameters.get("view"),
      search: parameters.get("q") ?? "",
      message: parameters.get("message"),
    };
  }
  if (first === "knowledge") return { page: "knowledge", id: second, quote: quoteOf(parameters) };
  if (first === "channels") return { page: "channels", id: second };
  if (second !== null) return { page: "not-found" };
  if (first === "demo") {
    const [id, view] = [parameters.get("conversation"), parameters.get("view")];
    return { page: "demo", id, view, search: parameters.get("q") ?? "" };
  }
  const page = plain.find((name) => name === first);
  return { page: page ?? "not-found" };
}

function quoteOf(parameters: URLSearchParams) {
  const [version, start, end] = ["version", "start", "end"].map((name) => Number(parameters.get(name) ?? NaN));
  if (version === undefined || start === undefined || end === undefined) return null;
  return [version, start, end].every(Number.isInteger) ? { version, start, end } : null;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function inboxPath(id: string | null, view: string | null, search = ""): string {
  const query = new URLSearchParams();
  if (view && view !== "all") query.set("view", view);
  if (search) query.set("q", search);
  const text = query.toString();
  return `/inbox${id ? `/${encodeURIComponent(id)}` : ""}${text ? `?${text}` : ""}`;
}

export function chatSettingsPath(channel: string): string {
  return `/channels/${encodeURIComponent(channel)}`;
}

export function citationPath(citation: { entry_id: string; version: number; start: number; end: number }): string {
  const { entry_id, version, start, end } = citation;
  return `/knowledge/${entry_id}?version=${version}&start=${start}&end=${end}`;
}

export function demoPath(id: string | null, view: string | null, search = ""): string {
  const query = new URLSearchParams();
  if (id) query.set("conversation", id);
  if (view && view !== "all") query.set("view", view);
  if (search) query.set("q", search);
  const text = query.toString();
  return `/demo${text ? `?${text}` : ""}`;
}
