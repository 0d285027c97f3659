"""T-19, F-09: thousands of deliveries, each message up to four times, shuffled, over sixteen connections: exactly the expected rows.

SEVENSALES_TEST_FLOOD is the number of deliveries for each channel, 1,000 unless it says otherwise.
"""
import os
import random
import time

import pytest

from fakes.provider import flood
from harness.channels import Channel, new_endpoint
from harness.people import Account
from harness.waiting import wait_until

DELIVERIES = int(os.environ.get("SEVENSALES_TEST_FLOOD", "1000"))
CONNECTIONS, MESSAGES_EACH = 16, 10


class Telegram:
    """The Telegram channel in the words of the others."""

    def __init__(self, account: Account, api):
        self.channel = account.telegram(api.bot(), api)

    def customer(self):
        return self.channel.customer()

    def said(self, customer, text: str, at: int):
        return self.channel.bot.delivery(customer.message(text, date=at), self.channel.url, self.channel.secret)


class Other:
    def __init__(self, account: Account, kind: str, fixture):
        self.channel = Channel(account, *new_endpoint(kind, fixture))
        self.scale = 1000 if kind in ("max", "facebook", "instagram") else 1

    def customer(self):
        return self.channel.customer()

    def said(self, customer, text: str, at: int):
        return self.channel.endpoint.delivery(customer.message(text, at=at * self.scale))


def connected(kind: str, account: Account, fixture) -> Telegram | Other:
    return Telegram(account, fixture("telegram_api")) if kind == "telegram" else Other(account, kind, fixture)


@pytest.mark.parametrize("kind", ["telegram", "max", "avito", "wappi", "facebook", "instagram"])
def test_duplicated_reordered_concurrent_deliveries_leave_each_message_once(server, kind, request, record_property):
    account = Account(server)
    account.bot(enabled=False)
    channel = connected(kind, account, request.getfixturevalue)
    chance = random.Random(DELIVERIES)
    # An hour ago: what is more than a minute late stands at the provider's time, whatever order it came in.
    start, deliveries, expected = int(time.time()) - 3600, [], []
    while len(deliveries) < DELIVERIES:
        customer, number = channel.customer(), len(expected)
        expected.append([f"Клиент {number}, сообщение {part} — сәлем 🛋" for part in range(MESSAGES_EACH)])
        for part, text in enumerate(expected[-1]):
            deliveries += [channel.said(customer, text, start + part)] * chance.randint(1, 4)
    chance.shuffle(deliveries)
    began = time.monotonic()
    statuses = flood(deliveries, CONNECTIONS)
    taken = time.monotonic() - began
    assert statuses == {200: len(deliveries)}, statuses

    count = sum(map(len, expected))
    wait_until(lambda: sum(c["unread"] for c in account.conversations()) >= count, 30 + len(deliveries) / 20, f"{count} messages", every=0.25)
    settled = time.monotonic() - began
    time.sleep(0.5)  # for what should not come any more
    conversations = account.conversations()
    shown = sorted([message["text"] for message in account.shown(conversation["id"])] for conversation in conversations)
    assert len(conversations) == len(expected), f"{len(conversations)} conversations of {len(expected)}"
    assert shown == sorted(expected), next(pair for pair in zip(shown, sorted(expected)) if pair[0] != pair[1])
    figures = f"{kind}: {len(deliveries)} deliveries of {count} messages in {len(expected)} conversations, {len(deliveries) / taken:.0f}/s, all shown after {settled:.1f} s"
    record_property("flood", figures)
    print(figures)

