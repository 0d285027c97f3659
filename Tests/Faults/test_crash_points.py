"""F-01, T-03: kill -9 at every crash point of the message path, again and again, on both engines. The points come from the sources, so a
new one is tried the day it is written."""
import re
import threading
import time

import pytest

from fakes.openai import OpenAI, say
from harness.people import Account
from harness.programs import REPOSITORY, Server
from harness.waiting import wait_until
from ledger import Ledger

PATH = ("inbox.", "message.", "outbox.", "send.", "sqlite.", "postgres.", "bot.", "ai.")
LOCAL = ("--egress-allow", "127.0.0.0/8")


def crash_points() -> list[str]:
    found = set()
    for folder in ("Modules", "Plugins"):
        for file in (REPOSITORY / folder).rglob("*.swift"):
            found |= set(re.findall(r'\bfailpoint\("([a-z_.]+)"\)', file.read_text()))
    return sorted(f for f in found if f.startswith(PATH))


POINTS = crash_points()


def test_the_points_are_there():
    assert {"inbox.raw.before_commit", "inbox.raw.after_commit", "inbox.ack.before_write", "send.state_sending.after", "outbox.claim.after"} <= set(POINTS), POINTS


class World:
    """One installation per engine, an account with the built-in answerer and one with a provider; it lives through all rounds."""

    def __init__(self, engine, places, telegram_api):
        self.server = places.server(engine, *LOCAL)
        self.place = self.server.place
        self.ai = OpenAI().start()
        self.ai.respond = lambda body: say("Диван «Осло» стоит 189 000 ₸ [1].")
        self.accounts = {}
        for kind in ("builtin", "remote"):
            account = Account(self.server)
            account.teach()
            more = {"provider": "openai_compatible", "base_url": self.ai.base_url, "model": "fake-1", "api_key": "sk-x"} if kind == "remote" else {}
            account.bot(burst_wait_ms=0, **more)
            account.channel = account.telegram(telegram_api.bot(), telegram_api)
            self.accounts[kind] = account
        self.server.stop()

    def round(self, point: str, pass_number: int):
        account = self.accounts["remote" if point.startswith("ai.") else "builtin"]
        ledger = Ledger(account, account.channel)
        server = self.server.restarted(failpoint=f"{point}:{pass_number}", wait=False)
        died = self.load_until_death(server, ledger)
        assert died == 137, f"{point}:{pass_number} was not passed by {len(ledger.entries)} messages (status {died}): is it on the path?\n{server.text()[-1500:]}"
        self.server = server.restarted()
        ledger.resend()
        ledger.settle(self.server)
        if point.startswith("ai."):
            rows = account.owner.items("/api/v1/ai-calls")
            assert len(rows) >= len(self.ai.calls), f"I10: {len(rows)} rows for {len(self.ai.calls)} calls"
        assert self.server.is_running
        self.server.stop()

    def load_until_death(self, server: Server, ledger: Ledger, limit: float = 25) -> int | None:
        """Four customers at a time write until the process is gone."""
        end = time.monotonic() + limit

        def ready():
            if not server.is_running:
                return True
            try:
                return server.client().get("/readyz", timeout=2).status == 200
            except OSError:
                return False
        wait_until(ready, 30, "ready or dead", every=0.02)

        def write():
            while server.is_running and time.monotonic() < end and len(ledger.entries) < 40:
                entry = ledger.add()
                ledger.send(entry, timeout=5)
                time.sleep(0.03)
        threads = [threading.Thread(target=write, daemon=True) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(limit)
        if not ledger.entries:
            ledger.add()
        try:
            return server.process.wait(max(1, min(8, end - time.monotonic())))
        except Exception:  # noqa: BLE001 - still running
            server.kill()
            return None


@pytest.fixture(scope="session")
def world(engine, places, telegram_api):
    made = World(engine, places, telegram_api)
    yield made
    made.ai.stop()
    if made.server.is_running:
        made.server.kill()


def passes(point: str, rounds: int) -> list[int]:
    """Which pass to die at. Commits happen at the start too, so theirs go further."""
    many = point.startswith(("sqlite.", "postgres."))
    return [1 + (i * (7 if many else 1)) % (60 if many else 4) + (8 if many and i else 0) for i in range(rounds)]


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at(world, engine, point, rounds):
    if point.startswith("sqlite.") and engine != "sqlite" or point.startswith("postgres.") and engine != "postgres":
        pytest.skip("the other engine's")
    for number in passes(point, rounds):
        if world.server.is_running:
            world.server.kill()
        world.round(point, number)


@pytest.mark.parametrize("point", ["migrate.step_n.before", "migrate.step_n.after"])
def test_f28_a_kill_between_migrations(engine, places, point, rounds):
    """Old or new schema, never mixed: the next start goes on where it was."""
    whole = places.server(engine)
    steps = whole.text().count(" applied ")
    whole.stop()
    assert steps > 9
    for number in range(1, min(rounds, steps // 3) + 1):
        place = places.new(engine)
        server = Server(place, failpoint=f"{point}:{number * 3}", wait=False)
        assert server.process.wait(30) == 137, server.text()[-1000:]
        server.output.close()
        again = places.keep(server.restarted())
        account = Account(again)
        assert account.owner.get("/api/v1/conversations").ok()["items"] == []
        again.stop()
