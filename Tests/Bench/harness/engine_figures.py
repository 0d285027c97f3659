"""The figures of a running installation, measured from outside on SQLite or PostgreSQL."""
import json
import os
import threading
import time

import traffic
from installation import ACCOUNT, Installation
from processes import BenchError, free_port, say, start, stop

FLOOD_CHATS, TURN_CHATS, EVENT_CHATS, STEADY_CHATS = 2_000_000_000, 4_000_000_000, 5_000_000_000, 3_000_000_000


class MemorySamples(threading.Thread):
    """Resident memory once a second, with how many webhooks had been accepted by then (in proportion to the time of the load)."""

    def __init__(self, installation):
        super().__init__(daemon=True)
        self.installation, self.samples, self.done = installation, [], threading.Event()

    def run(self):
        while not self.done.wait(1):
            try:
                self.samples.append((time.monotonic(), *self.installation.memory()))
            except (OSError, AttributeError):
                return

    def growth(self, rate):
        """MB for each 100,000 webhooks, by least squares over the second half; None with too few samples."""
        half = self.samples[len(self.samples) // 2:]
        if len(half) < 4:
            return None
        times, sizes = [sample[0] for sample in half], [sample[2] for sample in half]
        mean_time, mean_size = sum(times) / len(times), sum(sizes) / len(sizes)
        spread = sum((moment - mean_time) ** 2 for moment in times)
        slope = sum((moment - mean_time) * (size - mean_size) for moment, size in zip(times, sizes)) / spread
        return slope / rate * 100_000 if rate else None


class EngineFigures:
    def __init__(self, table, load, programs, folder, sizes, postgres=None):
        self.table, self.load, self.sizes = table, load, sizes
        self.name = "PostgreSQL" if postgres else "SQLite"
        self.site = Installation(programs, folder, postgres)
        self.next = 500_000_000
        self.limit = self.single = self.growth = None

    def measure(self):
        """Each figure stands alone: one that cannot be measured is reported and the rest go on."""
        try:
            self.prepare()
        except BenchError as error:
            self.table.missing(f"everything over HTTP ({self.name})", str(error))
            self.site.stop()
            return
        for step in (self.webhook_flood, self.offered_load, self.steady_load, self.live_events, self.turns, self.inbox, self.memory_after,
                     self.restart):
            try:
                step()
            except BenchError as error:
                self.table.missing(f"{step.__name__.replace('_', ' ')} ({self.name})", str(error))
        self.site.stop()

    # ---- setting up ----

    def prepare(self):
        say(f"{self.name}: init, server, sign-in, channels, knowledge")
        self.site.init()
        ready = self.site.start()
        self.table.add(f"start to ready, empty ({self.name})", ready, "s", 0.3)
        self.site.sign_in()
        self.bot_port = free_port()
        bot = start(self.load.words("botapi", bot_port=self.bot_port), stdout=open(os.devnull, "wb"))
        base = f"http://127.0.0.1:{self.bot_port}"
        self.flood_hooks = self.load.file("flood.hooks", "\t".join(self.site.add_channel_by_cli(base)) + "\n")
        hooks = self.site.add_channels(64, base)
        self.turn_hooks = self.load.file("turn.hooks", "".join(f"{path}\t{secret}\n" for path, secret in hooks))
        knowledge = self.load.file("knowledge.jsonl", "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in traffic.KNOWLEDGE))
        self.site.cli("kb", "import", "--account", ACCOUNT, knowledge)
        self.site.configure_bot(enabled=False)
        self.template = self.load.file("flood.http", traffic.webhook(traffic.FLOOD_TEXT))
        stop(bot)

    def take(self, count):
        """The next `count` update ids: none is ever used twice, or it would be a duplicate."""
        first, self.next = self.next, self.next + count
        return first

    def deliver(self, timeout, **options):
        result = self.load.measure("run", timeout, port=self.site.port, template=self.template, hooks=self.flood_hooks, **options)
        self.next = max(self.next, options["first"] + result["sent"])
        return result

    @staticmethod
    def faults(result):
        if not result["errors"] and not result["non2xx"]:
            return ""
        return f"ERRORS {result['errors']}, not 2xx {result['non2xx']} {result['statuses']} {result['note'][:120]}"

    def drained(self, expected, timeout):
        """Waits until all that was accepted is stored and searchable. Returns when that was, on the load generator's clock, and how many
        messages are still not searchable although there is nothing left to do."""
        end = time.monotonic() + timeout
        jobs, found, moved = 0, -1, time.monotonic()
        while time.monotonic() < end:
            before, (jobs, found) = (jobs, found), self.site.backlog()
            now = time.monotonic()
            if (jobs, found) != before:
                moved = now
            if jobs == 0 and (found >= expected or now - moved > 5):
                return moved, max(0, expected - found)
            time.sleep(0.1)
        raise BenchError(f"after {timeout} s still {jobs} jobs to do and {expected - found} of {expected} messages not searchable")

    # ---- figures ----

    def webhook_flood(self):
        count, chats, seconds = self.sizes["flood"], self.sizes["flood_chats"], self.sizes["flood_seconds"]
        say(f"{self.name}: flood of {count:,} webhooks on 64 connections")
        (stored, found), samples = self.site.stored(), MemorySamples(self.site)
        samples.start()
        result = self.deliver(seconds + 60, connections=64, requests=count, seconds=seconds, first=self.take(count), chats=chats,
                              chat_base=FLOOD_CHATS)
        # Its clock is this program's too: CLOCK_MONOTONIC.
        began, ended = result["began_us"] / 1e6, result["ended_us"] / 1e6
        _, found_then = self.site.backlog()
        stored_then = self.site.stored()[0]
        accepted = result["requests"] - result["non2xx"]
        faults = self.faults(result)
        compared = []
        if self.limit:
            compared.append(f"Hummingbird no-op with the same bytes {self.limit['rate']:,.0f}/s, p99 {self.limit['p99_ms']:.1f} ms "
                            f"({result['rate'] / self.limit['rate']:.0%} of it)")
        if self.single and not self.site.postgres:
            compared.append(f"one INSERT per transaction, without HTTP: {self.single['per_second']:,.0f}/s, p99 {self.single['p99_ms']:.0f} ms "
                            f"({result['rate'] / self.single['per_second']:.1f} ×)")
        compared.append("*quoted* aiogram, one durable row per update: 1,427/s, p99 212 ms, 180 MB")
        self.table.add(f"Telegram webhook → durable 200, 64 connections ({self.name})", result["rate"], "/s", 5_000, True,
                       "; ".join(compared), faults, broken=bool(faults))
        self.table.add(f"the same flood, p99 ({self.name})", result["p99_ms"], "ms", 50,
                       note=f"p50 {result['p50_ms']:.1f}, max {result['max_ms']:.0f} ms, {result['requests']:,} webhooks")
        during = (stored_then - stored) / (ended - began)
        searchable = (found_then - found) / (ended - began)
        try:
            end, missing = self.drained(found + accepted, 60 + self.sizes["flood_seconds"])
        finally:
            samples.done.set()
            # The first thousands fill caches; a trend needs more.
            self.growth = samples.growth(result["rate"]) if accepted >= 50_000 else None
        lost = accepted - (self.site.stored()[0] - stored)
        wrong = "; ".join(part for part in (f"{lost} OF {accepted} LOST" if lost > 0 else f"{-lost} STORED TWICE" if lost < 0 else "",
                                            f"{missing} OF {accepted} NEVER BECAME SEARCHABLE" if missing else "") if part)
        self.table.add(f"the same flood, stored and searchable ({self.name})", accepted / (end - began), "/s", 2_500, True,
                       f"while the load lasted {during:,.0f} stored/s, {searchable:,.0f} searchable/s", wrong or "all accounted for", broken=bool(wrong))
        self.table.add(f"the same flood, backlog empty after the load ({self.name})", end - ended, "s", 2)

    def offered_load(self):
        seconds = self.sizes["steady"]
        say(f"{self.name}: 2,500/s offered for {seconds} s")
        found, count = self.site.backlog()[1], 2_500 * seconds
        result = self.deliver(seconds + 60, connections=64, requests=count, seconds=seconds + 20, rate=2_500, first=self.take(count),
                              chats=self.sizes["flood_chats"], chat_base=FLOOD_CHATS)
        ended = result["ended_us"] / 1e6
        end, missing = self.drained(found + result["requests"] - result["non2xx"], 120)
        self.table.add(f"2,500/s offered, backlog empty after the load ({self.name})", end - ended, "s", 2,
                       compared=f"accepted {result['rate']:,.0f}/s, p50 {result['p50_ms']:.1f}, p99 {result['p99_ms']:.0f} ms",
                       note="; ".join(part for part in (self.faults(result), f"{missing} NEVER BECAME SEARCHABLE" if missing else "") if part),
                       broken=bool(missing))

    def steady_load(self):
        seconds = self.sizes["steady"]
        say(f"{self.name}: steady 500/s for {seconds} s")
        count = 500 * seconds
        found = self.site.backlog()[1]
        result = self.deliver(seconds + 60, connections=32, requests=count, seconds=seconds + 20, rate=500, first=self.take(count),
                              chats=count, chat_base=STEADY_CHATS)
        note = self.faults(result) or f"open loop, {result['requests']:,} webhooks of as many new customers"
        self.table.add(f"webhook at a steady 500/s, p50 ({self.name})", result["p50_ms"], "ms", 5, note=note,
                       broken=bool(self.faults(result)))
        self.table.add(f"webhook at a steady 500/s, p99 ({self.name})", result["p99_ms"], "ms", 25,
                       note=f"p95 {result['p95_ms']:.1f}, max {result['max_ms']:.0f} ms", broken=bool(self.faults(result)))
        self.drained(found + result["requests"] - result["non2xx"], 60)

    def live_events(self):
        count = self.sizes["events"]
        say(f"{self.name}: message in → event, {count} messages")
        stream = self.load.file("stream.http", traffic.get("/api/v1/events", self.site.cookie, "Accept: text/event-stream"))
        result = self.load.measure("events", 5 * 60, port=self.site.port, template=self.template, hooks=self.flood_hooks, stream=stream,
                                   requests=count, seconds=120, first=self.take(count), chats=max(1, count // 4), chat_base=EVENT_CHATS)
        if not result["requests"]:
            raise BenchError(result["note"] or "no event came")
        self.table.add(f"message in → event at an SSE client, p95 ({self.name})", result["p95_ms"], "ms", 30,
                       note=f"p50 {result['p50_ms']:.1f}, p99 {result['p99_ms']:.1f} ms, {result['requests']} messages, a quarter of them first "
                            f"ones; without an event: {result['errors']}", broken=bool(result["errors"]))

    def turns(self):
        self.site.configure_bot(enabled=True, provider="builtin", burst_wait_ms=0, greeting="")
        answer, _ = self.site.request("POST", "/api/v1/bot/ask", {"text": traffic.QUESTION})
        if answer["outcome"] != "answer":
            raise BenchError(f"the bot does not answer the question: {answer.get('reason')}")
        template = self.load.file("turn.http", traffic.webhook(traffic.QUESTION))
        say(f"{self.name}: message in → reply, at 100/s and then as fast as it goes")
        common = dict(port=self.site.port, bot_port=self.bot_port, template=template, hooks=self.turn_hooks, chat_base=TURN_CHATS)
        seconds = self.sizes["turns"]
        self.load.measure("turns", 60, connections=8, flight=8, requests=64, seconds=20, first=self.take(64), **common)
        calm = self.load.measure("turns", seconds + 60, connections=32, rate=100, requests=100 * seconds, seconds=seconds + 20,
                                 first=self.take(100 * seconds), **common)
        if not calm["requests"]:
            raise BenchError(calm["note"] or "no reply came")
        full = self.load.measure("turns", seconds + 60, connections=64, flight=64, requests=200_000, seconds=seconds,
                                 first=self.take(200_000), **common)
        lost = f"without a reply: {calm['errors']} of {calm['sent']}" if calm["errors"] else ""
        self.table.add(f"message in → bot reply handed to the channel, p50 ({self.name})", calm["p50_ms"], "ms", 10,
                       note="; ".join(part for part in ("at 100/s over 64 bots, new customers", lost) if part),
                       broken=bool(lost))
        self.table.add(f"message in → bot reply handed to the channel, p99 ({self.name})", calm["p99_ms"], "ms", 50,
                       note=f"p95 {calm['p95_ms']:.1f}, max {calm['max_ms']:.0f} ms; under full load p50 {full['p50_ms']:.0f}, p99 {full['p99_ms']:.0f} ms",
                       broken=bool(lost))
        self.table.add(f"bot turns a second ({self.name})", full["rate"], "/s", 500, True, "64 in flight over 64 bots",
                       "; ".join(part for part in (f"without a reply: {full['errors']} of {full['sent']}" if full["errors"] else "",
                                                   self.faults(full) if full["non2xx"] else "") if part),
                       broken=bool(full["errors"] or full["non2xx"]))
        self.site.configure_bot(enabled=False)

    def inbox(self):
        say(f"{self.name}: inbox page")
        time.sleep(1)
        template = self.load.file("inbox.http", traffic.get("/api/v1/conversations?limit=50", self.site.cookie))
        # At a pace that a person's session is allowed.
        result = self.load.measure("run", 60, port=self.site.port, template=template, connections=1, requests=300, rate=40)
        if self.faults(result):
            raise BenchError(self.faults(result))
        stored, conversations = self.site.stored()[0], self.site.conversations()
        self.table.add(f"inbox page, {stored:,} messages / {conversations:,} conversations, p95 ({self.name})", result["p95_ms"], "ms",
                       20 if self.site.postgres else 10, note=f"p50 {result['p50_ms']:.1f}, max {result['max_ms']:.0f} ms, 300 pages of 50")

    def memory_after(self):
        resident, anonymous = self.site.memory()
        growth = "too short for a trend" if self.growth is None else f"trend in the flood's second half {self.growth:+.1f} MB per 100,000 webhooks"
        self.table.add(f"resident memory after {self.site.stored()[0]:,} messages ({self.name})", resident, "MB", 200,
                       note=f"of that {anonymous:.0f} MB not backed by files; {growth}")

    def restart(self):
        say(f"{self.name}: restart over the data")
        self.site.stop()
        size = self.site.bytes_on_disk()
        self.table.add(f"start to ready over {size / 1e9:.2f} GB ({self.name})", self.site.start(), "s", 1)
