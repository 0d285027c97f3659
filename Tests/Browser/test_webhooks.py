"""Webhooks in the settings: add one, copy its secret, look at what was sent, send it again."""
from playwright.sync_api import expect

from fakes.receiver import Receiver
from harness.waiting import wait_until


def test_a_webhook_from_adding_to_sending_again(browse, site):
    with Receiver() as receiver:
        receiver.script = [(500, {}, b"the stock is closed")]
        watched = browse("/settings")
        watched.find("settings-webhooks").click()
        expect(watched.find("webhooks")).to_be_visible()
        watched.find("webhook-add").click()
        watched.find("webhook-save").click()
        expect(watched.page.get_by_role("alert").first).to_be_visible()
        watched.find("webhook-url").fill(receiver.url + "/hook")
        watched.find("webhook-description").fill("Бухгалтерия")
        watched.find("webhook-event-message.received").uncheck()
        watched.find("webhook-event-contact.updated").check()
        watched.find("webhook-save").click()
        secret = watched.find("webhook-secret")
        expect(secret).to_be_visible()
        first = secret.input_value()
        assert first.startswith("whsec_")

        card = watched.page.locator('[data-testid="webhook"]', has_text="Бухгалтерия")
        card.get_by_test_id("webhook-test").click()
        delivery = card.get_by_test_id("delivery").first
        expect(delivery).to_have_attribute("data-status", "failed")
        delivery.get_by_test_id("delivery-open").click()
        expect(card.get_by_test_id("attempt").first).to_contain_text("the stock is closed")
        assert receiver.taken[0].is_signed_by(first)
        delivery.get_by_test_id("delivery-replay").click()
        expect(card.get_by_test_id("delivery").first).to_have_attribute("data-status", "delivered")
        assert len(receiver.taken) == 2 and receiver.taken[0].id == receiver.taken[1].id

        card.get_by_test_id("deliveries-replay").click()
        watched.find("replay-confirm").click()
        expect(watched.find("toasts")).to_contain_text("0")

        card.get_by_test_id("webhook-rotate").click()
        watched.find("confirm").click()
        wait_until(lambda: watched.find("webhook-secret").input_value() not in ("", first), what="another secret is shown")

        card.get_by_test_id("webhook-turn").click()
        expect(card).to_have_attribute("data-state", "disabled")
        expect(card.get_by_test_id("webhook-reason")).to_be_visible()
        card.get_by_test_id("webhook-remove").click()
        watched.find("confirm").click()
        expect(card).to_have_count(0)


def test_a_refused_address_says_what_is_expected(browse, site):
    watched = browse("/webhooks")
    watched.expected += [r"status of 422"]
    watched.find("webhook-add").click()
    watched.find("webhook-url").fill("ftp://shop.example/hook")
    watched.find("webhook-save").click()
    expect(watched.page.get_by_role("alert").first).to_contain_text("https://")


def test_a_410_shows_why_it_is_off(browse, site):
    with Receiver(status=410) as receiver:
        made = site.owner.post("/api/v1/webhooks", {"url": receiver.url + "/gone", "events": ["message.received"], "description": "Ушёл"}).ok(201)
        watched = browse("/webhooks")
        card = watched.page.locator(f'[data-webhook="{made["id"]}"]')
        expect(card).to_have_attribute("data-state", "active")
        site.owner.post(f"/api/v1/webhooks/{made['id']}/test").ok(202)
        # Without a reload: the page hears of it.
        expect(card).to_have_attribute("data-state", "disabled")
        expect(card.get_by_test_id("webhook-reason")).to_contain_text("410")
        site.owner.delete(f"/api/v1/webhooks/{made['id']}").ok(204)


def test_an_operator_has_no_such_page(chromium, site):
    from browsing import Watched, sign_in
    from harness.people import PASSWORD
    operator = site.invite("operator")
    watched = Watched(chromium, site.server, sign_in(chromium, site.server, operator.email, PASSWORD))
    watched.open("/settings")
    expect(watched.find("settings")).to_be_visible()
    expect(watched.find("settings-webhooks")).to_have_count(0)
    watched.open("/webhooks")
    expect(watched.find("forbidden-webhooks")).to_be_visible()
    watched.check()
    watched.close()
