"""What brought a customer: on the message, above the conversation and in its details."""
import uuid

import pytest
from playwright.sync_api import expect

from test_channels import look, promised, speak  # noqa: F401 - fixtures


@pytest.fixture(scope="module")
def arrived(site):
    """A visitor who came by an advertisement and went on to another page."""
    visitor = site.visitor(site.chat["public_key"], "Гость из рекламы")
    def write(text: str, url: str, title: str):
        visitor.client.post(f"/webchat/{visitor.key}/messages", {"id": str(uuid.uuid4()), "text": text, "page": {"url": url, "title": title}}).ok(202)
    write("Здравствуйте", "https://shop.example/?utm_source=instagram&utm_campaign=may", "Диваны и кресла с доставкой по Алматы")
    write("Позовите оператора", "https://shop.example/oslo", "Диван «Осло» угловой, раскладной, серый")
    return site.conversation("Гость из рекламы")["id"]


@pytest.mark.parametrize("language,theme,width", [("en", "light", 1280), ("ru", "dark", 1280), ("kk", "light", 360), ("ru", "dark", 360)])
def test_where_a_customer_came_from_is_seen(browse, arrived, speak, language, theme, width):  # noqa: F811
    speak(language, theme)
    watched = browse(f"/inbox/{arrived}", width=width, height=800 if width > 600 else 740, theme=theme)
    page = watched.page
    word = {"en": "Page", "ru": "Страница", "kk": "Бет"}[language]
    lines = watched.find("message").locator("[data-testid=referral]")
    expect(lines).to_have_count(2)
    expect(lines.first).to_contain_text(f"{word} · Диваны и кресла с доставкой по Алматы · instagram / may")
    head = page.locator(".referral--head")
    expect(head).to_contain_text("Диван «Осло»")
    link = head.locator("a")
    assert link.get_attribute("href") == "https://shop.example/oslo" and "noreferrer" in link.get_attribute("rel")
    look(page, f"referral-{language}-{theme}-{width}")
    if width == 360:
        page.locator(".thread__actions [aria-haspopup]").last.click()
        page.get_by_role("menuitem", name={"ru": "Подробности", "kk": "Толығырақ"}[language]).click()
    elif not watched.find("context").is_visible():
        watched.find("details").click()
    fact = watched.find("context-referral")
    expect(fact).to_contain_text("instagram / may")
    look(page, f"referral-details-{language}-{theme}-{width}")


@pytest.mark.parametrize("language,theme,width", [("ru", "light", 1280), ("kk", "dark", 360)])
def test_what_nobody_said_is_a_line(promised, site, speak, language, theme, width):  # noqa: F811
    speak(language, theme)
    watched, coming = promised(width, theme=theme)
    line = {"direction": "internal", "kind": "service", "author": {"type": "system", "id": None, "name": ""}, "text": "", "attachments": [], "status": "sent"}
    card = {"kind": "link", "name": None, "mime": None, "size": None, "note": "Диван «Осло» угловой, 189 000 ₸", "url": "https://avito.ru/1", "state": "none", "file": None}
    arrival = {"source": "ad", "reference": "63", "campaign": "may", "title": "Скидка 20 %", "url": None}
    for more in ({"service": "missed-call"}, {"service": "notice", "text": "Покупатель открыл телефон"}, {"service": "card", "attachments": [card]},
                 {"service": "arrival", "referral": arrival}, {"service": "thing-of-2031"}):
        coming.message(site.waiting, **{**line, **more})
    page = watched.open(f"/inbox/{site.waiting}")
    lines = watched.find("service-message")
    expect(lines).to_have_count(5)
    expect(lines.nth(0)).to_contain_text({"ru": "Пропущенный звонок", "kk": "Өткізіп алған қоңырау"}[language])
    expect(lines.nth(1)).to_contain_text("Покупатель открыл телефон")
    expect(lines.nth(2).locator("a")).to_have_attribute("href", "https://avito.ru/1")
    expect(lines.nth(3)).to_contain_text("Скидка 20 % · may")
    look(page, f"service-lines-{language}-{theme}-{width}")
