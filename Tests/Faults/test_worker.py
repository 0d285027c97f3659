"""Acceptance 5, F-19, T-21: a worker beside the server on PostgreSQL."""
import pytest

from fakes import bot_api
from harness.people import Account, Customer
from harness.programs import Server, Worker
from harness.waiting import stays, wait_until
from ledger import Ledger

LOCAL = ("--egress-allow", "127.0.0.0/8")
RESCUE = 55  # lease 30 s, heartbeat 10 s, goal 45 s; a debug build on a busy machine


@pytest.fixture
def base(places, telegram_api):
    server = places.server("postgres", *LOCAL)
    account = Account(server)
    account.teach()
    account.bot(burst_wait_ms=0)
    account.channel = account.telegram(telegram_api.bot(), telegram_api)
    return server, account


def test_a_worker_answers_while_no_server_runs(base, places):
    server, account = base
    server.stop()
    dying = Server(server.place, *LOCAL, port=server.port, failpoint="inbox.ack.before_write:1")
    customer = account.channel.customer()
    ledger = Ledger(account, account.channel)
    entry = ledger.add(customer)
    assert not ledger.send(entry)
    assert dying.process.wait(20) == 137
    dying.output.close()
    worker = places.keep(Worker(server.place, *LOCAL))
    account.channel.bot.wait(1, customer.id, timeout=60)
    assert worker.is_running
    again = places.keep(dying.restarted())
    ledger.resend()
    ledger.settle(again)
    assert worker.stop() < 10 and worker.status == 0
    again.stop()


def test_jobs_are_shared_and_none_is_done_twice(base, places):
    server, account = base
    workers = [places.keep(Worker(server.place, *LOCAL, name=f"worker{i}")) for i in range(2)]
    ledger = Ledger(account, account.channel)
    entries = [ledger.add() for _ in range(40)]
    from harness.programs import in_parallel
    in_parallel(8, lambda i: [ledger.send(e) for e in entries[i::8]])
    assert all(e.acknowledged for e in entries)
    ledger.settle(server, 60)
    for worker in workers:
        assert worker.is_running, worker.text()[-2000:]
        worker.stop()
    server.stop()


@pytest.mark.slow
def test_dead_and_sleeping_workers_are_rescued_and_zombies_write_nothing(base, places):
    """One worker is killed in the middle of a send, another one stopped and woken after its lease: one wait for both."""
    server, account = base
    server.stop()
    bot = account.channel.bot

    def under_way(customer, name):
        """A worker of its own in the middle of sending to the customer; no server runs."""
        bot.script("sendMessage", bot_api.slow(6))
        dying = Server(server.place, *LOCAL, port=server.port, failpoint="inbox.ack.before_write:1")
        account.channel.bot  # noqa: B018 - the hook's address is the same
        entry = ledger.add(customer)
        ledger.send(entry)
        assert dying.process.wait(20) == 137
        dying.output.close()
        worker = places.keep(Worker(server.place, *LOCAL, name=name))
        wait_until(lambda: any(int(c.parameters["chat_id"]) == customer.id for c in bot.all("sendMessage")), 60, "the worker is sending")
        return worker
    ledger = Ledger(account, account.channel)
    killed_customer, zombie_customer = Customer(bot), Customer(bot)
    killed = under_way(killed_customer, "killed")
    killed.kill()
    zombie = under_way(zombie_customer, "zombie")
    zombie.pause()
    running = places.keep(Server(server.place, *LOCAL, port=server.port))
    ledger.resend()
    ledger.settle(running, RESCUE + 20)

    def status(customer):
        conversation = account.conversation(customer.name)["id"]
        return [m["status"] for m in account.shown(conversation) if m["direction"] == "out"]
    before = status(zombie_customer)
    zombie.resume()
    stays(lambda: status(zombie_customer) == before, 6, "the zombie's write changes nothing")
    assert len([c for c in bot.all("sendMessage") if int(c.parameters["chat_id"]) == zombie_customer.id]) == 1, "sent again"
    assert len([c for c in bot.all("sendMessage") if int(c.parameters["chat_id"]) == killed_customer.id]) == 1, "sent again"
    assert before == ["uncertain"] and status(killed_customer) == ["uncertain"]
    for process in (zombie, running):
        process.stop()


def test_a_worker_without_a_database_says_so(tmp_path):
    import subprocess
    from harness.programs import clean_environment, program
    done = subprocess.run([program("sevensales-worker"), "--data", str(tmp_path / "x"), "--nonsense"], capture_output=True, text=True, timeout=40, env=clean_environment())
    assert done.returncode == 2 and done.stderr.strip() and "nonsense" in done.stderr
