"""What did not get through: listed, sent again where that is safe, dismissed."""
import pytest

from fakes import bot_api
from harness.people import Account
from harness.waiting import wait_until


@pytest.fixture
def shop(server, telegram_api):
    account = Account(server)
    account.channel = account.telegram(telegram_api.bot(), telegram_api)
    return account


def lose(account, behaviour, status: str) -> tuple[str, str]:
    """A reply that ends as `status`; the message's id and the customer's name."""
    customer = account.channel.customer()
    account.channel.say(customer, "Добрый день")
    conversation = account.conversation(customer.name)["id"]
    account.channel.bot.script("sendMessage", behaviour)
    id = account.reply(conversation, f"Ответ {customer.name}").ok(201)["id"]
    wait_until(lambda: next(m for m in account.messages(conversation) if m["id"] == id)["status"] == status, what=f"it is {status}", timeout=30)
    return id, customer.name


def listed(account) -> dict[str, str]:
    return {letter["message"]["id"]: letter["message"]["status"] for letter in account.owner.get("/api/v1/dead-letters").ok()["messages"]}


def test_failed_and_uncertain_messages_are_listed_and_only_the_safe_ones_sent_again(shop):
    failed, name = lose(shop, bot_api.blocked(), "failed")
    uncertain, _ = lose(shop, bot_api.cut_after(), "uncertain")
    assert listed(shop) == {failed: "failed", uncertain: "uncertain"}
    letter = next(x for x in shop.owner.get("/api/v1/dead-letters").ok()["messages"] if x["message"]["id"] == failed)
    assert letter["contact"]["name"] == name and letter["message"]["failure"]["reason"]
    assert shop.owner.post("/api/v1/dead-letters/resend").ok() == {"count": 1}
    wait_until(lambda: listed(shop) == {uncertain: "uncertain"}, what="the failed one is on its way")
    wait_until(lambda: any(name in m["text"] for m in shop.channel.bot.sent()), what="it arrives")
    shop.owner.post(f"/api/v1/messages/{uncertain}/retry").ok()
    wait_until(lambda: listed(shop) == {}, what="a person decided")
    actions = [line["action"] for line in shop.owner.items("/api/v1/audit")]
    assert actions.count("message.retried") == 2


def test_a_dismissed_message_stays_in_its_conversation(shop):
    failed, _ = lose(shop, bot_api.blocked(), "failed")
    for _ in range(2):
        shop.owner.post(f"/api/v1/dead-letters/messages/{failed}/dismiss").ok(204)
    assert listed(shop) == {}
    conversation = shop.conversations()[0]["id"]
    assert next(m for m in shop.messages(conversation) if m["id"] == failed)["status"] == "failed"
    assert [line["action"] for line in shop.owner.items("/api/v1/audit")].count("message.dismissed") == 1


def test_nobody_else_sees_or_touches_it(shop, server):
    failed, _ = lose(shop, bot_api.blocked(), "failed")
    other = Account(server)
    assert other.owner.get("/api/v1/dead-letters").ok() == {"messages": [], "jobs": []}
    other.owner.post(f"/api/v1/dead-letters/messages/{failed}/dismiss").problem(404)
    assert other.owner.post("/api/v1/dead-letters/resend").ok() == {"count": 0}
    analyst = shop.invite("analyst")
    analyst.get("/api/v1/dead-letters").ok()
    for path in ("resend", f"messages/{failed}/dismiss"):
        analyst.post(f"/api/v1/dead-letters/{path}").problem(403)
    assert listed(shop) == {failed: "failed"}
