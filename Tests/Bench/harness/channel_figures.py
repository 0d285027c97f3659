"""The figures of channels and of the processes that plugins run in."""
import hashlib
import hmac
import http.client
import itertools
import json
import os
import re
import statistics
import secrets
import sys
import threading
import time
import uuid

import traffic
from installation import Installation
from processes import ROOT, BenchError, free_port, run, say, start, stop

HARNESS = os.path.dirname(os.path.realpath(__file__))
PAGE = "105000000000001"
#: What the evil plugin of the tests does when it is told so.
DEEDS = ("segfault", "abort", "exit", "hang", "spin", "leak", "fork", "giant", "garbage", "passwd", "connect", "lies")
SECRET = "0123456789abcdef0123456789abcdef"


class ChannelFigures:
    def __init__(self, table, load, programs, folder):
        self.table, self.load, self.programs, self.folder = table, load, programs, folder

    def measure(self):
        """Each figure stands alone, as those of the engines do."""
        for step in (self.isolated_calls, self.burst, self.batches, self.outbound, self.evil_neighbour, self.crash):
            try:
                step()
            except (BenchError, OSError, ValueError, KeyError) as error:
                self.table.missing(step.__name__.replace("_", " "), str(error))

    def site(self, name, demo=False, prepare=lambda site: None):
        site = Installation(self.programs, os.path.join(self.folder, name), demo=demo)
        if not demo:
            site.init()
        prepare(site)
        site.start()
        return site

    # ---- figures ----

    def isolated_calls(self):
        """The contract kit parses a body of 2 KB five hundred times, with the way to the plugin's process and back."""
        say("calls of an isolated plugin")
        file = os.path.join(os.path.dirname(self.programs["sevensales"]), "libSevenSalesTelegram.so")
        lines = [json.loads(line) for line in run([self.programs["sevensales"], "plugin", "test", file, "--json"], 120).splitlines() if line.startswith("{")]
        found = " ".join(line["detail"] for line in lines if line.get("detail"))
        median, tail = (int(re.search(pattern, found).group(1)) for pattern in (r"median (\d+) µs", r"99th of 100 (\d+) µs"))
        self.table.add("isolated plugin call, 2 KB body, p50", median, "µs", 80)
        self.table.add("isolated plugin call, 2 KB body, p99", tail, "µs", 500)
        here = json.loads(run([self.programs["ProductBench"], "calls", "5000", os.path.realpath(file)], 60))
        self.table.add("the same call in the server's process, p50", here["p50_us"], "µs", 20, note=f"p99 {here['p99_us']:.0f} µs")
        self.table.add("a plugin's process, resident", int(re.search(r"(\d+) MB", found).group(1)), "MB", 25)

    def burst(self):
        """Providers keep what they could not deliver and bring it all at once."""
        say("2,000 webhooks in one second")
        site = self.site("burst")
        site.sign_in()
        base = f"http://127.0.0.1:{free_port()}"
        hooks = self.load.file("burst.hooks", "\t".join(site.add_channel_by_cli(base)) + "\n")
        template = self.load.file("burst.http", traffic.webhook(traffic.FLOOD_TEXT))
        site.configure_bot(enabled=False)
        result = self.load.measure("run", 60, port=site.port, template=template, hooks=hooks, connections=64, requests=2_000, seconds=30, rate=2_000,
                                   first=900_000_000, chats=2_000, chat_base=6_000_000_000)
        stored = self.settled(site, 2_000)
        lost = 2_000 - stored
        self.table.add("2,000 webhooks in one second, p99", result["p99_ms"], "ms", 400,
                       note=f"p50 {result['p50_ms']:.1f}, max {result['max_ms']:.0f} ms, " + (f"{lost} LOST" if lost else "none lost"),
                       broken=bool(lost or result["non2xx"] or result["errors"]))
        site.stop()

    def batches(self):
        """Messenger's deliveries of fifty entries each, every entry a customer's message."""
        say("batches of Messenger")
        site = self.site("batches", prepare=self.isolate_facebook)
        site.sign_in()
        made, _ = site.request("POST", "/api/v1/channels", {
            "kind": "facebook", "name": "Page", "mode": "webhook", "settings": {"access_token": "EAA" + secrets.token_hex(16), "app_secret": SECRET}})
        site.configure_bot(enabled=False)
        count, rounds, workers = 50, 40, 4
        failures, began = [], time.monotonic()

        def deliver(worker):
            connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
            for number in range(rounds):
                body = self.batch(worker * rounds + number, count)
                signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
                connection.request("POST", made["webhook_path"], body,
                                   {"Content-Type": "application/json", "X-Hub-Signature-256": "sha256=" + signature})
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    failures.append(answer.status)
            connection.close()

        threads = [threading.Thread(target=deliver, args=(worker,)) for worker in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        taken, total = time.monotonic() - began, count * rounds * workers
        stored = self.settled(site, total)
        self.table.add("Messenger, batches of 50 entries, durable", total / taken, "events/s", 3_000, True,
                       note=f"{total:,} messages of as many customers, plugin isolated" + ("" if stored == total else f", ONLY {stored} STORED"),
                       broken=bool(failures) or stored != total)
        site.stop()

    @staticmethod
    def batch(number, count):
        now = int(time.time() * 1000)
        entries = [{"id": PAGE, "time": now, "messaging": [{
            "sender": {"id": str(7_000_000_000 + number * count + entry)}, "recipient": {"id": PAGE}, "timestamp": now,
            "message": {"mid": f"m_{number}_{entry}", "text": f"Здравствуйте, есть ли диван в наличии? Заказ {number}-{entry}"}}]}
            for entry in range(count)]
        return json.dumps({"object": "page", "entry": entries}, ensure_ascii=False).encode()

    def outbound(self):
        """Ten channels of the example in C, which has no rates of its own, each with a hundred conversations. People write five messages into
        each while the messenger holds its first answers back; then it answers after 50 ms."""
        say("ten channels send")
        channels, chats, each = 10, 100, 5
        port, hosts = free_port(), [f"127.0.0.{number + 2}" for number in range(channels)]
        messenger = start([sys.executable, os.path.join(HARNESS, "messenger.py"), str(port), *hosts])
        site = self.site("outbound", prepare=self.install_hello)
        site.sign_in()
        site.configure_bot(enabled=False)
        for host in hosts:
            made, _ = site.request("POST", "/api/v1/channels", {
                "kind": "hello", "name": host, "mode": "webhook", "settings": {"base_url": f"http://{host}:{port}", "webhook_secret": SECRET}})
            site.request("POST", f"/api/v1/channels/{made['id']}/webhook")
            for chat in range(chats):
                self.post(site.port, made["webhook_path"], {"id": f"{host}-{chat}", "chat": f"{host}-{chat}", "text": "?"}, {"X-Hello-Secret": SECRET})
        total = channels * chats * each
        if self.settled(site, channels * chats) != channels * chats:
            raise BenchError("not every customer's message was stored")
        conversations = self.conversations(site)
        self.write(site, conversations, each)
        held = len(self.fetch(hosts[0], port, "GET", "/sent")["sent"])
        self.fetch(hosts[0], port, "POST", "/open")
        found = self.sends(hosts[0], port, total)
        site.stop()
        stop(messenger)
        if found["early"]:
            raise BenchError("writing the messages took longer than a provider may be waited for: is the machine busy?")
        last, began = found["sent"][-1][0], found["opened"]
        order = {}
        for _, chat, text in found["sent"]:
            order.setdefault(chat, []).append(text)
        complete = len(found["sent"]) == total and len(order) == channels * chats
        ordered = all(texts == [f"{texts[0].split()[0]} {number}" for number in range(each)] for texts in order.values())
        self.table.add(
            "10 channels × 100 conversations outbound, provider 50 ms", (len(found["sent"]) - held) / max(0.001, last - began), "sends/s", 1_500, True,
            note=f"{len(found['sent']):,} of {total:,} arrived, plugin isolated, " + ("order kept" if ordered else "ORDER BROKEN"),
            broken=not (complete and ordered))

    def isolate_facebook(self, site):
        run([self.programs["sevensales"], "plugin", "mode", "facebook", "isolated", "--data", site.folder], 60)

    def evil_neighbour(self):
        """Webhooks of one channel while the plugin of another does all it can: crashes, hangs, spins, leaks, forks, lies."""
        say("a plugin misbehaves beside another channel")
        site = self.site("evil", prepare=self.install_evil)
        site.sign_in()
        hooks = self.load.file("evil.hooks", "\t".join(site.add_channel_by_cli(f"http://127.0.0.1:{free_port()}")) + "\n")
        template = self.load.file("evil.http", traffic.webhook(traffic.FLOOD_TEXT))
        site.configure_bot(enabled=False)
        evil, _ = site.request("POST", "/api/v1/channels", {"kind": "evil", "name": "Evil", "mode": "webhook", "settings": {}})
        # In turns, since a machine's own swings are longer than one round.
        rate, seconds, rounds, done, deeds = 200, 8, 5, [], itertools.cycle(DEEDS)

        def measured(round):
            count = rate * seconds
            result = self.load.measure("run", 3 * seconds, port=site.port, template=template, hooks=hooks, connections=16, requests=count,
                                       seconds=2 * seconds, rate=rate, first=800_000_000 + round * count, chats=count, chat_base=5_000_000_000 + round * count)
            if result["non2xx"] or result["errors"]:
                raise BenchError("not every webhook was taken")
            return result["p99_ms"]

        def misbehave(over):
            while not over.is_set():
                done.append(next(deeds))
                self.deed(site, evil, done[-1])

        measured(0)
        calm, wild = [], []
        for round in range(rounds):
            calm.append(measured(2 * round + 1))
            over = threading.Event()
            thread = threading.Thread(target=misbehave, args=[over])
            thread.start()
            wild.append(measured(2 * round + 2))
            over.set()
            thread.join()
        before, beside = statistics.median(calm), statistics.median(wild)
        self.table.add("a plugin misbehaves: p99 of another channel's webhooks", beside / before, "× the calm", 1.2,
                       note=f"{rate}/s; {len(done)} deeds of {len(set(done))} kinds; medians of {rounds} rounds in turns, "
                            f"calm {before:.1f} ms, beside it {beside:.1f} ms", broken=len(set(done)) < len(DEEDS))
        site.stop()

    def deed(self, site, channel, deed):
        """One call of the evil plugin, which is let stand up first."""
        site.request("POST", f"/api/v1/channels/{channel['id']}/plugin/release", {})
        end = time.monotonic() + 10
        while any(other["id"] == channel["id"] and other["plugin"]["state"] != "working"
                  for other in site.request("GET", "/api/v1/channels")[0]["items"]):
            if time.monotonic() > end:
                raise BenchError("the evil plugin does not stand up")
            time.sleep(0.2)
        try:
            self.post(site.port, channel["webhook_path"], deed.encode(), {})
        except BenchError:
            # It is refused, or its crash is told: either way the deed is done.
            pass

    def install_hello(self, site):
        self.install(site, "Plugins/Examples/HelloChannel/hello.c")

    def install_evil(self, site):
        self.install(site, "Tests/EvilPlugin/evil.c")

    def install(self, site, source):
        source, built = os.path.join(ROOT, source), os.path.join(site.folder, "plugin.so")
        includes = (os.path.join(ROOT, "Modules/Platform/PluginABI/include"), os.path.join(os.path.dirname(source), "include"))
        key = os.path.join(site.folder, "maker.key")
        run(["cc", "-shared", "-fPIC", "-O2", *(f"-I{include}" for include in includes), "-o", built, source], 60)
        for words in (["keygen", key], ["sign", built, "--key", key, "--version", "1.0.0"], ["install", built, "--data", site.folder]):
            run([self.programs["sevensales"], "plugin", *words], 60)

    @staticmethod
    def post(port, path, body, headers, source=("127.0.0.1", 0)):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=source)
        connection.request("POST", path, body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode(), {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        if not 200 <= answer.status < 300:
            raise BenchError(f"POST {path.split('/')[1]} answered {answer.status}")

    @staticmethod
    def fetch(host, port, method, path):
        connection = http.client.HTTPConnection(host, port, timeout=60)
        connection.request(method, path)
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return answer

    @staticmethod
    def conversations(site):
        found, cursor = [], None
        while True:
            page, _ = site.request("GET", "/api/v1/conversations?view=all&limit=100" + (f"&after={cursor}" if cursor else ""))
            found += [listed["id"] for listed in page["items"]]
            if not (cursor := page.get("next")):
                return found

    def write(self, site, conversations, each, writers=8):
        """People's replies, each conversation's in order. Every writer calls from many addresses, as an address may not ask so often."""
        failures = []

        def work(own, writer):
            headers = {"Cookie": site.cookie, "X-CSRF-Token": site.csrf}
            for number in range(each):
                for place, conversation in enumerate(own):
                    try:
                        self.post(site.port, f"/api/v1/conversations/{conversation}/messages",
                                  {"id": str(uuid.uuid4()), "kind": "reply", "text": f"{conversation} {number}"}, headers,
                                  (f"127.{10 + writer}.{number}.{1 + place % 250}", 0))
                    except (BenchError, OSError) as error:
                        failures.append(str(error))

        threads = [threading.Thread(target=work, args=(conversations[writer::writers], writer)) for writer in range(writers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise BenchError(f"{len(failures)} replies were not taken: {failures[0]}")

    def sends(self, host, port, total, patience=60):
        """What the messenger has once nothing more comes."""
        found, end, before = self.fetch(host, port, "GET", "/sent"), time.monotonic() + patience, -1
        while len(found["sent"]) < total and time.monotonic() < end and len(found["sent"]) != before:
            before = len(found["sent"])
            time.sleep(2)
            found = self.fetch(host, port, "GET", "/sent")
        return found

    def crash(self):
        """The demo's web chat is a plugin in a process of its own: it is ended while a visitor writes."""
        say("a plugin is crashed")
        site = self.site("crash", demo=True)
        log = open(os.path.join(site.folder, "server.log"), errors="replace").read()
        token = re.search(r"/welcome#([A-Za-z0-9_.-]+)", log).group(1)
        session, cookie = site.request("POST", "/api/v1/links/accept", {"token": token})
        site.cookie, site.csrf = cookie.split(";")[0], session["csrf"]
        if not site.request("GET", "/api/v1/demo")[0]["can_crash"]:
            raise BenchError("the demo's plugin does not run in a process of its own: can this kernel confine it?")
        times = []
        for _ in range(3):
            site.request("POST", "/api/v1/demo/crash-plugin", {})
            began = time.monotonic()
            time.sleep(0.05)
            while any(channel["plugin"]["state"] != "working" for channel in site.request("GET", "/api/v1/channels")[0]["items"]):
                if time.monotonic() - began > 30:
                    raise BenchError("the plugin did not come back within 30 s")
                time.sleep(0.02)
            times.append(time.monotonic() - began)
        self.table.add("plugin killed → channel back", times[0], "s", 2, note=f"the second and third time {times[1]:.1f} and {times[2]:.1f} s: the delay grows")
        site.stop()

    @staticmethod
    def settled(site, expected, patience=60):
        """How many messages are stored once nothing is left to do."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if site.backlog()[0] == 0 and site.stored()[0] >= expected:
                break
            time.sleep(0.1)
        return site.stored()[0]
