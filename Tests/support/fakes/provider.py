"""What the fakes of messengers' APIs stand on.

An `Endpoint` is one account at a provider: it answers calls, keeps what was sent for assertions, and delivers webhooks as its provider
does. A `Provider` is the server in front of many of them. A test scripts misbehaviour by the name of a call:

    seller.script("send", slow(0.3), cut_after(), seller.too_many(2))
"""
import dataclasses
import http.client
import itertools
import json
import queue
import random
import re
import secrets
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterable

from .httpd import Exchange, Fake, parameters

#: Ids that no two endpoints share, however often the suites run.
numbers = itertools.count(int(time.time()) % 10**7 * 10**5 + secrets.randbelow(10**4))


@dataclasses.dataclass
class Behaviour:
    """What to do with one call instead of answering it plainly."""
    status: int = 200
    body: object = None
    headers: dict = dataclasses.field(default_factory=dict)
    wait: float = 0
    cut: str = ""  # "before" or "after" the call took effect
    raw: bytes | None = None
    #: A body without the provider's say: pieces, and the length that is announced for them.
    pieces: tuple[Iterable[bytes], int | None] | None = None


@dataclasses.dataclass
class File:
    """A file at the provider, and the type that it is given with."""
    content: bytes
    type: str = "application/octet-stream"


def slow(seconds: float) -> Behaviour:
    return Behaviour(wait=seconds)


def cut_before() -> Behaviour:
    return Behaviour(cut="before")


def cut_after(wait: float = 0) -> Behaviour:
    return Behaviour(cut="after", wait=wait)


def pour(pieces: Iterable[bytes], announced: int | None = None) -> Behaviour:
    return Behaviour(pieces=(pieces, announced))


def moved(url: str, status: int = 302) -> Behaviour:
    return Behaviour(status, b"", {"Location": url})


def garbage(content: bytes = b"<html>captive portal</html>") -> Behaviour:
    return Behaviour(raw=content)


@dataclasses.dataclass
class Call:
    name: str
    parameters: dict
    at: float
    headers: dict = dataclasses.field(default_factory=dict)
    status: int = 0
    result: object = None


class Refused(Exception):
    """An error answer of the provider."""

    def __init__(self, status: int, body: object, headers: dict | None = None):
        super().__init__(f"{status} {body}")
        self.status, self.body, self.headers = status, body, headers or {}


@dataclasses.dataclass(frozen=True)
class Delivery:
    """One request to a webhook, as it goes over the wire."""
    url: str
    content: bytes
    headers: dict

    @classmethod
    def of(cls, url: str, body, headers: dict | None = None, ascii_only: bool = False) -> "Delivery":
        content = json.dumps(body, ensure_ascii=ascii_only, separators=(",", ":")).encode()
        return cls(url, content, {"Content-Type": "application/json", **(headers or {})})

    def altered(self, **changes) -> "Delivery":
        return dataclasses.replace(self, **changes)

    def with_headers(self, **headers: str | None) -> "Delivery":
        """Underscores become hyphens; None takes a header away."""
        changed = {name: value for name, value in self.headers.items()}
        for name, value in headers.items():
            name = name.replace("_", "-")
            changed = {known: kept for known, kept in changed.items() if known.lower() != name.lower()}
            if value is not None:
                changed[name] = value
        return self.altered(headers=changed)

    def connect(self, timeout: float) -> http.client.HTTPConnection:
        address = urllib.parse.urlsplit(self.url)
        return http.client.HTTPConnection(address.hostname, address.port or 80, timeout=timeout)

    def post(self, timeout: float = 30, connection: http.client.HTTPConnection | None = None) -> int:
        address = urllib.parse.urlsplit(self.url)
        own = connection or self.connect(timeout)
        try:
            own.request("POST", address.path + (f"?{address.query}" if address.query else ""), self.content, self.headers)
            answer = own.getresponse()
            answer.read()
            return answer.status
        finally:
            if connection is None:
                own.close()


class Undeliverable(Exception):
    """The provider has given up on a delivery."""


def flood(deliveries: list[Delivery], connections: int = 16, timeout: float = 60) -> Counter:
    """Posts all of them over so many connections at a time; returns how often each status came. A broken connection counts as 0."""
    waiting: queue.SimpleQueue[Delivery] = queue.SimpleQueue()
    for delivery in deliveries:
        waiting.put(delivery)
    statuses, lock = Counter(), threading.Lock()

    def work():
        connection = None
        while True:
            try:
                delivery = waiting.get_nowait()
            except queue.Empty:
                break
            connection = connection or delivery.connect(timeout)
            try:
                status = delivery.post(connection=connection)
            except (OSError, http.client.HTTPException):
                connection.close()
                connection, status = None, 0
            with lock:
                statuses[status] += 1
        if connection:
            connection.close()

    workers = [threading.Thread(target=work, daemon=True) for _ in range(connections)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return statuses


@dataclasses.dataclass
class Troubles:
    """What befalls a share of the calls of these names, at random, and how long each of them takes: between two numbers of seconds."""
    calls: frozenset[str]
    dice: random.Random
    latency: tuple[float, float] = (0.002, 0.04)
    refused: float = 0.01
    cut_before: float = 0.01
    cut_after: float = 0.02

    def next(self, endpoint: "Endpoint") -> Behaviour:
        wait, luck = self.dice.uniform(*self.latency), self.dice.random()
        if luck < self.refused:
            return dataclasses.replace(endpoint.too_many(1), wait=wait)
        if luck < self.refused + self.cut_before:
            return Behaviour(wait=wait, cut="before")
        return Behaviour(wait=wait, cut="after" if luck < self.refused + self.cut_before + self.cut_after else "")


class Endpoint:
    """One account at a provider. Subclasses have a method `do_<name>` for each call, and build deliveries."""

    #: Seconds between tries of a delivery, and after how many seconds of failures the provider stops delivering at all.
    retries: tuple[float, ...] = ()
    patience: float = float("inf")
    #: Where the API begins below the server's address.
    prefix = ""
    troubles: Troubles | None = None

    def __init__(self):
        self.calls: list[Call] = []
        self.changed = threading.Condition()
        self.scripts: dict[str, list[Behaviour]] = {}
        #: Calls that are being answered, and the most at one time.
        self.under_way, self.most_at_once = 0, 0
        self.outbox: list[dict] = []
        self.by_chat: dict[object, list[dict]] = {}

    # What a test says.

    def script(self, name: str, *behaviours: Behaviour):
        with self.changed:
            self.scripts.setdefault(name, []).extend(behaviours)

    def delivery(self, update) -> Delivery:
        """The request by which the provider reports `update`."""
        raise NotImplementedError

    def deliver(self, update) -> int:
        return self.delivery(update).post()

    def too_many(self, seconds: int) -> Behaviour:
        """The provider's refusal of one call too many."""
        raise NotImplementedError

    def next_behaviour(self, name: str) -> Behaviour:
        """What a test wrote down for the call, else what befalls it."""
        if waiting := self.scripts.get(name):
            return waiting.pop(0)
        return self.troubles.next(self) if self.troubles and name in self.troubles.calls else Behaviour()

    def deliver_until_accepted(self, update, clock: float = 0.001) -> int:
        """On the provider's schedule, on which a second lasts `clock` seconds. Returns the number of tries."""
        elapsed = 0.0
        for attempt, pause in enumerate((*self.retries, None), 1):
            try:
                if 200 <= self.deliver(update) < 300:
                    return attempt
            except OSError:
                pass
            if pause is None or elapsed + pause > self.patience:
                break
            time.sleep(pause * clock)
            elapsed += pause
        self.unsubscribe()
        raise Undeliverable(f"given up after {attempt} tries")

    def unsubscribe(self):
        """What the provider does when deliveries fail for too long. By default nothing."""

    # What a test sees.

    def all(self, name: str | None = None) -> list[Call]:
        with self.changed:
            return [call for call in self.calls if name in (None, call.name)]

    def record(self, chat, text: str, id: str, **more) -> dict:
        """A message that the customer has from now on."""
        made = {"chat": chat, "text": text, "id": id, "at": time.monotonic(), **more}
        with self.changed:
            self.outbox.append(made)
            self.by_chat.setdefault(chat, []).append(made)
            self.changed.notify_all()
        return made

    def sent(self, chat=None) -> list[dict]:
        with self.changed:
            return list(self.outbox if chat is None else self.by_chat.get(chat, []))

    def wait(self, count: int, chat=None, timeout: float = 15) -> list[dict]:
        end = time.monotonic() + timeout
        while True:
            with self.changed:
                found = list(self.outbox if chat is None else self.by_chat.get(chat, []))
                left = end - time.monotonic()
                if len(found) >= count:
                    return found
                if left <= 0:
                    raise AssertionError(f"{len(found)} of {count} messages were sent within {timeout} s; calls: "
                                         f"{[(call.name, call.status) for call in self.calls[-8:]]}")
                self.changed.wait(left)

    # How it answers.

    def run(self, call: Call) -> tuple[int, object]:
        return 200, getattr(self, "do_" + call.name)(call.parameters)


class Routes:
    """`"POST /chats/{chat}/messages": "send"` and the like."""

    def __init__(self, table: dict[str, str]):
        self.rows = []
        for line, name in table.items():
            method, path = line.split(" ", 1)
            self.rows.append((method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + "$"), name))

    def find(self, method: str, path: str) -> tuple[str, dict] | None:
        for wanted, pattern, name in self.rows:
            if wanted == method and (match := pattern.match(path)):
                return name, {key: urllib.parse.unquote(value) for key, value in match.groupdict().items()}
        return None


class ProviderExchange(Exchange):
    fake: "Provider"

    def do_GET(self):
        self.exchange()

    do_POST = do_PUT = do_DELETE = do_PATCH = do_GET

    def exchange(self):
        content = self.body()
        headers = {name.lower(): value for name, value in self.headers.items()}
        if self.fake.latency:
            time.sleep(self.fake.latency)
        try:
            endpoint, name, found = self.fake.locate(self.command, urllib.parse.urlsplit(self.path).path, headers, parameters(self, content))
        except Refused as refused:
            return self.reply("", {}, refused.status, refused.body, refused.headers)
        self.perform(endpoint, Call(name, found, time.monotonic(), headers))

    def perform(self, endpoint: Endpoint, call: Call):
        with endpoint.changed:
            endpoint.calls.append(call)
            endpoint.under_way += 1
            endpoint.most_at_once = max(endpoint.most_at_once, endpoint.under_way)
            behaviour = endpoint.next_behaviour(call.name)
            endpoint.changed.notify_all()
        try:
            self.behave(endpoint, call, behaviour)
        finally:
            with endpoint.changed:
                endpoint.under_way -= 1

    def behave(self, endpoint: Endpoint, call: Call, behaviour: Behaviour):
        if behaviour.wait:
            time.sleep(behaviour.wait)
        if behaviour.cut == "before":
            return self.cut()
        if behaviour.raw is not None:
            call.status = 200
            return self.answer(200, behaviour.raw, "text/html")
        if behaviour.pieces is not None:
            call.status = 200
            return self.pour(*behaviour.pieces)
        status, body, headers = behaviour.status, behaviour.body, behaviour.headers
        if status == 200 and body is None:
            try:
                status, body = endpoint.run(call)
            except Refused as refused:
                status, body, headers = refused.status, refused.body, refused.headers
        with endpoint.changed:
            call.status, call.result = status, body if status == 200 else None
            endpoint.changed.notify_all()
        if behaviour.cut == "after":
            return self.cut()
        self.reply(call.name, call.parameters, status, body, headers)

    def reply(self, name: str, given: dict, status: int, body, headers: dict):
        self.fake.observe(self.command, urllib.parse.urlsplit(self.path).path, name, given, status)
        if isinstance(body, File):
            return self.answer(status, body.content, body.type, headers)
        if isinstance(body, bytes):
            return self.answer(status, body, "application/octet-stream", headers)
        if isinstance(body, str):
            return self.answer(status, body.encode(), "text/plain; charset=utf-8", headers)
        self.answer(status, json.dumps(body, ensure_ascii=False).encode(), headers=headers)


class Provider(Fake):
    handler = ProviderExchange
    #: Seconds before each answer.
    latency = 0.0

    def locate(self, method: str, path: str, headers: dict, found: dict) -> tuple[Endpoint, str, dict]:
        """Who is called, the name of the call, and its parameters. Raises `Refused`."""
        raise NotImplementedError

    def observe(self, method: str, path: str, name: str, given: dict, status: int):
        """Told of each answer; `Scripts/fake` shows them."""
