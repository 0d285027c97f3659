"""T-04, I2: sends through every provider at once while the server is killed at random. None is lost, none goes out twice, and what nobody
can know is called uncertain.

The providers are slow by some milliseconds, refuse a share of the sends with a 429 and cut connections, also after they accepted one.
SEVENSALES_TEST_SENDS is the number for each channel, 60 unless it says otherwise; 10,000 is the full run. From 1,000 on the providers'
histories are waited for as well, and who can look a message up has nothing uncertain left. SEVENSALES_TEST_SEND_KINDS names some kinds only.
"""
import dataclasses
import itertools
import os
import random
import threading
import time
import uuid

import pytest

from fakes.provider import Troubles
from harness.channels import Channel, new_endpoint
from harness.people import Account, Customer, Visitor
from harness.waiting import wait_until

LOCAL = ("--egress-allow", "127.0.0.0/8")
SENDS = int(os.environ.get("SEVENSALES_TEST_SENDS", "60"))
#: In seconds. Whoever is killed in the turn of a serial provider (Wappi) holds it for three quarters of a minute, message after message.
PATIENCE = 240 + SENDS / 50
KINDS = os.environ.get("SEVENSALES_TEST_SEND_KINDS", "telegram,max,avito,wappi,facebook,instagram,webchat").split(",")
#: The calls by which messages leave.
CALLS = frozenset({"sendMessage", "send"})
#: Conversations that one account at the provider can serve at some speed: one profile of Wappi sends every two seconds, an Avito account each second.
PER_ACCOUNT = {"avito": 1, "wappi": 1}
ENDED = {"sent", "delivered", "read", "failed", "uncertain"}
#: How many messages of a conversation may be under way.
UNDER_WAY = 3
#: By then every look into the history was taken, and what was missing was sent again.
LOOKED_UP = 5 + 30 + 120


@dataclasses.dataclass
class Line:
    """One conversation, and where its provider keeps what arrived."""
    conversation: str
    arrived: object
    #: Seconds that a message may hold up the one after the next two: an uncertain one never arrives. None: it arrives where it is written.
    patience: float | None = 4.0
    #: By text: the id, and when it was acknowledged.
    written: dict = dataclasses.field(default_factory=dict)

    def may_write(self) -> bool:
        if len(self.written) < UNDER_WAY:
            return True
        text, (_, at) = next(itertools.islice(reversed(self.written.items()), UNDER_WAY - 1, None))
        if self.patience is None:
            return time.monotonic() > at + 0.3
        return time.monotonic() > at + self.patience or any(text == made["text"] for made in self.arrived()[-UNDER_WAY:])


class Sends:
    """The channels of one kind, their conversations, and what was written into them."""

    def __init__(self, kind: str, account: Account, fixture, dice: random.Random):
        self.kind, self.account, self.lines, self.endpoints, self.chat = kind, account, [], [], None
        count = max(4, min(100, SENDS // 10))
        while len(self.lines) < count:
            if kind == "webchat":
                self.add_visitor()
            else:
                self.add_account(min(count - len(self.lines), PER_ACCOUNT.get(kind, 20)), fixture, dice)

    def add_visitor(self):
        self.chat = self.chat or self.account.webchat()["public_key"]
        visitor = Visitor(self.account.server.client(), self.chat, f"Гость {len(self.lines)}", "ru")
        visitor.client.roam = 100
        visitor.say(word := uuid.uuid4().hex)
        self.lines.append(Line(self.conversation_with(word),
                               lambda: [m for m in visitor.messages() if m["direction"] == "out"], patience=None))

    def add_account(self, customers: int, fixture, dice: random.Random):
        channel = Channel(self.account, *new_endpoint(self.kind, fixture))
        endpoint = channel.endpoint
        for _ in range(customers):
            customer = Customer(endpoint) if self.kind == "telegram" else channel.customer()
            assert endpoint.deliver(customer.message(word := uuid.uuid4().hex)) == 200
            chat = customer.id if self.kind == "telegram" else customer.chat
            self.lines.append(Line(self.conversation_with(word), lambda chat=chat: endpoint.sent(chat)))
        endpoint.troubles = Troubles(CALLS, random.Random(dice.random()))
        self.endpoints.append(endpoint)

    def conversation_with(self, word: str) -> str:
        def find():
            # The newest come first.
            for listed in self.account.owner.get("/api/v1/conversations?view=all&limit=3").ok()["items"]:
                if any(message["text"] == word for message in self.account.messages(listed["id"])):
                    return listed["id"]
        return wait_until(find, what=f"{self.kind}: the customer's conversation")

    def write(self, enough: threading.Event):
        """Writes until all were acknowledged. A request that got no answer is made again under its id."""
        left = SENDS
        while left and not enough.is_set():
            ready = [line for line in self.lines if line.may_write()]
            for line in ready[:left]:
                id, text = str(uuid.uuid4()), f"Ответ {uuid.uuid4().hex}"
                while not enough.is_set():
                    try:
                        answer = self.account.owner.post(f"/api/v1/conversations/{line.conversation}/messages", {"id": id, "kind": "reply", "text": text}, timeout=10)
                        if answer.status in (200, 201):
                            line.written[text] = (id, time.monotonic())
                            left -= 1
                            break
                    except OSError:
                        pass
                    time.sleep(0.05)
            if not ready:
                time.sleep(0.02)

    def shown(self) -> list[tuple[Line, list[dict]]]:
        return [(line, [m for m in self.account.shown(line.conversation) if m["direction"] == "out"]) for line in self.lines]

    def ended(self):
        shown = self.shown()
        open = [m["status"] for _, messages in shown for m in messages if m["status"] not in ENDED]
        assert not open, f"{self.kind}: {len(open)} are {sorted(set(open))}"
        return shown

    def check(self, shown) -> dict:
        """Statuses first, then the provider: what was uncertain may have been found or sent meanwhile, never the other way round."""
        total, doubled, lost, uncertain, misplaced = 0, [], [], 0, []
        for line, messages in shown:
            arrived = line.arrived()
            texts = [made["text"] for made in arrived]
            total += len(messages)
            status = {m["id"]: m["status"] for m in messages}
            doubled += [text for text in set(texts) if texts.count(text) > 1]
            failed = [m["failure"] for m in messages if m["status"] == "failed"]
            assert not failed, f"{self.kind}: no provider refused it for good, yet {failed[:3]}"
            assert len(status) == len(messages), f"{self.kind}: shown twice"
            for text, (id, _) in line.written.items():
                if status.get(id) == "uncertain":
                    uncertain += 1
                elif status.get(id) is None or text not in texts:
                    lost.append((text, status.get(id)))
            # I4. What a look into the history found missing was sent again, late.
            due = {text for text, (_, at) in line.written.items()}
            if self.kind != "webchat":
                due = {made["text"] for made in arrived if made["text"] in due and made["at"] < line.written[made["text"]][1] + 100}
            order = [m["text"] for m in messages if m["text"] in due and m["text"] in texts]
            if [text for text in texts if text in due] != order:
                misplaced.append(order)
        assert not doubled, f"{self.kind}: {len(doubled)} went out twice: {doubled[:3]}"
        assert not lost, f"{self.kind}: {len(lost)} are lost: {lost[:3]}"
        assert not misplaced, f"{self.kind}: the order changed in {len(misplaced)} conversations"
        return {"sent": total - uncertain, "uncertain": uncertain}


@pytest.mark.slow
def test_kills_double_and_lose_no_send_of_any_channel(engine, places, request, record_property):
    seed = int(os.environ.get("SEVENSALES_TEST_SEED", random.randrange(10**6)))
    dice = random.Random(seed)
    print(f"seed {seed}")
    server = places.server(engine, *LOCAL)
    kinds = []
    for kind in KINDS:
        account = Account(server)
        account.bot(enabled=False)
        kinds.append(Sends(kind, account, request.getfixturevalue, dice))
    began, killed, enough = time.monotonic(), 0, threading.Event()
    writers = [threading.Thread(target=kind.write, args=(enough,), daemon=True) for kind in kinds]
    for writer in writers:
        writer.start()
    try:
        while any(writer.is_alive() for writer in writers):
            time.sleep(dice.uniform(0.05, 1.2))
            assert server.is_running, f"it died by itself:\n{server.text()[-3000:]}"
            if dice.random() < 0.15:
                server.stop()
            else:
                server.kill()
                killed += 1
            server = places.keep(server.restarted())
    finally:
        enough.set()
    taken = time.monotonic() - began
    assert all(sum(len(line.written) for line in kind.lines) == SENDS for kind in kinds)
    for kind in kinds:
        shown = wait_until(kind.ended, PATIENCE, f"every message of {kind.kind} ends (seed {seed})", every=0.3)
        kind.found = kind.check(shown)
    if SENDS >= 1_000:
        for kind in kinds:
            for endpoint in kind.endpoints:
                endpoint.troubles = None
        time.sleep(LOOKED_UP + 20)
        for kind in kinds:
            left = kind.check(wait_until(kind.ended, PATIENCE, f"{kind.kind}: what was sent again ends", every=0.3))
            kind.found = {"sent": left["sent"], "uncertain": left["uncertain"], "uncertain at first": kind.found["uncertain"]}
    for kind in kinds:
        figures = f"{engine}, {kind.kind}: {SENDS} written, {killed} kills in {taken:.0f} s, 0 doubled, 0 lost, " + ", ".join(f"{v} {n}" for n, v in kind.found.items())
        record_property(kind.kind, figures)
        print(figures)
    server.stop()
