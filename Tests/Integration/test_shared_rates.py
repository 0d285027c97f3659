"""A server and a worker on one database keep a provider's rate together; a pause that one of them learns holds the other."""
import time
import uuid

import pytest

from fakes import bot_api
from harness.people import Account
from harness.programs import Worker, in_parallel
from harness.waiting import wait_until

LOCAL = ("--egress-allow", "127.0.0.0/8")
#: What Telegram's plugin declares for a bot, in a second and at once.
RATE, BURST = 25, 25


@pytest.fixture
def shared(engine, places, telegram_api):
    server = places.server(engine, *LOCAL)
    workers = [places.keep(Worker(server.place, *LOCAL, name=f"worker{n}")) for n in range(1 if engine == "sqlite" else 2)]
    account = Account(server)
    account.bot(enabled=False)
    channel = account.telegram(telegram_api.bot(), telegram_api)
    yield account, channel
    for process in workers:
        assert process.is_running, process.text()[-2000:]
        process.stop()
    server.stop()


def talks(account, channel, count: int) -> list[str]:
    customers = [channel.customer() for _ in range(count)]
    in_parallel(4, lambda n: [channel.say(customer, "Добрый день") for customer in customers[n::4]])
    names = {customer.name for customer in customers}
    wait_until(lambda: names <= {c["contact"]["name"] for c in account.owner.items("/api/v1/conversations")}, what="all are stored", timeout=30)
    return [c["id"] for c in account.owner.items("/api/v1/conversations") if c["contact"]["name"] in names]


def arrivals(bot) -> list[float]:
    return sorted(call.at for call in bot.calls if call.name == "sendMessage")


def test_processes_together_keep_the_rate(shared):
    account, channel = shared
    conversations = talks(account, channel, 120)

    def reply(n):
        for conversation in conversations[n::4]:
            account.owner.post(f"/api/v1/conversations/{conversation}/messages", {"id": str(uuid.uuid4()), "kind": "reply", "text": "Да"}).ok(201)
    in_parallel(4, reply)
    wait_until(lambda: len(arrivals(channel.bot)) == len(conversations), what="all are sent", timeout=60)
    # A bucket of tokens: never more in all than it held and what the rate added since. A call comes when the machine lets it, so the first may be
    # late by a second, and any later one by more: that only lowers the count. A bucket for each process would let its whole burst through at once.
    times = arrivals(channel.bot)
    for sent, at in enumerate(times, start=1):
        assert sent <= BURST + RATE * (at - times[0] + 1), (sent, at - times[0], [round(at - times[0], 2) for at in times])


def test_a_pause_of_one_chat_holds_no_other(shared):
    """Telegram's 429 speaks of a chat: that one keeps quiet in every process, the others go on."""
    account, channel = shared
    conversations = talks(account, channel, 40)
    channel.bot.script("sendMessage", bot_api.too_many(6))
    account.reply(conversations[0], "Первое").ok(201)
    wait_until(lambda: len(arrivals(channel.bot)) == 1, what="the provider asks for quiet")
    for conversation in conversations:
        account.reply(conversation, "Потом").ok(201)
    wait_until(lambda: len(arrivals(channel.bot)) == len(conversations) + 2, what="all are sent", timeout=60)
    first = arrivals(channel.bot)[0]
    asked = [call.at for call in channel.bot.calls if call.name == "sendMessage" and call.parameters["text"] == "Первое"]
    assert len(asked) == 2 and asked[1] >= first + 5.8, "the paused chat waits"
    others = sum(1 for at in arrivals(channel.bot)[1:] if at < first + 5.8)
    assert others >= len(conversations) - 1, f"{others} of the other chats went on"
