"""What did not get through, on the channels page: in three languages, light and dark, wide and at 360 pixels."""
import pytest
from playwright.sync_api import expect

from fakes import bot_api
from harness.waiting import wait_until
from test_channels import look, speak  # noqa: F401 - fixtures


def lose(site, behaviour, status: str):
    customer = site.channel.customer()
    site.channel.say(customer, "Добрый день")
    conversation = site.conversation(customer.name)["id"]
    site.channel.bot.script("sendMessage", behaviour)
    id = site.reply(conversation, f"Ответ для {customer.name}").ok(201)["id"]
    wait_until(lambda: next(m for m in site.messages(conversation) if m["id"] == id)["status"] == status, what=f"it is {status}", timeout=30)
    return customer, id


@pytest.fixture
def settled(site):
    """Nothing is left on the list."""
    yield
    for letter in site.owner.get("/api/v1/dead-letters").ok()["messages"]:
        site.owner.post(f"/api/v1/dead-letters/messages/{letter['message']['id']}/dismiss").ok(204)


@pytest.mark.parametrize("language,theme,width", [("en", "light", 1280), ("ru", "dark", 360), ("kk", "light", 360)])
def test_lost_messages_are_listed_sent_again_and_dismissed(browse, site, speak, settled, language, theme, width):  # noqa: F811
    speak(language, theme)
    blocked, _ = lose(site, bot_api.blocked(), "failed")
    doubtful, _ = lose(site, bot_api.cut_after(), "uncertain")
    watched = browse("/channels", width=width, theme=theme)
    page = watched.page
    lost = watched.find("dead-letter", status="failed").filter(has_text=blocked.name)
    unsure = watched.find("dead-letter", status="uncertain").filter(has_text=doubtful.name)
    expect(lost).to_be_visible()
    expect(unsure).to_be_visible()
    look(page, f"dead-letters-{language}-{theme}-{width}")
    watched.find("dead-resend-all").click()
    expect(lost).to_have_count(0)
    wait_until(lambda: any(blocked.name in m["text"] for m in site.channel.bot.sent(blocked.id)), what="it arrives")
    expect(unsure).to_be_visible()
    unsure.get_by_test_id("dead-dismiss").click()
    expect(unsure).to_have_count(0)
