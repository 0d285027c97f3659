import type { Message } from "../src/api/types.ts";
import { en } from "../src/i18n/en.ts";
import { formatsOf } from "../src/i18n/formatsOf.ts";
import { judgeFile, sizeText, takenKinds, textLength } from "../src/inbox/files.ts";
import { replyWindow } from "../src/inbox/replyWindow.ts";
import { message } from "../dev/mockData.ts";
import { equal } from "./assert.ts";

const any = (kind: string, max: number, mime_types: string[] = []) => ({ kind, max_bytes: max, mime_types });
const file = (type: string, size: number) => ({ type, size });

Deno.test("a file goes as what it is, else as a document, else not at all", () => {
  const media = [any("image", 100, ["image/png"]), any("document", 1_000), any("audio", 500)];
  equal(judgeFile(file("image/png", 50), media), { kind: "image" });
  equal(judgeFile(file("image/png", 500), media), { kind: "document" }, "too large for a picture");
  equal(judgeFile(file("image/heic", 50), media), { kind: "document" }, "not a picture that it takes");
  equal(judgeFile(file("audio/ogg", 400), media), { kind: "audio" });
  equal(judgeFile(file("", 400), media), { kind: "document" });
  equal(judgeFile(file("image/png", 5_000), media), { problem: "large", most: 1_000 });
  equal(judgeFile(file("video/mp4", 5), [any("image", 100)]), { problem: "kind" });
  equal(judgeFile(file("image/png", 0), media), { problem: "empty" });
  equal(judgeFile(file("image/png", 5), []), { problem: "none" });
  equal(judgeFile(file("image/png", 5), undefined), { problem: "none" });
  const most = 25 << 20;
  equal(
    judgeFile(file("video/mp4", most + 1), [any("video", 250_000_000)]),
    { problem: "large", most },
    "our own limit",
  );
});

Deno.test("sizes and kinds are told as messengers tell them", () => {
  equal([40, 45_400, 12_400_000, 50_000_000].map((size) => sizeText(size, en, formatsOf("en"))), [
    "1 KB",
    "45 KB",
    "12.4 MB",
    "50 MB",
  ]);
  equal(
    takenKinds([any("image", 1, ["image/jpeg", "image/png"]), any("document", 1)], en),
    "photo (JPEG, PNG), document",
  );
});

Deno.test("a text is counted in the messenger's unit", () => {
  const text = "Сәлем 👋";
  equal([textLength(text, "utf16"), textLength(text, "characters"), textLength(text, "utf8")], [8, 7, 15]);
  equal(textLength(text, undefined), 8);
});

const hour = 3_600;
const day = 24 * hour;
const now = new Date("2026-11-22T12:00:00Z");
const said = (direction: Message["direction"], hoursAgo: number): Message =>
  message("t", {
    id: `${direction}${hoursAgo}`,
    direction,
    sent_at: new Date(+now - hoursAgo * 3_600_000).toISOString(),
  });
const rule = (all: number | null, person: number | null) => ({ reply_window: all, person_reply_window: person });
const stateOf = (messages: Message[], hasOlder: boolean, all: number | null, person: number | null) =>
  replyWindow(messages, hasOlder, rule(all, person), now).state;

Deno.test("a reply window runs from the customer's last message", () => {
  equal(stateOf([said("in", 25)], false, day, null), "over");
  equal(stateOf([said("in", 30), said("in", 3), said("out", 1)], false, day, null), "open");
  equal(stateOf([said("in", 30), said("out", 1)], false, day, null), "over", "our own message opens nothing");
  equal(stateOf([said("in", 23)], false, day, null), "soon");
  equal(stateOf([said("in", 25)], false, null, null), "open");
  equal(stateOf([], false, day, null), "open");
  equal(stateOf([said("out", 25)], false, day, null), "open", "the customer never wrote, as far as is known");
});

Deno.test("people may have a longer window than the bot", () => {
  equal(stateOf([said("in", 25)], false, day, 7 * day), "person");
  equal(stateOf([said("in", 23)], false, day, 7 * day), "open");
  equal(stateOf([said("in", 169)], false, day, 7 * day), "over");
  equal(stateOf([said("in", 167)], false, day, 7 * day), "person");
});

Deno.test("when the customer's last message is not loaded, only what is certain is said", () => {
  equal(
    stateOf([said("out", 30), said("out", 1)], true, day, null),
    "over",
    "theirs is older than the oldest loaded one",
  );
  equal(stateOf([said("out", 5), said("out", 1)], true, day, null), "open");
});
