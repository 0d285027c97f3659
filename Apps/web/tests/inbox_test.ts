import type { Conversation, Message, Page } from "../src/api/types.ts";
import { logItems } from "../src/inbox/logItems.ts";
import { extendDown, extendUp, resolveWindow } from "../src/inbox/logWindow.ts";
import { emptyInbox, type InboxState, reduceInbox } from "../src/inbox/state.ts";
import { mergeNewest, mergeOlder, type Thread } from "../src/inbox/thread.ts";
import { visibleRows } from "../src/inbox/window.ts";
import { conversation, message } from "../dev/mockData.ts";
import { equal, isTrue } from "./assert.ts";

const channel = { id: "c", kind: "telegram", name: "Telegram" };
const minute = (n: number) => new Date(Date.UTC(2026, 10, 22, 10, n)).toISOString();
const talk = (id: string, at: number): Conversation => conversation(id, id, channel, minute(at));
const said = (n: number): Message => message("t", { id: `m${n}`, text: String(n), sent_at: minute(n) });
/// A page as the server gives it: newest first.
const newest = (from: number, to: number, next: string | null = null): Page<Message> => ({
  items: Array.from({ length: to - from + 1 }, (_, index) => said(to - index)),
  next,
});
const empty: Thread = { messages: [], older: null, status: "loading", loadingOlder: false, problem: null };
const idsOf = (thread: Thread) => thread.messages.map(({ id }) => Number(id.slice(1)));

Deno.test("the first page of messages is shown oldest first", () => {
  const thread = mergeNewest(empty, newest(1, 3, "older"));
  equal(idsOf(thread), [1, 2, 3]);
  equal(thread.older, "older");
});

Deno.test("a refresh adds new messages and keeps older ones and their cursor", () => {
  const loaded = mergeOlder(mergeNewest(empty, newest(3, 5, "a")), newest(1, 2, null));
  const thread = mergeNewest(loaded, newest(4, 7, "b"));
  equal(idsOf(thread), [1, 2, 3, 4, 5, 6, 7]);
  equal(thread.older, null);
});

Deno.test("a refresh that does not touch what is loaded leaves no hole", () => {
  const thread = mergeNewest(mergeNewest(empty, newest(1, 5, null)), newest(60, 80, "gap"));
  equal(idsOf(thread)[0], 60);
  equal(thread.older, "gap");
});

Deno.test("a message that did not change keeps its identity, so its bubble is not drawn again", () => {
  const before = mergeNewest(empty, newest(1, 3));
  const after = mergeNewest(before, newest(1, 4));
  isTrue(before.messages[1] === after.messages[1]);
});

Deno.test("a fresh first page reorders the head and keeps later pages below", () => {
  const key = "all|";
  const many = Array.from({ length: 50 }, (_, index) => talk(`a${index}`, 59 - index));
  const later = Array.from({ length: 10 }, (_, index) => ({ ...talk(`b${index}`, 0), updated_at: minute(-index - 1) }));
  let state: InboxState = emptyInbox;
  state = reduceInbox(state, { type: "list-loaded", key, page: { items: many, next: "x" }, part: "first" });
  state = reduceInbox(state, { type: "list-loaded", key, page: { items: later, next: null }, part: "more" });
  equal(state.lists[key]?.ids.length, 60);
  const moved = { ...later[3]!, updated_at: minute(100) };
  state = reduceInbox(state, {
    type: "list-loaded",
    key,
    page: { items: [moved, ...many.slice(0, 49)], next: "y" },
    part: "first",
  });
  const ids = state.lists[key]?.ids ?? [];
  equal([ids[0], ids.length, new Set(ids).size], ["b3", 60, 60]);
  equal(state.lists[key]?.next, null);
});

Deno.test("a pending message disappears when the server's copy with the same id arrives", () => {
  const pending = {
    id: "m9",
    conversation: "t",
    kind: "reply" as const,
    text: "9",
    at: minute(9),
    state: "sending" as const,
    problem: null,
  };
  equal(logItems([said(1)], [pending]).map(({ id }) => id), ["m1", "m9"]);
  equal(logItems([said(1), said(9)], [pending]).map(({ id }) => id), ["m1", "m9"]);
});

Deno.test("while history is still to come, its oldest message is only context", () => {
  equal(logItems([said(1), said(2)], [], true).map(({ id }) => id), ["m2"]);
});

Deno.test("a run of messages by one author shows the name once", () => {
  const items = logItems([said(1), said(2), said(20)], []);
  equal(items.map((item) => "message" in item && item.isFirstOfRun), [true, false, true]);
});

Deno.test("the log never shows more than 70 items and covers everything by scrolling", () => {
  const ids = Array.from({ length: 1_000 }, (_, index) => `m${index}`);
  let shown = { first: null as string | null, last: null as string | null };
  equal(resolveWindow(ids, shown), { start: 960, end: 1_000 });
  for (let step = 0; step < 60; step++) {
    shown = extendUp(ids, shown);
    const { start, end } = resolveWindow(ids, shown);
    isTrue(end - start <= 70 && end > start, `${start}–${end}`);
  }
  equal(resolveWindow(ids, shown).start, 0);
  for (let step = 0; step < 60; step++) shown = extendDown(ids, shown);
  equal([shown.last, resolveWindow(ids, shown).end], [null, 1_000]);
});

Deno.test("ten thousand conversations build only the visible rows", () => {
  const { first, last } = visibleRows(300_000, 800, 10_000);
  isTrue(last - first < 30, `${last - first} rows`);
  equal(visibleRows(0, 800, 3), { first: 0, last: 3 });
  equal(visibleRows(90_000, 800, 5), { first: 5, last: 5 });
});
