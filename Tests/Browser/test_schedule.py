"""Sending later: what an operator sees and does, in three languages, light and dark, wide and at 360 pixels."""
import re

import pytest
from playwright.sync_api import expect

from harness.waiting import wait_until
from test_channels import look, speak  # noqa: F401 - fixtures


def test_times_are_the_companys(browse, site):
    rules = site.owner.get("/api/v1/sending-rules").ok()["rules"]
    site.owner.put("/api/v1/sending-rules", {"time_zone": "Asia/Tokyo", "quiet_hours": []}).ok()
    try:
        customer = site.channel.customer()
        site.channel.say(customer, "Завтра отвечу")
        conversation = site.conversation(customer.name)["id"]
        watched = browse(f"/inbox/{conversation}", timezone_id="Asia/Almaty")
        watched.find("composer-text").fill("Что решили?")
        watched.find("send-later").click()
        watched.find("schedule-tomorrow").click()
        expect(watched.find("schedule-at")).to_have_value(re.compile("T09:00$"))
        dialog = watched.find("send-later-dialog")
        expect(dialog).to_contain_text("По времени компании: Asia/Tokyo")
        expect(dialog).to_contain_text("05:00")
        look(watched.page, "send-later-elsewhere")
        watched.find("schedule-submit").click()
        expect(dialog).to_have_count(0)
        planned = next(m for m in site.messages(conversation) if m["text"] == "Что решили?")
        assert planned["schedule"]["at"][11:16] == "00:00", "nine in Tokyo, in UTC"
        # The notice speaks by the reader's clock as all of the inbox does; the dialog by the company's.
        expect(watched.find("schedule", status="scheduled")).to_contain_text("05:00")
        watched.find("schedule-change").click()
        expect(watched.find("schedule-at")).to_have_value(re.compile("T09:00$"))
    finally:
        site.owner.put("/api/v1/sending-rules", rules).ok()


@pytest.mark.parametrize("language,theme,width", [("en", "light", 1280), ("ru", "dark", 360), ("kk", "light", 360)])
def test_a_reply_is_scheduled_changed_and_taken_back(browse, site, speak, language, theme, width):  # noqa: F811
    speak(language, theme)
    customer = site.channel.customer()
    site.channel.say(customer, "Я подумаю")
    conversation = site.conversation(customer.name)["id"]
    watched = browse(f"/inbox/{conversation}", width=width, theme=theme)
    page = watched.page
    expect(watched.find("send-later")).to_be_disabled()
    watched.find("composer-text").fill("Вы ещё думаете?")
    watched.find("send-later").click()
    dialog = watched.find("send-later-dialog")
    expect(dialog).to_be_visible()
    look(page, f"send-later-{language}-{theme}-{width}")
    watched.find("schedule-at").fill("2020-01-01T10:00")
    watched.find("schedule-submit").click()
    expect(watched.find("schedule-at")).to_have_attribute("aria-invalid", "true")
    watched.find("schedule-tomorrow").click()
    expect(watched.find("schedule-cancel-on-reply")).to_be_checked()
    watched.find("schedule-submit").click()
    expect(dialog).to_have_count(0)
    expect(watched.find("composer-text")).to_have_value("")
    notice = watched.find("schedule", status="scheduled")
    expect(notice).to_contain_text("9:00")
    look(page, f"scheduled-{language}-{theme}-{width}")

    watched.find("schedule-change").click()
    watched.find("schedule-text").fill("Диван ещё есть")
    watched.find("schedule-inHour").click()
    look(page, f"change-schedule-{language}-{theme}-{width}")
    watched.find("schedule-submit").click()
    expect(watched.find("message", status="scheduled")).to_contain_text("Диван ещё есть")
    # The customer's answer takes it back before the reader's eyes.
    site.channel.say(customer, "Беру")
    expect(watched.find("schedule", status="cancelled")).to_be_visible()
    assert site.channel.bot.sent(customer.id) == [] or all("Диван ещё есть" not in m["text"] for m in site.channel.bot.sent(customer.id))

    watched.find("composer-text").fill("Отправлю потом")
    watched.find("send-later").click()
    watched.find("schedule-submit").click()
    watched.find("schedule-send-now").click()
    wait_until(lambda: any(m["text"] == "Отправлю потом" for m in site.channel.bot.sent(customer.id)), what="it is sent at once")
    expect(watched.find("schedule", status="scheduled")).to_have_count(0)
