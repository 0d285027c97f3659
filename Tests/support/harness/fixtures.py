"""Fixtures of all three suites. `from harness.fixtures import *` in a conftest.py."""
import os

import pytest

from fakes.avito_api import AvitoAPI
from fakes.bot_api import BotAPI
from fakes.graph_api import GraphAPI
from fakes.max_api import MaxAPI
from fakes.openai import OpenAI
from fakes.wappi_api import WappiAPI
from .channels import Channel
from .http import next_source
from .people import Account
from .postgres import Postgres
from .programs import Place, Server

ENGINES = os.environ.get("SEVENSALES_TEST_ENGINES", "sqlite,postgres").split(",")
#: Where tests marked `once` run; for running the engines in two processes at a time.
ONCE = os.environ.get("SEVENSALES_TEST_ONCE", ENGINES[0])
LOCAL = ("--egress-allow", "127.0.0.0/8")


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes more than about 20 seconds")
    config.addinivalue_line("markers", "core: what Scripts/test runs again with each channel's shared object in a process of its own")
    config.addinivalue_line("markers", "once: what is tested does not touch the database; on one engine only, except in the full run")


def pytest_collection_modifyitems(config, items):
    """One engine after the other, so that no more servers run than needed."""
    def engine(item):
        return getattr(item, "callspec", None) and item.callspec.params.get("engine") or ""
    items.sort(key=lambda item: (engine(item) == "postgres"))
    if int(os.environ.get("SEVENSALES_FAULT_ROUNDS", "3")) < 20:
        again = [item for item in items if item.get_closest_marker("once") and engine(item) not in ("", ONCE)]
        config.hook.pytest_deselected(items=again)
        items[:] = [item for item in items if item not in again]


@pytest.fixture(scope="session", params=ENGINES)
def engine(request) -> str:
    return request.param


@pytest.fixture(scope="session")
def postgres():
    """Started when the first test needs it."""
    made = []

    class Lazy:
        def __call__(self) -> Postgres:
            if not made:
                made.append(Postgres.shared())
            return made[0]

    yield Lazy()
    for server in made:
        server.close()


@pytest.fixture(scope="session")
def places(postgres):
    """Makes places; they and what was started on them end with the session."""
    class Places:
        def __init__(self):
            self.all, self.processes = [], []

        def new(self, engine: str) -> Place:
            place = Place(postgres().database(), postgres()) if engine == "postgres" else Place()
            self.all.append(place)
            return place

        def server(self, engine: str, *options, **more) -> Server:
            return self.keep(Server(self.new(engine), *options, **more))

        def keep(self, process):
            self.processes.append(process)
            return process

    made = Places()
    yield made
    for process in made.processes:
        if process.is_running:
            process.kill()
    if not os.environ.get("SEVENSALES_TEST_KEEP"):
        for place in made.all:
            place.remove()


@pytest.fixture(scope="session")
def telegram_api():
    with BotAPI() as api:
        yield api


@pytest.fixture(scope="session")
def max_api():
    with MaxAPI() as api:
        yield api


@pytest.fixture(scope="session")
def avito_api():
    with AvitoAPI() as api:
        yield api


@pytest.fixture(scope="session")
def wappi_api():
    with WappiAPI() as api:
        yield api


@pytest.fixture(scope="session")
def graph_api():
    with GraphAPI() as api:
        yield api


@pytest.fixture
def ai():
    """A provider on a host of its own: a breaker that one test opens must not be the next one's."""
    with OpenAI(host=next_source()) as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def server(engine, places) -> Server:
    """The shared server of an engine; it may call the fakes on this machine."""
    running = places.server(engine, *LOCAL)
    yield running
    assert running.is_running, f"the shared server died with status {running.status}:\n{running.text()[-4000:]}"
    running.stop()


@pytest.fixture(scope="session")
def strict_server(engine, places) -> Server:
    """Without --egress-allow: as an installation on the internet runs."""
    running = places.server(engine)
    yield running
    assert running.is_running, f"the strict server died with status {running.status}:\n{running.text()[-4000:]}"
    running.stop()


@pytest.fixture(scope="module", autouse=True)
def channels_end_with_their_module():
    yield
    Channel.remove_all()


@pytest.fixture(scope="module")
def account(server) -> Account:
    """An account of the module, its bot taught and quick."""
    made = Account(server)
    made.teach()
    made.bot(burst_wait_ms=0)
    return made


@pytest.fixture(scope="module")
def quiet(server) -> Account:
    """An account of the module whose bot is switched off."""
    made = Account(server)
    made.bot(enabled=False)
    return made


@pytest.fixture
def telegram(account, telegram_api):
    """A Telegram channel of one's own in the module's account."""
    return account.telegram(telegram_api.bot(), telegram_api)


@pytest.fixture
def quiet_telegram(quiet, telegram_api):
    return quiet.telegram(telegram_api.bot(), telegram_api)
