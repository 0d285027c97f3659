"""The widget on a third party's page with a strict policy: the form before the chat, files both ways, the question how it was."""
import base64
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browsing import Watched
from harness.media import PDF
from harness.waiting import wait_until
from test_injection import Elsewhere


@pytest.fixture
def shop(chromium, site):
    """A chat with a form, consent and rating, on a page that allows nothing but our one script and our requests."""
    chat = site.webchat()
    site.owner.patch(f"/api/v1/channels/{chat['id']}", {"web_chat": {
        "pre_chat": {"name": "required", "email": "off", "phone": "optional"}, "rating": True,
        "consent": {"text": {"ru": "Согласен на обработку данных", "kk": "Деректерді өңдеуге келісемін", "en": "I agree to the processing"}, "link": "https://shop.example/policy"}}}).ok()
    origin = site.server.url
    policy = f"default-src 'none'; script-src {origin}/widget.js; connect-src {origin}; style-src 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    page = Elsewhere(f'<!doctype html><html lang=ru><title>Магазин</title><h1>Магазин</h1><script src="{origin}/widget.js" data-key="{chat["public_key"]}" async></script></html>', policy)
    watched = Watched(chromium, site.server)
    # The form is sent with a number that is none.
    watched.expected += [r"favicon", r"status of 404", r"status of 422"]
    watched.page.goto(page.url)
    yield watched
    watched.close()
    page.stop()


def opened(page):
    chat = page.locator("seven-sales-chat")
    chat.locator("button.launch").click()
    return chat


def test_form_files_and_rating(shop, site, tmp_path):
    page = shop.page
    chat = opened(page)
    form = chat.locator("form.before")
    expect(form).to_be_visible()
    expect(chat.locator("input[type=text]:not([name])")).to_be_hidden()
    # By keyboard alone, and told what is missing.
    expect(form.locator("input[name=name]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(form.locator("[role=alert]")).to_have_text("Пожалуйста, заполните это поле.")
    expect(form.locator("input[name=name]")).to_have_attribute("aria-invalid", "true")
    page.keyboard.type("Дана Виджет")
    page.keyboard.press("Tab")
    page.keyboard.type("позвоните")
    page.keyboard.press("Enter")
    expect(form.locator("[role=alert]")).to_have_text("Без вашего согласия чат не начать.")
    expect(form.locator("a")).to_have_attribute("href", "https://shop.example/policy")
    page.screenshot(path=str(tmp_path / "form.png"))
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(form.locator("[role=alert]")).to_have_text("Пожалуйста, проверьте написанное.")
    form.locator("input[name=phone]").fill("8 701 123 45 67")
    page.keyboard.press("Enter")
    expect(form).to_have_count(0)
    field = chat.locator("form input")
    expect(field).to_be_focused()
    field.fill("Здравствуйте")
    field.press("Enter")
    conversation = wait_until(lambda: not page.wait_for_timeout(100) and next((c for c in site.conversations() if c["contact"]["name"] == "Дана Виджет"), None), what="the conversation")["id"]
    # A picture and a document from the visitor.
    picker = chat.locator("input[type=file]")
    picker.set_input_files({"name": "дом.jpg", "mimeType": "image/jpeg", "buffer": photo(page)})
    expect(chat.locator(".in .picture canvas")).to_be_visible()
    picker.set_input_files({"name": "план.pdf", "mimeType": "application/pdf", "buffer": PDF})
    expect(chat.locator(".in button.file", has_text="план.pdf")).to_be_visible()
    long = tmp_path / "фильм.bin"
    long.write_bytes(b" " * ((10 << 20) + 1))
    picker.set_input_files(str(long))
    expect(chat.locator(".notice", has_text="10 МБ")).to_be_visible()
    files = wait_until(lambda: not page.wait_for_timeout(100) and len(a := [a for m in site.shown(conversation) for a in m["attachments"] if a["state"] == "stored"]) == 2 and a, what="both are in the inbox")
    assert [a["name"] for a in files] == ["дом.jpg", "план.pdf"]
    # A document from the company, saved by the visitor.
    upload = site.owner.post(f"/api/v1/conversations/{conversation}/files?name=price.pdf", raw=PDF).ok(201)
    site.owner.post(f"/api/v1/conversations/{conversation}/typing", {}).ok(204)
    expect(chat.locator(".typing")).to_contain_text("пишет")
    site.owner.post(f"/api/v1/conversations/{conversation}/messages", {"id": str(uuid.uuid4()), "kind": "reply", "text": "Прайс", "attachments": [upload["id"]]}).ok(201)
    link = chat.locator(".message:not(.in) button.file", has_text="price.pdf")
    expect(link).to_be_visible()
    with page.expect_download() as download:
        link.click()
    assert Path(download.value.path()).read_bytes() == PDF and download.value.suggested_filename == "price.pdf"
    # The picture is there after a load, fetched with the token and drawn.
    page.reload()
    chat = opened(page)
    expect(chat.locator(".in .picture canvas")).to_be_visible()
    expect(chat.locator("form.before")).to_have_count(0)
    page.screenshot(path=str(tmp_path / "files.png"))
    # It is closed: how was it?
    site.owner.post(f"/api/v1/conversations/{conversation}/close").ok()
    rating = chat.locator("form.rating")
    expect(rating).to_be_visible()
    rating.get_by_role("radio", name="4 из 5").check(force=True)
    rating.locator("textarea").fill("Быстро ответили")
    page.screenshot(path=str(tmp_path / "rating.png"))
    rating.locator("button").click()
    expect(rating.get_by_role("status")).to_have_text("Спасибо!")
    assert (site.show(conversation)["rating"]["score"], site.show(conversation)["rating"]["comment"]) == (4, "Быстро ответили")
    assert chat.evaluate("c => c.shadowRoot.querySelectorAll('img, iframe, script').length") == 0
    page.set_viewport_size({"width": 360, "height": 740})
    page.screenshot(path=str(tmp_path / "narrow.png"))
    shop.strangers.clear()
    assert not [problem for problem in shop.problems() if site.server.url in problem]


def photo(page) -> bytes:
    """A picture that a browser really draws."""
    data = page.evaluate("() => { const c = document.createElement('canvas'); c.width = 640; c.height = 400; const x = c.getContext('2d'); x.fillStyle = '#2a5bd7'; x.fillRect(0, 0, 640, 400); x.fillStyle = '#fff'; x.fillRect(80, 80, 200, 120); return c.toDataURL('image/jpeg') }")
    return base64.b64decode(data.split(",")[1])
