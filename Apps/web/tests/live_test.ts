import { backoff } from "../src/live/backoff.ts";
import { coalesce } from "../src/live/coalesce.ts";
import { EventParser, type Frame } from "../src/live/eventParser.ts";
import { equal, isTrue } from "./assert.ts";

function parse(...chunks: string[]): Frame[] {
  const parser = new EventParser();
  return chunks.flatMap((chunk) => parser.push(chunk));
}

Deno.test("a frame has its id, name and joined data lines", () => {
  equal(parse("id: 7\nevent: message.added\ndata: {\ndata: }\n\n"), [{
    id: "7",
    event: "message.added",
    data: "{\n}",
  }]);
});

Deno.test("a frame may arrive byte by byte", () => {
  const text = "id: 1\r\nevent: a\r\ndata: x\r\n\r\n: ping\r\n\r\ndata: y\r\n\r\n";
  const whole = parse(text);
  equal(parse(...text), whole);
  equal(whole, [{ id: "1", event: "a", data: "x" }, { id: "1", event: "message", data: "y" }]);
});

Deno.test("every way of cutting a stream in two gives the same frames", () => {
  const text = "id: 1\rdata: x\r\r\nevent: b\ndata: зд\n\n";
  const whole = parse(text);
  for (let cut = 0; cut <= text.length; cut++) {
    equal(parse(text.slice(0, cut), text.slice(cut)), whole, `cut at ${cut}`);
  }
});

Deno.test("heartbeats and frames without data yield nothing", () => {
  equal(parse(": ping\n\n", "event: hello\n\n", "data: z\n\n"), [{ id: null, event: "message", data: "z" }]);
});

Deno.test("waits stay short for a dozen tries, then grow to 15 seconds, within their jitter", () => {
  for (let attempt = 0; attempt < 40; attempt++) {
    const [least, most] = [backoff(attempt, () => 0), backoff(attempt, () => 1)];
    isTrue(
      least >= 200 && most <= (attempt < 12 ? 1_800 : 18_000) && least < most,
      `attempt ${attempt}: ${least}–${most}`,
    );
  }
});

Deno.test("calls made while work runs lead to exactly one more run", async () => {
  let runs = 0;
  let release = () => {};
  const start = coalesce(() => {
    runs++;
    return new Promise<void>((resolve) => release = resolve);
  });
  start();
  start();
  start();
  equal(runs, 1);
  release();
  await new Promise((resolve) => setTimeout(resolve, 0));
  equal(runs, 2);
  release();
  await new Promise((resolve) => setTimeout(resolve, 0));
  equal(runs, 2);
});
