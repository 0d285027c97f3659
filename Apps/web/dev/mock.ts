// A development aid: the HTTP contract over data in memory, so that the interface can be worked on without the server.
//   ./build.sh && deno run --allow-net --allow-read dev/mock.ts [port] [--first-run] [--many=10000]
// Sign in as owner@example.kz with the password "password-1234"; /welcome#owner, #invite and #signin are one-time links.
// Any page takes the session cookie "mock=1"; every request is answered as the owner.
import type { Conversation, Message } from "../src/api/types.ts";
import { conversation, deliveryText, kazakhText, message, names, priceList, questions, quote } from "./mockData.ts";
import { webhooks } from "./mockWebhooks.ts";

const port = Number(Deno.args.find((argument) => /^\d+$/.test(argument)) ?? 8111);
const many = Number(Deno.args.find((argument) => argument.startsWith("--many="))?.slice(7) ?? 24);
let firstRun = Deno.args.includes("--first-run");
const dist = new URL("../dist/", import.meta.url);
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
  "img-src 'self' data: blob:; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; " +
  "require-trusted-types-for 'script'; trusted-types 'none'";

const now = () => new Date().toISOString();
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const owner = {
  id: crypto.randomUUID(),
  name: "Асель Омарова",
  email: "owner@example.kz",
  language: "ru",
  theme: "system",
};
const colleague = { id: crypto.randomUUID(), name: "Игорь Волков" };
const account = { id: crypto.randomUUID(), name: "Мебель Алматы" };
const permissions =
  ("conversation.read conversation.reply conversation.assign knowledge.read knowledge.write bot.read " +
    "bot.write channel.read channel.write user.read user.write contact.read contact.write calendar.read calendar.write " +
    "audit.read usage.read privacy.read privacy.write apikey.write webhook.read webhook.write").split(" ");
const web = { id: crypto.randomUUID(), kind: "webchat", name: "Чат на сайте" };
const telegram = { id: crypto.randomUUID(), kind: "telegram", name: "Telegram @oslo_bot" };
const allows = { text_limit: 4096, buttons: true, typing: true, edits: true };
const words = (en: string, ru: string, kk: string) => ({ en, ru, kk });

const kinds = [
  {
    kind: "telegram",
    title: "Telegram",
    modes: ["polling", "webhook"],
    fields: [
      {
        name: "token",
        title: words("Bot token", "Токен бота", "Бот токені"),
        help: words("From @BotFather", "Получите у @BotFather", "@BotFather-ден алыңыз"),
        secret: true,
        required: true,
      },
      {
        name: "api_base",
        title: words("API address", "Адрес API", "API мекенжайы"),
        help: words(
          "Only for your own Bot API server",
          "Только для своего сервера Bot API",
          "Тек өз Bot API серверіңіз үшін",
        ),
        secret: false,
        required: false,
      },
    ],
    capabilities: allows,
  },
  {
    kind: "webchat",
    title: "Web chat",
    modes: ["none"],
    fields: [
      { name: "title", title: words("Title", "Заголовок", "Тақырып"), help: null, secret: false, required: true },
      {
        name: "color",
        title: words("Colour", "Цвет", "Түс"),
        help: words("#2a5bd7", "#2a5bd7", "#2a5bd7"),
        secret: false,
        required: false,
      },
    ],
    capabilities: allows,
  },
];
// deno-lint-ignore no-explicit-any
const channels: any[] = [web, telegram].map((channel) => ({
  ...channel,
  mode: channel.kind === "webchat" ? "none" : "webhook",
  state: channel.kind === "webchat" ? "active" : "failed",
  problem: channel.kind === "webchat" ? null : "Unauthorized: the token was revoked",
  webhook_path: channel.kind === "webchat" ? null : "/hooks/telegram/4f0c2a",
  public_key: channel.kind === "webchat" ? "wk_demo" : null,
  last_inbound_at: ago(3),
  created_at: ago(90_000),
  settings: channel.kind === "webchat" ? { title: "Мебель Алматы", color: "#2a5bd7" } : {},
  plugin: { state: channel.kind === "webchat" ? "restarting" : "working", reason: "signal 11" },
  health: {
    state: channel.kind === "webchat" ? "healthy" : "broken",
    reason: words("The token was revoked.", "Токен отозван.", "Токен кері қайтарылған."),
    detail: "401 Unauthorized",
    checked_at: ago(2),
    account: { name: "Oslo", username: "oslo_bot", url: "https://t.me/oslo_bot" },
    expires_at: null,
    waiting: 2,
    uncertain: 1,
    failed: 0,
    notices: [{
      kind: "reconnect-needed",
      reason: words("Connect again.", "Подключите заново.", "Қайта қосыңыз."),
      at: ago(60),
    }],
  },
}));
// deno-lint-ignore no-explicit-any
const entries: any[] = [
  { title: "Прайс-лист", language: "ru", kind: "file", source: "price.md", version: 3, text: priceList },
  { title: "Delivery", language: "en", kind: "text", source: null, version: 1, text: deliveryText },
  { title: "Байланыс және төлем", language: "kk", kind: "text", source: null, version: 2, text: kazakhText },
].map((entry) => ({
  ...entry,
  id: crypto.randomUUID(),
  passages: entry.text.split("\n").length,
  size: entry.text.length,
  updated_at: ago(2_000),
}));
// deno-lint-ignore no-explicit-any
let bot: any = {
  enabled: true,
  name: "Ассистент",
  instructions: "Отвечай коротко и вежливо.",
  greeting: "Здравствуйте! Подскажу по мебели, ценам и доставке.",
  languages: ["ru", "kk", "en"],
  provider: "builtin",
  base_url: null,
  model: null,
  has_key: false,
  temperature: null,
  burst_wait_ms: 700,
  ai_notice: words(
    "You are talking to an AI assistant.",
    "Вам отвечает ИИ-ассистент.",
    "Сізге ЖИ көмекшісі жауап береді.",
  ),
  handoff_words: ["оператор", "human", "менеджер"],
  max_replies_per_conversation: 50,
};
const conversations = new Map<string, Conversation>();
const messages = new Map<string, Message[]>();
const visitors = new Map<string, string>();
// deno-lint-ignore no-explicit-any
const invitations: any[] = [{
  id: crypto.randomUUID(),
  email: "new@example.kz",
  role: "operator",
  expires_at: ago(-3_000),
}];
// deno-lint-ignore no-explicit-any
const keys: any[] = [];

// Live events.
interface Listener {
  write: (text: string) => void;
  visitor?: string;
}
const listeners = new Set<Listener>();
const events: { id: string; name: string; data: unknown }[] = [];
let counter = 100;

function emit(name: string, data: unknown) {
  const event = { id: String(++counter), name, data };
  events.push(event);
  for (const listener of listeners) {
    if (!listener.visitor) listener.write(`id: ${event.id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }
}

function emitVisitor(id: string, event: string, data: unknown, eventId = "") {
  for (const listener of listeners) {
    if (listener.visitor === id) {
      listener.write(`${eventId ? `id: ${eventId}\n` : ""}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    }
  }
}

function stream(visitor: string | undefined, first: string): Response {
  let listener: Listener;
  let ping = 0;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const encoder = new TextEncoder();
      listener = { visitor, write: (text) => controller.enqueue(encoder.encode(text)) };
      listeners.add(listener);
      if (first) listener.write(first);
      ping = setInterval(() => listener.write(": ping\n\n"), 15_000);
    },
    cancel() {
      clearInterval(ping);
      listeners.delete(listener);
    },
  });
  return new Response(body, { headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-store" } });
}

// Conversations.
function add(item: Message, quiet = false) {
  const list = messages.get(item.conversation_id) ?? [];
  list.push(item);
  messages.set(item.conversation_id, list);
  const open = conversations.get(item.conversation_id);
  if (!open) return;
  if (item.kind !== "system" && item.direction !== "internal") {
    const { text, direction, author, sent_at: at } = item;
    open.last_message = { text, direction: direction as "in" | "out", author: author.type, at };
    open.updated_at = at;
    if (direction === "in") open.unread++;
  }
  if (quiet) return;
  emit("message.added", { conversation_id: item.conversation_id, message_id: item.id });
  emit("conversation.changed", { conversation_id: item.conversation_id });
  if (item.direction === "out" && item.kind === "text") {
    emitVisitor(item.conversation_id, "message", forVisitor(item), item.id);
  }
}

function forVisitor(item: Message) {
  const author = { customer: "visitor", bot: "bot", user: "person", system: "system" }[item.author.type];
  const { id, direction, text, sent_at: at, status } = item;
  const citations = item.citations.map(({ title, quote }) => ({ title, quote }));
  return { id, direction, author, author_name: item.author.name, text, at, status, citations, attachments: [] };
}

function system(id: string, code: string, who = "") {
  const author = { type: who ? "user" as const : "system" as const, id: null, name: who };
  add(message(id, { direction: "internal", kind: "system", text: code, author }));
}

function answer(text: string) {
  const [prices, , kazakh] = entries;
  const line = (entry: { id: string; title: string; version: number; text: string }, needle: string) =>
    quote(
      entry.text,
      entry.text.split("\n").find((row: string) => row.includes(needle)) ?? "",
      entry.id,
      entry.title,
      entry.version,
    );
  if (/оператор|human|менеджер/i.test(text)) {
    return { outcome: "handoff", reason: "asked_for_human", text: "Зову коллегу.", citations: [], blocked: null };
  }
  if (/скид|80/i.test(text)) {
    const blocked = "Да, скидка 80 % действует сегодня.";
    return {
      outcome: "handoff",
      reason: "unsupported_claim",
      text: "Уточню у коллеги и вернусь к вам.",
      citations: [],
      blocked,
    };
  }
  if (/диван|осло|sofa/i.test(text)) {
    return {
      outcome: "answer",
      reason: null,
      text: "Диван «Осло» стоит 189 000 ₸.",
      citations: [line(prices, "Диван «Осло»")],
      blocked: null,
    };
  }
  if (/жеткізу|достав/i.test(text)) {
    return {
      outcome: "answer",
      reason: null,
      text: "Доставка по Алматы — 5 000 ₸, бесплатно от 150 000 ₸.",
      citations: [line(prices, "Доставка"), line(kazakh, "Мекенжай")],
      blocked: null,
    };
  }
  return { outcome: "handoff", reason: "no_answer", text: "Уточню у коллеги.", citations: [], blocked: null };
}

const timers = new Map<string, number>();
function customerSays(id: string, text: string, messageId: string) {
  const open = conversations.get(id)!;
  add(message(id, { id: messageId, text, author: { type: "customer", id: open.contact.id, name: open.contact.name } }));
  emitVisitor(id, "status", { id: messageId, status: "received" });
  if (open.owner !== "bot" || open.needs_human || !bot.enabled) return;
  open.bot_typing = true;
  emit("bot.typing", { conversation_id: id, on: true });
  emitVisitor(id, "typing", { on: true, author: "bot" });
  clearTimeout(timers.get(id));
  timers.set(id, setTimeout(() => botSays(id, text), bot.burst_wait_ms) as unknown as number);
}

function botSays(id: string, text: string) {
  const open = conversations.get(id)!;
  open.bot_typing = false;
  emit("bot.typing", { conversation_id: id, on: false });
  emitVisitor(id, "typing", { on: false, author: "bot" });
  if (open.owner !== "bot") return;
  const reply = answer(text);
  const author = { type: "bot" as const, id: null, name: bot.name };
  const cost = { micros: reply.outcome === "answer" ? 1_240 : 0, currency: "USD" };
  add(message(id, { direction: "out", text: reply.text, author, status: "sent", citations: reply.citations, cost }));
  if (reply.outcome === "answer") return;
  open.needs_human = true;
  open.handoff = { reason: reply.reason as "no_answer", detail: reply.blocked ?? "", at: now() };
  system(id, `handoff.${reply.reason}`);
}

function seed() {
  for (let index = 0; index < many; index++) {
    const id = crypto.randomUUID();
    const name = `${names[index % names.length]}${
      index >= names.length ? ` ${Math.floor(index / names.length) + 1}` : ""
    }`;
    const at = index * index * 3 + 4;
    const open = conversation(id, name, index % 3 ? telegram : web, ago(at + 400));
    conversations.set(id, open);
    const customer = { type: "customer" as const, id: open.contact.id, name };
    const assistant = { type: "bot" as const, id: null, name: bot.name };
    const length = index === 1 ? 180 : 1;
    for (let part = 0; part < length; part++) {
      const minutes = at + 12 + (length - part) * 31;
      add(
        message(id, {
          text: `Здравствуйте! Подскажите, есть ли «Осло» в сером цвете? (${part + 1})`,
          author: customer,
          sent_at: ago(minutes),
        }),
        true,
      );
      const { text, citations } = answer("диван");
      add(
        message(id, {
          direction: "out",
          text,
          citations,
          author: assistant,
          status: index % 4 ? "read" : "delivered",
          sent_at: ago(minutes - 1),
          cost: { micros: 1_240, currency: "USD" },
        }),
        true,
      );
    }
    if (index % 5 === 2) {
      add(message(id, { text: "А скидку 80 %?", author: customer, sent_at: ago(at) }), true);
      open.needs_human = true;
      open.handoff = { reason: "unsupported_claim", detail: "«Да, скидка 80 % действует сегодня.»", at: ago(at) };
      add(
        message(id, {
          direction: "internal",
          kind: "system",
          text: "handoff.unsupported_claim",
          author: { type: "system", id: null, name: "" },
          sent_at: ago(at),
        }),
        true,
      );
    } else if (index % 5 === 3) {
      open.owner = "human";
      open.assignee = index % 2 ? { id: owner.id, name: owner.name } : colleague;
      const author = { type: "user" as const, id: open.assignee.id, name: open.assignee.name };
      add(
        message(id, {
          direction: "out",
          text: "Добрый день! Отложила для вас серый «Осло», можно забрать в субботу.",
          author,
          status: "read",
          sent_at: ago(at + 2),
        }),
        true,
      );
      add(
        message(id, {
          direction: "internal",
          kind: "note",
          text: "Постоянный клиент, любит скидку на доставку.",
          author,
          sent_at: ago(at + 1),
        }),
        true,
      );
      add(
        message(id, {
          direction: "out",
          text: "Фото прикрепляю ниже.",
          author,
          status: "failed",
          failure: { code: "blocked", reason: "Клиент заблокировал бота" },
          attachments: [{ kind: "image", name: "oslo.jpg", mime: "image/jpeg", size: 245_000, note: null }],
          sent_at: ago(at),
        }),
        true,
      );
    }
    open.unread = index % 5 === 2 ? 1 : 0;
    if (index > 18 && index % 2) open.state = "closed";
  }
}
seed();

// HTTP.
const json = (body: unknown, status = 200) => Response.json(body, { status });
const problem = (status: number, code: string, detail = "") =>
  new Response(
    JSON.stringify({ type: "about:blank", title: code, status, code, detail, request_id: "req_mock", errors: [] }),
    {
      status,
      headers: { "Content-Type": "application/problem+json" },
    },
  );
const page = (items: unknown[]) => json({ items, next: null });
const session = () => ({ user: owner, account, role: "owner", permissions, csrf: "mock-csrf", demo: true });
const withCookie = (response: Response) => {
  response.headers.set("Set-Cookie", "mock=1; Path=/; HttpOnly; SameSite=Lax");
  return response;
};
const predicates: Record<string, (item: Conversation) => boolean> = {
  all: (item) => item.state === "open",
  mine: (item) => item.state === "open" && item.assignee?.id === owner.id,
  unassigned: (item) => item.state === "open" && !item.assignee,
  waiting: (item) => item.state === "open" && item.needs_human,
  closed: (item) => item.state === "closed",
};

function conversationList(url: URL): Response {
  const view = url.searchParams.get("view") ?? "all";
  const q = (url.searchParams.get("q") ?? "").toLowerCase();
  const found = [...conversations.values()].filter(predicates[view]!)
    .filter((item) => !q || item.contact.name.toLowerCase().includes(q))
    .sort((a, b) => a.updated_at < b.updated_at ? 1 : -1);
  const from = Number(url.searchParams.get("after") ?? 0);
  const limit = Number(url.searchParams.get("limit") ?? 50);
  return json({
    items: found.slice(from, from + limit),
    next: from + limit < found.length ? String(from + limit) : null,
  });
}

// deno-lint-ignore no-explicit-any
function conversationRoute(method: string, id: string, action: string | undefined, url: URL, body: any): Response {
  const open = conversations.get(id);
  if (!open) return problem(404, "not_found");
  if (!action) return json(open);
  if (action === "messages" && method === "GET") {
    const list = [...messages.get(id) ?? []].reverse();
    const from = Number(url.searchParams.get("before") ?? 0);
    const limit = Number(url.searchParams.get("limit") ?? 50);
    return json({
      items: list.slice(from, from + limit),
      next: from + limit < list.length ? String(from + limit) : null,
    });
  }
  if (action === "messages") {
    if (body.text.includes("#fail")) return problem(422, "invalid", "mock");
    const known = messages.get(id)?.find((item) => item.id === body.id);
    if (known) return json(known);
    const isNote = body.kind === "note";
    const author = { type: "user" as const, id: owner.id, name: owner.name };
    if (!isNote && open.owner !== "human") {
      change(open, "taken", {
        owner: "human",
        needs_human: false,
        handoff: null,
        assignee: { id: owner.id, name: owner.name },
      });
    }
    const item = message(id, {
      id: body.id,
      direction: isNote ? "internal" : "out",
      kind: isNote ? "note" : "text",
      text: body.text,
      author,
      status: "sent",
    });
    add(item);
    setTimeout(() => {
      item.status = "delivered";
      emit("message.changed", { conversation_id: id, message_id: item.id });
    }, 900);
    return json(item, 201);
  }
  const changes: Record<string, [string, Partial<Conversation>]> = {
    take: ["taken", {
      owner: "human",
      needs_human: false,
      handoff: null,
      bot_typing: false,
      assignee: { id: owner.id, name: owner.name },
    }],
    "give-back": ["given_back", { owner: "bot", needs_human: false, handoff: null, assignee: null }],
    close: ["closed", { state: "closed" }],
    reopen: ["reopened", { state: "open" }],
    assign: ["assigned", {
      assignee: body.user_id === owner.id ? { id: owner.id, name: owner.name } : body.user_id ? colleague : null,
    }],
  };
  if (action === "read") {
    open.unread = 0;
    emit("conversation.changed", { conversation_id: id });
  } else if (changes[action]) change(open, ...changes[action]!);
  return json(open);
}

function change(open: Conversation, code: string, part: Partial<Conversation>) {
  Object.assign(open, part, { updated_at: now() });
  system(open.id, code, owner.name);
}

// deno-lint-ignore no-explicit-any
async function api(request: Request, url: URL, parts: string[], body: any): Promise<Response> {
  const [first, id, third, fourth] = parts;
  const method = request.method;
  switch (`${method} ${first}`) {
    case "GET conversations":
      if (id === "counters") {
        const count = (view: string) => [...conversations.values()].filter(predicates[view]!).length;
        const unread = [...conversations.values()].filter((item) => item.unread > 0).length;
        return json({
          all: count("all"),
          mine: count("mine"),
          unassigned: count("unassigned"),
          waiting: count("waiting"),
          closed: count("closed"),
          unread,
        });
      }
      return id ? conversationRoute(method, id, third, url, body) : conversationList(url);
    case "POST conversations":
      return conversationRoute(method, id!, third, url, body);
    case "POST messages": {
      const item = [...messages.values()].flat().find((known) => known.id === id);
      if (!item) return problem(404, "not_found");
      Object.assign(item, { status: "sent", failure: null });
      return json(item);
    }
    case "GET search": {
      const q = (url.searchParams.get("q") ?? "").toLowerCase();
      const found = [...messages.values()].flat().filter((item) =>
        item.kind === "text" && item.text.toLowerCase().includes(q)
      ).slice(-8);
      return page(
        found.map((item) => ({
          conversation_id: item.conversation_id,
          message_id: item.id,
          snippet: item.text,
          at: item.sent_at,
          contact_name: conversations.get(item.conversation_id)?.contact.name,
        })),
      );
    }
    case "GET events":
      if (id === "poll") {
        const after = Number(url.searchParams.get("after") ?? counter);
        return json({
          items: events.filter((event) => Number(event.id) > after),
          last: String(counter),
          resync: false,
        });
      } else {
        const after = Number(request.headers.get("Last-Event-ID") ?? counter);
        const missed = events.filter((event) => Number(event.id) > after).map((event) =>
          `id: ${event.id}\nevent: ${event.name}\ndata: ${JSON.stringify(event.data)}\n\n`
        );
        return stream(undefined, `id: ${counter}\nevent: hello\ndata: {"id":"${counter}"}\n\n${missed.join("")}`);
      }
    case "GET contacts": {
      const open = [...conversations.values()].find((item) => item.contact.id === id);
      return open
        ? json({
          ...open.contact,
          identities: [{ channel_kind: open.channel.kind, handle: "@customer" }],
          created_at: open.created_at,
        })
        : problem(404, "not_found");
    }
    case "PATCH me":
      Object.assign(owner, body);
      return json(owner);
    case "GET users":
      return page([{ ...owner, role: "owner", created_at: ago(99_000) }, {
        ...colleague,
        email: "igor@example.kz",
        role: "operator",
        created_at: ago(50_000),
      }]);
    case "GET invitations":
      return page(invitations);
    case "POST invitations": {
      const made = { id: crypto.randomUUID(), ...body, expires_at: ago(-4_000) };
      invitations.push(made);
      return json({ ...made, link: `${url.origin}/welcome#invite` }, 201);
    }
    case "GET api-keys":
      return page(keys);
    case "POST api-keys": {
      const made = { id: crypto.randomUUID(), ...body, created_at: now(), last_used_at: null };
      keys.push(made);
      return json({ ...made, key: "ssk_mock_0123456789abcdef" }, 201);
    }
    case "DELETE api-keys":
    case "DELETE invitations": {
      const list = first === "api-keys" ? keys : invitations;
      list.splice(list.findIndex((item) => item.id === id), 1);
      return new Response(null, { status: 204 });
    }
    case "GET channel-kinds":
      return page(kinds);
    case "GET channels":
      return page(channels);
    case "POST channels": {
      if (id) {
        const channel = channels.find((item) => item.id === id);
        if (third === "webhook") return json(channel);
        return json(
          channel.state === "failed"
            ? { ok: false, detail: null, problem: channel.problem }
            : { ok: true, detail: "@oslo_bot", problem: null },
        );
      }
      const made = {
        id: crypto.randomUUID(),
        ...body,
        mode: body.mode ?? "none",
        state: "active",
        problem: null,
        webhook_path: body.mode === "webhook" ? "/hooks/telegram/9a" : null,
        public_key: body.kind === "webchat" ? "wk_new" : null,
        last_inbound_at: null,
        created_at: now(),
      };
      channels.push(made);
      return json(made, 201);
    }
    case "PATCH channels": {
      const channel = channels.find((item) => item.id === id);
      Object.assign(channel, body);
      return json(channel);
    }
    case "DELETE channels":
      channels.splice(channels.findIndex((item) => item.id === id), 1);
      return new Response(null, { status: 204 });
    case "GET bot":
      return json(bot);
    case "PUT bot": {
      const { api_key, ...rest } = body;
      bot = { ...rest, has_key: api_key === null ? bot.has_key : api_key !== "" };
      return json(bot);
    }
    case "POST bot":
      return json({ ...answer(body.text), cost: { micros: 0, currency: "USD" }, latency_ms: 12 });
    case "GET usage":
      return json({
        ai_calls: 128,
        tokens_in: 184_203,
        tokens_out: 9_411,
        cost: { micros: 158_720, currency: "USD" },
        messages_in: 640,
        messages_out: 602,
      });
    case "GET audit":
      return page(Array.from({ length: 12 }, (_, index) => ({
        id: String(index),
        at: ago(index * 17),
        actor: index % 3 ? { type: "user", id: owner.id, name: owner.name } : { type: "system", id: null, name: null },
        action: ["conversation.taken", "contact.viewed", "knowledge.updated"][index % 3],
        object: "conversation/4f0c2a1e",
        detail: index % 2 ? '{"view":"all"}' : "",
      })));
    case "GET demo":
      return json({ channel_key: "wk_demo", questions });
  }
  if (first === "knowledge") return await knowledge(request, url, parts.slice(1), body);
  const answered = webhooks(method, url, parts, body);
  if (answered) return answered;
  void fourth;
  return problem(404, "not_found");
}

// deno-lint-ignore no-explicit-any
async function knowledge(
  request: Request,
  url: URL,
  [what, id, third, fourth]: string[],
  body: any,
): Promise<Response> {
  const method = request.method;
  const entry = entries.find((item) => item.id === id);
  if (what === "search") {
    const q = (url.searchParams.get("q") ?? "").toLowerCase().split(/\s+/);
    const rows = entries.flatMap((item) =>
      item.text.split("\n").filter((row: string) =>
        q.some((word) => word.length > 2 && row.toLowerCase().includes(word.slice(0, 5)))
      ).map((row: string) => ({ ...quote(item.text, row, item.id, item.title, item.version), score: 8.2 }))
    );
    return json({ items: rows.slice(0, 10) });
  }
  if (what === "files" || (method === "POST" && !id)) {
    const isFile = what === "files";
    const text = isFile ? await request.text() : body.text;
    const title = isFile ? url.searchParams.get("name") : body.title;
    const language = isFile ? url.searchParams.get("language") : body.language;
    const made = {
      id: crypto.randomUUID(),
      title,
      language,
      kind: isFile ? "file" : "text",
      source: isFile ? title : null,
      version: 1,
      passages: text.split("\n").length,
      size: text.length,
      updated_at: now(),
      text,
    };
    entries.unshift(made);
    emit("knowledge.changed", { entry_id: made.id });
    return json(made, 201);
  }
  if (!id) {
    return page(
      entries.filter((item) => item.title.toLowerCase().includes((url.searchParams.get("q") ?? "").toLowerCase())),
    );
  }
  if (!entry) return problem(404, "not_found");
  if (third === "versions" && fourth) return json({ ...entry, version: Number(fourth) });
  if (third === "versions") {
    return page(
      Array.from(
        { length: entry.version },
        (_, index) => ({
          version: entry.version - index,
          title: entry.title,
          created_at: ago(index * 3_000),
          created_by: owner.name,
        }),
      ),
    );
  }
  if (method === "PUT") Object.assign(entry, body, { version: entry.version + 1, updated_at: now() });
  if (method === "DELETE") {
    entries.splice(entries.indexOf(entry), 1);
    return new Response(null, { status: 204 });
  }
  return json(entry);
}

// deno-lint-ignore no-explicit-any
function webchat(request: Request, action: string | undefined, body: any): Response {
  const id = visitors.get(request.headers.get("Authorization")?.slice(7) ?? "") ?? "";
  if (action === "config") {
    return json({
      title: account.name,
      color: "#2a5bd7",
      greeting: bot.greeting,
      language: "ru",
      ai_notice: bot.ai_notice.ru,
      open: true,
      pre_chat: { name: "off", email: "off", phone: "off" },
      rating: true,
      files: false,
    });
  }
  if (action === "visitors") {
    const [visitor, token] = [crypto.randomUUID(), crypto.randomUUID()];
    visitors.set(token, visitor);
    const open = conversation(visitor, body.name ?? "Гость", web, now());
    conversations.set(visitor, open);
    return json({ visitor, token }, 201);
  }
  if (!id) return problem(401, "unauthenticated");
  if (action === "visitor" || action === "form" || action === "rating") {
    return json({ verified: false, owes: [], state: "open", rating: null });
  }
  if (action === "messages" && request.method === "GET") {
    return json({ items: (messages.get(id) ?? []).filter((item) => item.kind === "text").map(forVisitor), next: null });
  }
  if (action === "messages") {
    customerSays(id, body.text, body.id);
    return json({ id: body.id, at: now() }, 202);
  }
  if (action === "events") return stream(id, ": hello\n\n");
  return new Response(null, { status: 204 });
}

async function file(path: string): Promise<Response> {
  const manifest = (await Deno.readTextFile(new URL("manifest.tsv", dist))).trim().split("\n").map((line) =>
    line.split("\t")
  );
  const row = manifest.find(([address]) => address === path) ??
    manifest.find(([address]) => address === path.split("?")[0]) ?? manifest.find(([address]) => address === "/");
  const [, name = "index.html", type = "text/html", kept] = row ?? [];
  const bytes = await Deno.readFile(new URL(`${name}.gz`, dist));
  return new Response(bytes, {
    headers: {
      "Content-Type": type,
      "Content-Encoding": "gzip",
      "Content-Security-Policy": policy,
      "X-Content-Type-Options": "nosniff",
      "Cache-Control": kept === "immutable" ? "public, max-age=31536000, immutable" : "no-cache",
    },
  });
}

Deno.serve({ port, onListen: () => console.log(`mock server on http://localhost:${port}`) }, async (request) => {
  const url = new URL(request.url);
  const parts = url.pathname.split("/").filter(Boolean);
  const isJson = request.headers.get("Content-Type")?.startsWith("application/json");
  const body = isJson ? await request.json().catch(() => ({})) : {};
  if (parts[0] === "webchat") {
    if (request.method === "OPTIONS") return new Response(null, { headers: cors });
    const response = webchat(request, parts[2], body);
    for (const [name, value] of Object.entries(cors)) response.headers.set(name, value);
    return response;
  }
  if (parts[0] !== "api") return file(url.pathname + url.search);
  const rest = parts.slice(2);
  switch (`${request.method} ${rest.join("/")}`) {
    case "GET setup":
      return json({ version: "0.1.0-mock", demo: true, first_run: firstRun, languages: ["en", "ru", "kk"] });
    case "POST links/inspect": {
      if (body.token === "invite") {
        return json({ kind: "invitation", account, email: "new@example.kz", role: "operator" });
      }
      if (body.token === "signin") return json({ kind: "sign_in", account, email: null, role: null });
      return body.token === "owner"
        ? json({ kind: "owner_setup", account: null, email: null, role: null })
        : problem(404, "not_found");
    }
    case "POST links/accept":
      firstRun = false;
      if (body.name) owner.name = body.name;
      return withCookie(json(session()));
    case "POST session":
      return body.password === "password-1234" ? withCookie(json(session())) : problem(401, "bad_credentials");
  }
  if (!request.headers.get("Cookie")?.includes("mock=1")) return problem(401, "unauthenticated");
  if (request.method !== "GET" && request.headers.get("X-CSRF-Token") !== "mock-csrf") return problem(403, "csrf");
  if (rest[0] === "session") {
    if (request.method === "GET") return json(session());
    const response = new Response(null, { status: 204 });
    response.headers.set("Set-Cookie", "mock=; Path=/; Max-Age=0");
    return response;
  }
  return await api(request, url, rest, body);
});

const cors = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Headers": "authorization, content-type, last-event-id",
  "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
};
