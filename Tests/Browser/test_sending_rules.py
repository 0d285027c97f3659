"""Quiet hours in the browser: the settings page, a message that is refused, and one that is held."""
import re
import time

import pytest
from playwright.sync_api import expect

from harness.waiting import wait_until
from test_channels import look, speak  # noqa: F401 - fixtures

NO_RULES = {"time_zone": "UTC", "quiet_hours": [], "daily_cap": None}


@pytest.fixture
def ruled(site):
    yield
    site.owner.put("/api/v1/sending-rules", NO_RULES).ok()


@pytest.mark.parametrize("language,theme,width", [("en", "dark", 1280), ("ru", "light", 360), ("kk", "dark", 360)])
def test_rules_are_set_and_hold_what_is_no_answer(browse, site, speak, ruled, language, theme, width):  # noqa: F811
    speak(language, theme)
    site.owner.put("/api/v1/sending-rules", NO_RULES).ok()
    customer = site.channel.customer()
    assert site.channel.deliver(customer.message("Я подумаю", date=int(time.time()) - 3 * 86_400)) == 200
    conversation = site.conversation(customer.name)["id"]
    watched = browse("/settings", width=width, theme=theme)
    page = watched.page
    panel = watched.find("sending-rules")
    expect(panel).to_be_visible()
    watched.find("rules-zone").select_option("UTC")
    watched.find("rules-add-window").click()
    hour = time.gmtime().tm_hour
    watched.find("quiet-from").fill(f"{(hour - 1) % 24:02}:00")
    watched.find("quiet-to").fill(f"{(hour + 2) % 24:02}:00")
    watched.find("rules-cap").fill("3")
    watched.find("rules-save").click()
    expect(watched.find("rules-quiet")).to_be_visible()
    look(page, f"rules-{language}-{theme}-{width}")
    rules = site.owner.get("/api/v1/sending-rules").ok()["rules"]
    assert rules["daily_cap"] == 3 and rules["quiet_hours"][0]["days"] == [1, 2, 3, 4, 5, 6, 7]

    watched.expected.append("status of 409")
    page.goto(f"{site.server.url}/inbox/{conversation}")
    watched.find("composer-text").fill("Здравствуйте")
    watched.find("composer-send").click()
    held = watched.find("pending-held")
    expect(held).to_be_visible()
    look(page, f"refused-{language}-{theme}-{width}")
    watched.find("pending-send-then").click()
    expect(watched.find("schedule", status="scheduled")).to_be_visible()
    watched.find("composer-text").fill("Срочно")
    watched.find("composer-send").click()
    watched.find("pending-override").click()
    wait_until(lambda: [m["text"] for m in site.channel.bot.sent(customer.id)] == ["Срочно"], what="it leaves in spite of the rule")
    expect(watched.find("message").filter(has_text=re.compile("Срочно"))).to_have_count(1)
