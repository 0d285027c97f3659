import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import pytest  # noqa: E402

pytest.register_assert_rewrite("harness.people", "harness.http", "harness.programs")

from harness.fixtures import *  # noqa: E402,F401,F403

from playwright.sync_api import sync_playwright  # noqa: E402

from browsing import Watched, accept, sign_in  # noqa: E402
from harness.people import PASSWORD, QUESTION  # noqa: E402


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(places, telegram_api):
    """A server with an account in which every page has something to show. SQLite: what pages show does not depend on the engine."""
    server = places.server("sqlite", *LOCAL)
    account = Account(server, "Мебель «Осло»")
    account.teach()
    account.bot(burst_wait_ms=0)
    account.channel = account.telegram(telegram_api.bot(), telegram_api)
    account.chat = account.webchat(color="#2a5bd7", greeting="Здравствуйте!")
    account.customer = account.channel.customer("Айгүл Сейтқали")
    account.channel.say(account.customer, QUESTION)
    account.channel.bot.wait(1, account.customer.id)
    waiting = account.channel.customer("Данияр Ахметов")
    account.channel.say(waiting, "Дайте скидку 80 %?")
    visitor = account.visitor(account.chat["public_key"], "Гость с сайта")
    visitor.say("Позовите оператора")
    account.answered = account.conversation(account.customer.name)["id"]
    account.waiting = account.conversation(waiting.name)["id"]
    account.reply(account.waiting, "заметка для своих", "note").ok(201)
    account.entry = account.owner.get("/api/v1/knowledge/entries").ok()["items"][0]["id"]
    account.owner.post("/api/v1/invitations", {"email": "new@example.kz", "role": "operator"}).ok(201)
    account.key("conversation.read")
    # Nobody listens there, so that a failed try is to be seen.
    account.webhook = account.owner.post("/api/v1/webhooks", {"url": "http://127.0.0.1:9/hook", "events": ["message.received"], "description": "Склад"}).ok(201)
    account.owner.post(f"/api/v1/webhooks/{account.webhook['id']}/test").ok(202)
    yield account
    server.kill()


@pytest.fixture(scope="session")
def signed_in(chromium, site):
    return sign_in(chromium, site.server, site.email, PASSWORD)


@pytest.fixture
def browse(chromium, site, signed_in):
    """Opens watched, signed-in pages; each must end without a problem."""
    opened = []

    def make(path="/inbox", state=signed_in, **more) -> Watched:
        watched = Watched(chromium, site.server, state, **more)
        opened.append(watched)
        watched.open(path)
        return watched
    yield make
    try:
        for watched in opened:
            watched.check()
    finally:
        for watched in opened:
            watched.close()


@pytest.fixture
def demo(engine, places, chromium):
    server = places.server(engine, "--demo")
    yield server
    server.kill()


__all__ = ["accept"]
