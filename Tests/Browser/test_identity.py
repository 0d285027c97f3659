"""The widget with customers who are signed in on the site around it: asked for when the chat opens, and again when a session ends."""
import pytest
from playwright.sync_api import expect

from browsing import Watched
from harness.identity import signed
from harness.waiting import wait_until
from test_chat_settings import page_of_a_shop  # noqa: F401

ADDRESS = "/chat-identity"


@pytest.fixture
def shop(chromium, site, page_of_a_shop):  # noqa: F811
    """A shop whose server signs for the chat."""
    made = Shop(chromium, site, *page_of_a_shop)
    yield made
    made.watched.close()


class Shop:
    def __init__(self, chromium, site, url, pages):
        self.site, self.url, self.pages = site, url, pages
        self.chat = site.webchat()
        self.secret = self.new_secret()
        self.watched = Watched(chromium, site.server)
        self.page = self.watched.page
        self.page.clock.install()
        self.asked = 0
        self.page.on("request", self.count)

    def count(self, request):
        self.asked += request.url.endswith(ADDRESS)

    def new_secret(self) -> str:
        """The old one ends, and every session with it."""
        return self.site.owner.post(f"/api/v1/channels/{self.chat['id']}/identity-secret", {"keep_previous": False}).ok(201)["secret"]

    def identity(self, subject: str, name: str) -> str:
        return signed(self.secret, {"sub": subject, "name": name, "aud": self.chat["public_key"]})

    def open(self, attributes: str):
        self.pages["/"] = f'<!doctype html><html lang=ru><title>Магазин</title><script src="{self.site.server.url}/widget.js" data-key="{self.chat["public_key"]}" {attributes} async></script></html>'
        self.page.goto(self.url)
        widget = self.page.locator("seven-sales-chat")
        widget.locator("button.launch").click()
        # The chat knows how it looks, or that it cannot begin.
        expect(widget.locator("header h2:text-is('Мебель'), .notice button").first).to_be_attached()
        return widget

    def say(self, text: str):
        field = self.page.locator("seven-sales-chat form input[type=text]")
        field.fill(text)
        field.press("Enter")

    def texts(self, name: str) -> list:
        """What this customer wrote, as the inbox has it."""
        return [m["text"] for c in self.site.conversations() if c["contact"]["name"] == name for m in self.site.shown(c["id"]) if m["direction"] == "in"]

    def arrives_from_a_stranger(self, text: str):
        def strangers():
            conversations = [c["id"] for c in self.site.conversations() if c["channel"]["id"] == self.chat["id"] and not c["verified"]]
            return [m["text"] for id in conversations for m in self.site.shown(id) if m["direction"] == "in"]
        wait_until(lambda: not self.page.wait_for_timeout(100) and strangers() == [text], what=f"{text} of a stranger")

    def arrives(self, name: str, texts: list):
        wait_until(lambda: not self.page.wait_for_timeout(100) and self.texts(name) == texts, what=f"{texts} of {name}")

    def end_sessions(self, subject: str | None = None, name: str = ""):
        """As after seven days; the site's server knows how to sign from now on, and that it is this person."""
        self.secret = self.new_secret()
        self.pages[ADDRESS] = self.identity(subject, name) if subject else ""
        self.page.clock.fast_forward(31_000)

    def touch(self):
        """A request that finds the session over, where the stream did not yet."""
        self.page.locator("seven-sales-chat form input[type=text]").fill("…")


def test_a_session_that_ended_is_begun_anew_and_nothing_is_lost(shop):
    shop.pages[ADDRESS] = shop.identity("7", "Алия Вошедшая") + "\n"
    widget = shop.open(f'data-identity-url="{ADDRESS}"')
    shop.say("До конца сеанса")
    shop.arrives("Алия Вошедшая", ["До конца сеанса"])
    assert shop.asked == 1
    shop.end_sessions("7", "Алия Вошедшая")
    shop.say("После конца сеанса")
    shop.arrives("Алия Вошедшая", ["До конца сеанса", "После конца сеанса"])
    expect(widget.locator(".message.in")).to_contain_text(["До конца сеанса", "После конца сеанса"])
    expect(widget.locator(".message.in [data-status=failed]")).to_have_count(0)
    assert shop.asked == 2
    # What comes from the inbox is heard again.
    conversation = next(c for c in shop.site.conversations() if c["contact"]["name"] == "Алия Вошедшая")
    shop.site.reply(conversation["id"], "Слышно?").ok(201)
    expect(widget.locator(".message:not(.in)").last).to_contain_text("Слышно?")
    # Meanwhile somebody else signed in on the same computer: nothing of the first is on the screen.
    shop.end_sessions("8", "Берик Второй")
    shop.touch()
    expect(widget.locator(".message.in")).to_have_count(0)
    shop.say("Теперь это Берик")
    shop.arrives("Берик Второй", ["Теперь это Берик"])
    assert shop.texts("Алия Вошедшая") == ["До конца сеанса", "После конца сеанса"]
    # And nobody: the chat goes on with a stranger.
    shop.end_sessions()
    shop.touch()
    expect(widget.locator(".message.in")).to_have_count(0)
    shop.say("Чужой")
    shop.arrives_from_a_stranger("Чужой")
    assert "Чужой" not in shop.texts("Берик Второй") + shop.texts("Алия Вошедшая") and shop.asked == 4


def test_a_site_that_signs_what_is_refused_is_not_asked_over_and_over(shop):
    shop.pages[ADDRESS] = shop.identity("7", "Никто") + "x"
    widget = shop.open(f'data-identity-url="{ADDRESS}"')
    expect(widget.locator(".notice button")).to_have_text("Обновить")
    shop.say("Есть кто?")
    expect(widget.locator(".message.in[data-status=failed]")).to_have_count(1)
    shop.page.wait_for_timeout(500)
    assert shop.asked == 1 and shop.texts("Никто") == []
    expect(widget.locator(".notice button")).to_have_count(1)


def test_a_site_that_does_not_answer_has_a_stranger_in_its_chat(shop):
    shop.open(f'data-identity-url="{ADDRESS}"')
    shop.say("Всё равно здравствуйте")
    shop.arrives_from_a_stranger("Всё равно здравствуйте")


def test_what_stands_in_the_page_is_asked_for_by_an_event(shop):
    widget = shop.open(f'data-identity="{shop.identity("9", "Вера Страница")}"')
    shop.say("Первое")
    shop.arrives("Вера Страница", ["Первое"])
    # Nobody hears the event: the visitor is told what to do.
    shop.end_sessions()
    shop.say("Второе")
    expect(widget.locator(".notice button")).to_have_text("Обновить")
    # The site tells it by itself.
    fresh = shop.identity("9", "Вера Страница")
    widget.evaluate("(chat, identity) => chat.setIdentity(identity)", fresh)
    expect(widget.locator(".notice button")).to_have_count(0)
    shop.arrives("Вера Страница", ["Первое", "Второе"])
    # The site hears the event.
    shop.end_sessions()
    shop.page.evaluate(
        "identity => document.addEventListener('identityended', event => { event.preventDefault(); event.target.setIdentity(identity) })",
        shop.identity("9", "Вера Страница"))
    shop.say("Третье")
    shop.arrives("Вера Страница", ["Первое", "Второе", "Третье"])
    expect(widget.locator(".notice button")).to_have_count(0)
