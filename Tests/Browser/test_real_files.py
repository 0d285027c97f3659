"""Files in the inbox with nothing between browser and server: a customer's picture is seen, and an operator's arrives at the provider."""
import re

import pytest
from playwright.sync_api import expect

from harness.media import CAMERA, OGG, PDF, PLACE, body, jpeg
from harness.people import PASSWORD, Account
from harness.waiting import wait_until

from browsing import Watched, sign_in


@pytest.fixture(scope="module")
def shop(site):
    """An account of its own: what other tests count must not change."""
    account = Account(site.server)
    account.bot(enabled=False)
    return account


@pytest.fixture(scope="module")
def state(chromium, shop):
    return sign_in(chromium, shop.server, shop.email, PASSWORD)


@pytest.fixture
def talk(chromium, shop, state, telegram_api):
    """A conversation with a customer, open in a watched page."""
    opened = []

    class Talk:
        def __init__(self, width=1280):
            self.channel = shop.telegram(telegram_api.bot(), telegram_api)
            self.bot, self.customer = self.channel.bot, self.channel.customer()
            self.channel.say(self.customer, "Здравствуйте")
            self.id = shop.conversation(self.customer.name)["id"]
            self.watched = Watched(chromium, shop.server, state, width=width)
            opened.append(self.watched)
            self.page = self.watched.open(f"/inbox/{self.id}")
            expect(self.watched.find("message", author="customer")).to_have_count(1)

        def says(self, content: bytes, kind: str, **told):
            file = {"file_id": self.bot.add_file(content), "file_unique_id": "x", "file_size": len(content), **told}
            sizes = {"width": 16, "height": 16}
            assert self.channel.deliver(self.customer.message(**{kind: [file | sizes] if kind == "photo" else file})) == 200

    yield Talk
    try:
        for watched in opened:
            watched.check()
    finally:
        for watched in opened:
            watched.close()


@pytest.mark.parametrize("width", [1280, 360])
def test_a_customers_picture_comes_live_and_opens(talk, width):
    here = talk(width)
    here.says(jpeg(), "photo")
    picture = here.watched.find("attachment", state="stored")
    expect(picture).to_have_count(1)
    thumbnail = picture.locator("img")
    expect(thumbnail).to_have_js_property("naturalWidth", 16)
    picture.click()
    dialog = here.watched.find("picture-dialog")
    expect(dialog.locator("img.picture-full")).to_have_js_property("naturalWidth", 16)
    with here.page.expect_download() as coming:
        dialog.get_by_test_id("attachment-download").click()
    assert coming.value.suggested_filename == "file.jpg"
    saved = open(coming.value.path(), "rb").read()
    assert body(saved) == body(jpeg()) and CAMERA not in saved and PLACE not in saved
    here.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_a_customers_document_and_voice(talk):
    here = talk()
    here.says(PDF, "document", file_name="Договор № 17.pdf", mime_type="application/pdf")
    link = here.watched.find("attachment-download")
    expect(link).to_contain_text("Договор № 17.pdf")
    with here.page.expect_download() as coming:
        link.click()
    assert coming.value.suggested_filename == "Договор № 17.pdf" and open(coming.value.path(), "rb").read() == PDF
    here.says(OGG, "voice", duration=4, mime_type="audio/ogg")
    expect(here.watched.find("attachment", kind="voice", state="stored").locator("audio")).to_have_attribute("src", re.compile("^/api/v1/files/"))


def test_an_operators_picture_arrives(talk):
    here = talk()
    expect(here.watched.find("attach")).to_be_visible()
    here.watched.find("composer-files").set_input_files([{"name": "диван.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}])
    chosen = here.watched.find("chosen-file", state="ready")
    expect(chosen).to_have_count(1)
    expect(chosen.locator("img")).to_have_js_property("naturalWidth", 16)
    here.watched.find("composer-text").fill("Вот такой")
    here.watched.find("composer-send").click()
    [sent] = here.bot.wait(1, here.customer.id)
    assert (sent["method"], sent["text"], sent["file"].name) == ("sendPhoto", "Вот такой", "диван.jpg")
    assert body(sent["file"].content) == body(jpeg()) and PLACE not in sent["file"].content
    message = here.watched.find("message", author="user")
    expect(message).to_have_count(1)
    expect(message).to_contain_text("Вот такой")
    expect(message.get_by_test_id("attachment").locator("img")).to_have_js_property("naturalWidth", 16)
    wait_until(lambda: not here.page.wait_for_timeout(50) and message.get_attribute("data-status") in ("sent", "delivered", "read"), what="the status comes live")
    expect(here.watched.find("chosen-file")).to_have_count(0)
