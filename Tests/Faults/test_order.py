"""F-09, F-10, T-19: duplicates and every order of arrival end in the same state."""
import itertools
import random
import time

from harness.people import Account, Customer
from harness.programs import in_parallel
from harness.waiting import wait_until
from ledger import Ledger

CONNECTION = "VQABAmZx1"


class Business:
    """Telegram Business: the only mode in which customers' deletions reach a bot."""

    def __init__(self, bot):
        self.bot, self.customer = bot, Customer(bot)
        self.start = int(time.time())

    def update(self, kind, **content):
        return self.bot.update(**{kind: content})

    def message(self, kind, number, text, edited=None):
        more = {"edit_date": self.start + edited} if edited else {}
        return self.update(kind, business_connection_id=CONNECTION, message_id=number, **{"from": self.customer.user}, chat=self.customer.chat, date=self.start - 1, text=text, **more)

    def events(self):
        return {
            "message": self.message("business_message", 7, "раз"),
            "first edit": self.message("edited_business_message", 7, "два", 1),
            "second edit": self.message("edited_business_message", 7, "три", 2),
            "deletion": self.update("deleted_business_messages", business_connection_id=CONNECTION, chat=self.customer.chat, message_ids=[7]),
            "other message": self.message("business_message", 8, "другое"),
            "other edit": self.message("edited_business_message", 8, "другое, исправлено", 3),
        }


def test_every_order_converges(server, telegram_api, full):
    account = Account(server)
    account.bot(enabled=False)
    channel = account.telegram(telegram_api.bot(), telegram_api)
    bot = channel.bot
    owner = {"id": 555000111, "is_bot": False, "first_name": "Данияр"}
    assert channel.deliver(bot.update(business_connection={"id": CONNECTION, "user": owner, "user_chat_id": owner["id"], "date": int(time.time()), "can_reply": True,
                                                           "rights": {"can_reply": True}, "is_enabled": True})) == 200
    names = list(Business(bot).events())
    orders = [tuple(names)] + list(itertools.permutations(names))
    if not full:
        random.seed(20)
        # All orders of the four about one message, and a sample of the 720.
        orders = [tuple(names)] + [order + tuple(names[4:]) for order in itertools.permutations(names[:4])] + random.sample(orders, 36)
    people = [Business(bot) for _ in orders]

    def play(worker):
        for order, person in list(zip(orders, people))[worker::8]:
            events = person.events()
            for name in order:
                assert channel.deliver(events[name]) == 200
                if random.random() < 0.1:
                    assert channel.deliver(events[name]) == 200
    in_parallel(8, play)

    def state(person):
        conversation = next(c["id"] for c in listed if c["contact"]["name"] == person.customer.name)
        # By what the customer sees of each message, not by our ids and times.
        return sorted((m["direction"], m["text"], m["edited"], m["deleted"]) for m in account.shown(conversation))
    listed = wait_until(lambda: len(found := account.conversations()) == len(people) and found, 60, f"{len(people)} conversations")
    expected = wait_until(lambda: len(s := state(people[0])) == 2 and s, what="the ordered one")
    assert [s[2] for s in expected] == [True, True] and [s[3] for s in expected].count(True) == 1, expected
    for order, person in zip(orders, people):
        wait_until(lambda: state(person) == expected, 10, f"{' > '.join(order)}: {state(person)} is not {expected}")


def test_many_duplicates_concurrently(server, telegram_api, full):
    account = Account(server)
    account.bot(enabled=False)
    channel = account.telegram(telegram_api.bot(), telegram_api)
    count = 1000 if full else 60
    people = [channel.customer() for _ in range(count)]
    updates = [p.message("один раз") for p in people] * 10
    random.shuffle(updates)
    in_parallel(16, lambda i: [channel.deliver(u) for u in updates[i::16]])
    listed = wait_until(lambda: len(found := account.conversations()) == count and found, 60, f"{count} conversations")
    for conversation in listed:
        assert len(account.shown(conversation["id"])) == 1
        assert conversation["unread"] == 1


def test_the_ledger_would_notice(server, telegram_api):
    """The test of the tests: a doubled send, a lost message and a doubled message each fail the check."""
    import json
    import urllib.request

    import pytest
    account = Account(server)
    account.teach()
    account.bot(burst_wait_ms=0)
    ledger = Ledger(account, account.telegram(telegram_api.bot(), telegram_api))
    for _ in range(3):
        assert ledger.send(ledger.add())
    ledger.settle(server)
    first = ledger.entries[0]
    [sent] = ledger.channel.bot.sent(first.customer.id)
    again = urllib.request.Request(f"{telegram_api.url}/bot{ledger.channel.bot.token}/sendMessage", json.dumps(sent).encode(), {"Content-Type": "application/json"})
    urllib.request.urlopen(again).close()
    with pytest.raises(AssertionError, match="I2"):
        ledger.settle(server)
    ledger.entries.remove(first)
    ledger.settle(server)
    lost = ledger.add()
    lost.acknowledged = True
    with pytest.raises(AssertionError, match="are missing"):
        ledger.settle(server, timeout=1)
    ledger.entries.remove(lost)
    second = ledger.entries[0]
    assert ledger.channel.deliver(second.customer.message(second.update["message"]["text"])) == 200
    with pytest.raises(AssertionError, match="I1"):
        wait_until(lambda: ledger.settle(server), 5)
