"""F-17, F-18: PostgreSQL goes away and comes back. 503 meanwhile, recovery without a restart."""
import threading
import time

import pytest

from harness.people import Account
from harness.postgres import Postgres
from harness.programs import Place, Server
from harness.waiting import wait_until
from ledger import Ledger

LOCAL = ("--egress-allow", "127.0.0.0/8")


@pytest.fixture(scope="module")
def own_postgres():
    server = Postgres.private()
    yield server
    server.close()


@pytest.mark.slow
def test_an_outage_is_503_and_recovers_without_a_restart(own_postgres, places, telegram_api):
    place = Place(own_postgres.database(), own_postgres)
    places.all.append(place)
    server = places.keep(Server(place, *LOCAL))
    account = Account(server)
    account.teach()
    account.bot(burst_wait_ms=0)
    ledger = Ledger(account, account.telegram(telegram_api.bot(), telegram_api))
    for _ in range(5):
        assert ledger.send(ledger.add())
    stop = threading.Event()

    def customers():
        while not stop.is_set():
            ledger.send(ledger.add(), timeout=20)
            time.sleep(0.1)
    threads = [threading.Thread(target=customers, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    for outage in range(2):
        time.sleep(0.5)
        own_postgres.stop()
        client = server.client()
        wait_until(lambda: client.get("/readyz", timeout=15).status == 503, 20, "not ready")
        assert client.get("/healthz", timeout=10).status == 200, "the process lives"
        answer = account.owner.get("/api/v1/conversations", timeout=20)
        assert answer.status == 503 and answer.code == "unavailable", answer
        entry = ledger.add()
        start = time.monotonic()
        assert not ledger.send(entry, timeout=20) and time.monotonic() - start < 15, "a webhook is refused, not held"
        own_postgres.start()
        back = time.monotonic()
        wait_until(lambda: client.get("/readyz", timeout=15).status == 200, 15, "ready again")
        assert time.monotonic() - back < 10, f"recovered in {time.monotonic() - back:.1f} s (outage {outage})"
    stop.set()
    for thread in threads:
        thread.join(30)
    assert server.is_running
    ledger.resend()
    ledger.settle(server, 90)
    server.stop()


def test_a_database_with_a_foreign_connection_limit_recovers(own_postgres, places, telegram_api):
    """Every connection is cut at once, as a failover does."""
    place = Place(own_postgres.database(), own_postgres)
    places.all.append(place)
    server = places.keep(Server(place, *LOCAL))
    account = Account(server)
    account.teach()
    account.bot(burst_wait_ms=0)
    ledger = Ledger(account, account.telegram(telegram_api.bot(), telegram_api))
    name = place.database.rsplit("/", 1)[1]
    for _ in range(5):
        for _ in range(4):
            ledger.send(ledger.add())
        own_postgres.psql(f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()")
    assert wait_until(lambda: account.owner.get("/api/v1/conversations").status == 200, 15, "it reconnects")
    ledger.resend()
    ledger.settle(server, 60)
    server.stop()
