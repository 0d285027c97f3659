"""T-04, T-20: kills at random moments under load. Webhook, web chat and an operator write at the same time; everything that was
acknowledged is there once, everything sent went out once or says that it is uncertain."""
import random
import threading
import time
import uuid

import pytest

from harness.people import Account, Visitor
from harness.waiting import wait_until
from ledger import TERMINAL, Ledger

LOCAL = ("--egress-allow", "127.0.0.0/8")


@pytest.mark.slow
def test_random_kills_under_load(engine, places, telegram_api, kills):
    seed = random.randrange(10**6)
    dice = random.Random(seed)
    server = places.server(engine, *LOCAL)
    account = Account(server)
    account.teach()
    account.bot(burst_wait_ms=0)
    channel = account.telegram(telegram_api.bot(), telegram_api)
    quiet = Account(server)
    quiet.bot(enabled=False)
    quiet_channel = quiet.telegram(telegram_api.bot(), telegram_api)
    target = quiet_channel.customer()
    quiet_channel.say(target, "?")
    conversation = quiet.conversation(target.name)["id"]
    chat = quiet.webchat()
    visitor = Visitor(server.client(), chat["public_key"], "Гость", "ru")

    ledger, stop = Ledger(account, channel), threading.Event()
    replies: dict[str, str] = {}
    visits: dict[str, str] = {}

    def customers():
        while not stop.is_set():
            entry = ledger.add()
            while not ledger.send(entry, timeout=5) and not stop.is_set():
                time.sleep(0.05)
            time.sleep(0.05)

    def repeat(request, wanted, store, text):
        """Writes something with an id of its own until it is acknowledged."""
        while not stop.is_set():
            id = str(uuid.uuid4())
            content = f"{text} {id}"
            while not stop.is_set():
                try:
                    if request(id, content).status in wanted:
                        store[id] = content
                        break
                except OSError:
                    pass
                time.sleep(0.1)
            time.sleep(0.1)
    threads = [threading.Thread(target=customers, daemon=True) for _ in range(3)]
    threads.append(threading.Thread(target=repeat, daemon=True, args=(
        lambda id, text: quiet.owner.post(f"/api/v1/conversations/{conversation}/messages", {"id": id, "kind": "reply", "text": text}, timeout=5), (200, 201), replies, "ответ")))
    threads.append(threading.Thread(target=repeat, daemon=True, args=(
        lambda id, text: visitor.client.post(f"/webchat/{chat['public_key']}/messages", {"id": id, "text": text}, timeout=5), (202,), visits, "вопрос")))
    for thread in threads:
        thread.start()
    for number in range(kills):
        time.sleep(dice.uniform(0.05, 0.9))
        assert server.is_running, f"it died by itself:\n{server.text()[-3000:]}"
        if number % 6 == 5:
            server.stop()
        else:
            server.kill()
        server = places.keep(server.restarted())
    time.sleep(1)
    stop.set()
    for thread in threads:
        thread.join(20)
    assert len(ledger.entries) > kills and len(replies) > 3 and len(visits) > 3, f"there was load: {len(ledger.entries)}, {len(replies)}, {len(visits)}"
    ledger.resend()
    ledger.settle(server, timeout=90)

    # All go to one chat, and Telegram takes one a second there.
    patience = 60 + 2 * len(replies)
    shown = wait_until(lambda: (m := quiet.shown(conversation)) and all(x["status"] in TERMINAL for x in m if x["direction"] == "out") and m, patience, f"{len(replies)} replies end (seed {seed})", every=0.5)
    written = [m for m in shown if m["direction"] == "out"]
    assert len({m["id"] for m in written}) == len(written) and replies.keys() <= {m["id"] for m in written}, "an acknowledged reply is lost"
    delivered = [d["text"] for d in quiet_channel.bot.sent(target.id)]
    assert len(delivered) == len(set(delivered)), "an operator's reply went out twice"
    for message in written:
        count = delivered.count(message["text"])
        assert count == 1 if message["status"] == "sent" else count <= 1, (message["status"], count)
    # I4. What is uncertain may be missing, what is there is in order.
    order = [m["text"] for m in written if m["text"] in delivered]
    assert [d for d in delivered if d in order] == order, "the order of the replies changed"
    stored = [m for m in visitor.messages() if m["direction"] == "in"]
    assert visits.keys() <= {m["id"] for m in stored} and len(stored) == len({m["id"] for m in stored}), "an acknowledged visitor's message is lost or doubled"
    server.stop()


def test_a_stop_under_load_loses_nothing(engine, places, telegram_api):
    server = places.server(engine, *LOCAL)
    account = Account(server)
    account.teach()
    account.bot(burst_wait_ms=0)
    ledger = Ledger(account, account.telegram(telegram_api.bot(), telegram_api))
    stop = threading.Event()

    def customers():
        while not stop.is_set():
            entry = ledger.add()
            if not ledger.send(entry, timeout=5):
                time.sleep(0.1)
    threads = [threading.Thread(target=customers, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.7)
    assert server.stop() < 10
    stop.set()
    for thread in threads:
        thread.join(10)
    assert server.status == 0, "an ordered stop is no failure"
    acknowledged = sum(e.acknowledged for e in ledger.entries)
    assert acknowledged > 5
    server = places.keep(server.restarted())
    ledger.resend()
    ledger.settle(server, 60)
    uncertain = [m for c in account.conversations() for m in account.messages(c["id"]) if m["status"] == "uncertain"]
    assert not uncertain, "an ordered stop lets what is being sent finish"
    server.stop()


def test_polling_goes_on_after_a_kill_without_loss_or_doubles(engine, places, telegram_api):
    server = places.server(engine, *LOCAL)
    account = Account(server)
    account.teach()
    account.bot(burst_wait_ms=0)
    bot = telegram_api.bot()
    account.telegram(bot, telegram_api, mode="polling")
    wait_until(lambda: bot.all("getUpdates"), what="it polls")
    from harness.people import Customer
    customers = []
    for number in range(4):
        for _ in range(5):
            customers.append(Customer(bot))
            bot.push(customers[-1].message("Сколько стоит диван?"))
        time.sleep(0.15 * number)
        server.kill()
        server = places.keep(server.restarted())

    def done():
        names = {c["contact"]["name"]: c["id"] for c in account.conversations()}
        assert {c.name for c in customers} <= names.keys(), f"{len(names)} of {len(customers)}"
        state = {c: account.shown(names[c.name]) for c in customers}
        assert all(len(m) == 2 and m[1]["status"] in TERMINAL for m in state.values()), [len(m) for m in state.values()]
        return state
    state = wait_until(done, 60, "each question has its answer", every=0.3)
    for customer, (question, answer) in state.items():
        assert question["direction"] == "in" and answer["author"]["type"] == "bot"
        count = len(bot.sent(customer.id))
        assert count == 1 if answer["status"] == "sent" else count <= 1, (answer["status"], count)
    server.stop()
