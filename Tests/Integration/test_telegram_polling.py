"""Acceptance 2, polling mode: for installations without a public address."""
import pytest

from fakes import bot_api
from harness.people import QUESTION, SOURCE, Customer
from harness.waiting import wait_until


@pytest.fixture
def polled(account, telegram_api):
    bot = telegram_api.bot()
    channel = account.telegram(bot, telegram_api, mode="polling")
    yield channel
    account.owner.delete(f"/api/v1/channels/{channel.id}").ok(204)


@pytest.mark.core
def test_polled_updates_are_answered_and_confirmed(account, polled):
    customer = Customer(polled.bot)
    first = polled.bot.push(customer.message(QUESTION))
    [sent] = polled.bot.wait(1, customer.id)
    assert SOURCE in sent["text"].replace("\u00a0", " ")
    wait_until(lambda: first["update_id"] not in [u["update_id"] for u in polled.bot.updates], what="the offset confirms what was stored")
    polled.bot.push(customer.message("Сколько стоит доставка?"))
    polled.bot.wait(2, customer.id)
    shown = account.shown(account.conversation(customer.name)["id"])
    assert sorted(m["author"]["type"] for m in shown) == ["bot", "bot", "customer", "customer"]
    asked = [c.parameters for c in polled.bot.all("getUpdates")]
    assert all(1 <= int(p["timeout"]) <= 50 for p in asked), "long polling"
    assert "callback_query" in asked[0]["allowed_updates"]


def test_a_forgotten_webhook_is_removed(account, telegram_api):
    bot = telegram_api.bot()
    bot.webhook = {"url": "https://old.example/hook"}
    channel = account.telegram(bot, telegram_api, mode="polling")
    customer = Customer(bot)
    bot.push(customer.message(QUESTION))
    bot.wait(1, customer.id)
    assert not bot.webhook
    account.owner.delete(f"/api/v1/channels/{channel.id}").ok(204)


def test_a_repeated_batch_is_stored_once(account, polled):
    customer = Customer(polled.bot)
    update = customer.message("один раз")
    polled.bot.push(update)
    conversation = account.conversation(customer.name)["id"]
    polled.bot.push(update)
    other = Customer(polled.bot)
    polled.bot.push(other.message("метка"))
    account.conversation(other.name)
    assert [m["text"] for m in account.shown(conversation) if m["direction"] == "in"] == ["один раз"]


@pytest.mark.once
def test_errors_of_the_provider_do_not_stop_polling(account, polled):
    polled.bot.script("getUpdates", bot_api.error(502, "Bad Gateway"), bot_api.garbage(), bot_api.cut_before())
    customer = Customer(polled.bot)
    polled.bot.push(customer.message(QUESTION))
    polled.bot.wait(1, customer.id, timeout=40)


def test_another_poller_is_reported(account, telegram_api):
    bot = telegram_api.bot()
    bot.script("getUpdates", *[bot_api.error(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")] * 50)
    channel = account.telegram(bot, telegram_api, mode="polling")

    def problem():
        return next(c for c in account.owner.get("/api/v1/channels").ok()["items"] if c["id"] == channel.id)["problem"]
    assert wait_until(problem, what="the channel says what is wrong")
    account.owner.delete(f"/api/v1/channels/{channel.id}").ok(204)


def test_a_removed_channel_is_polled_no_more(account, telegram_api):
    bot = telegram_api.bot()
    channel = account.telegram(bot, telegram_api, mode="polling")
    wait_until(lambda: bot.all("getUpdates"), what="it polls")
    account.owner.delete(f"/api/v1/channels/{channel.id}").ok(204)
    customer = Customer(bot)
    bot.push(customer.message("после удаления"))
    # One round may be under way still; what it brings belongs to nobody.
    count = len(bot.all("getUpdates"))
    wait_until(lambda: len(bot.all("getUpdates")) <= count + 1, what="no more rounds")
    assert customer.name not in str(account.conversations())
