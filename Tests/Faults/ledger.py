"""The driver's own memory of what was said to the product and what it acknowledged, and the check of what became of it.

I1 acknowledged means stored once; I2 at most one effect; I3 nothing hangs between states; I4 order in a conversation; I10 as many
ledger rows as AI calls."""
import dataclasses
import json
import threading
import time
import uuid

from harness.people import QUESTION, Account, Customer
from harness.programs import Server
from harness.waiting import wait_until

TERMINAL = {"sent", "delivered", "read", "failed", "uncertain"}


@dataclasses.dataclass
class Entry:
    customer: Customer
    update: dict
    word: str
    acknowledged: bool = False


class Ledger:
    def __init__(self, account: Account, channel):
        self.account, self.channel = account, channel
        self.url, self.secret = channel.url, channel.secret
        self.entries: list[Entry] = []
        self.lock = threading.Lock()

    def add(self, customer: Customer | None = None) -> Entry:
        """By turns a question that the bot answers and one with a word that nobody used before: the bot calls a person, and the search
        finds exactly this message."""
        word = "w" + uuid.uuid4().hex[:12]
        customer = customer or Customer(self.channel.bot, "К" + word)
        with self.lock:
            if len(self.entries) % 3 == 2:
                entry = Entry(customer, customer.message(f"Сколько стоит {word}?"), word)
            else:
                entry = Entry(customer, customer.message(QUESTION), "")
            self.entries.append(entry)
        return entry

    def send(self, entry: Entry, timeout: float = 10) -> bool:
        try:
            entry.acknowledged |= self.channel.bot.deliver(entry.update, self.url, self.secret, timeout=timeout) == 200
        except OSError:
            pass
        return entry.acknowledged

    def resend(self, limit: float = 30):
        """As Telegram does: until each is accepted. What was accepted already is sent again too; it must not matter."""
        end = time.monotonic() + limit
        for entry in self.entries:
            if not entry.acknowledged:
                while not self.send(entry):
                    assert time.monotonic() < end, f"an update is not accepted for {limit} s after the restart"
                    time.sleep(0.1)
        for entry in self.entries[::3]:
            assert self.send(entry)

    def settle(self, server: Server, timeout: float = 40, replies: int = 1):
        """Waits until nothing is under way, then checks everything."""
        state = wait_until(lambda: self.settled(), timeout, f"every question ends in a reply or a hand-over\n{server.text()[-1500:]}", every=0.2)
        for entry in self.entries:
            self.check(entry, *state[entry.customer.name])
        answered = [e for e in self.entries if not e.word]
        assert not answered or sum(bool(state[e.customer.name][2]) for e in answered) == len(answered), "a question with an answer got none"

    def settled(self):
        wanted = {e.customer.name for e in self.entries}
        # The last first; older ones belong to earlier rounds.
        found, cursor = {}, None
        while wanted - found.keys():
            page = self.account.owner.get("/api/v1/conversations?limit=100" + (f"&after={cursor}" if cursor else "")).ok()
            found |= {c["contact"]["name"]: c for c in page["items"] if c["contact"]["name"] in wanted}
            cursor = page.get("next")
            if not cursor:
                break
        assert not wanted - found.keys(), f"{len(wanted - found.keys())} of {len(wanted)} conversations are missing"
        state = {}
        for name, conversation in found.items():
            messages = self.account.messages(conversation["id"])
            bot = [m for m in messages if m["author"]["type"] == "bot" and m["direction"] == "out"]
            assert bot or conversation["needs_human"], f"{name}: neither answered nor handed over: {json.dumps(messages, ensure_ascii=False)[:600]}"
            assert all(m["status"] in TERMINAL for m in bot), f"{name}: {[m['status'] for m in bot]}"
            state[name] = (conversation, messages, bot)
        return state

    def check(self, entry: Entry, conversation: dict, messages: list[dict], bot: list[dict]):
        own = [e for e in self.entries if e.customer is entry.customer]
        asked = [m["text"] for m in messages if m["direction"] == "in"]
        assert sorted(asked) == sorted(e.update["message"]["text"] for e in own), f"I1: stored {asked}, acknowledged {[e.word for e in own]}"
        assert len(bot) <= len(own), f"I2: {len(bot)} replies to {len(own)} questions"
        delivered = self.channel.bot.sent(entry.customer.id)
        statuses = [m["status"] for m in bot]
        assert len(delivered) <= len(bot), f"I2: the customer got {len(delivered)} messages, the inbox knows {statuses}: {[d['text'][-60:] for d in delivered]}"
        texts = [d["text"] for d in delivered]
        for message in bot:
            if message["status"] == "sent":
                assert texts.count(message["text"]) == 1, f"said to be sent, the provider saw it {texts.count(message['text'])} times"
        assert statuses.count("failed") == 0, f"nothing went wrong at the provider, yet: {[m['failure'] for m in bot]}"
        if not entry.word:
            return
        # The index follows by itself; after an outage it takes a breath first.
        found = wait_until(lambda: self.account.owner.get(f"/api/v1/search/messages?q={entry.word}").ok()["items"], 10, f"the search finds {entry.word}")
        inbound = [f for f in found if f["conversation_id"] == conversation["id"]]
        assert len({f["message_id"] for f in inbound}) == len(found) and found, f"the search finds {entry.word} {len(found)} times"

    def delivered_order(self, customer: Customer) -> list[str]:
        return [d["text"] for d in self.channel.bot.sent(customer.id)]
