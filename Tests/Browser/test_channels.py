"""The channels page and the wizard: what a shop owner does there, in three languages, light and dark, wide and at 360 pixels, without an axe violation.

Connecting Telegram and the web chat runs against the real server and the fake Bot API. Where the answers hold fields that the backend does not give yet
(health, plugin, titles, capabilities), `promised.py` puts them in between server and browser; such tests take the `promised` fixture.
"""
import itertools
import os
import re
import uuid

import pytest
from playwright.sync_api import expect

from browsing import Watched
from harness.waiting import wait_until
from promised import Promised, health, words
from test_accessibility import examine, settle

LANGUAGES = ["en", "ru", "kk"]
#: Every language, both themes and both widths occur with each other at least once.
VIEWS = [("en", "light", 1280), ("ru", "dark", 1280), ("kk", "light", 360), ("ru", "light", 360), ("kk", "dark", 1280), ("en", "dark", 360)]
SHOTS = os.environ.get("SEVENSALES_TEST_SHOTS")
numbers = itertools.count(1)


def look(page, name: str):
    """axe, sideways scrolling, holes in texts; and a picture where somebody asked for it."""
    settle(page)
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{next(numbers):02}-{name}.png", full_page=False)
    examine(page, name)
    text = page.locator("main").first.inner_text()
    assert not re.search(r"undefined|\[object|NaN|\{\w", text), f"{name}: a hole in {text}"


@pytest.fixture
def speak(site):
    def choose(language, theme="system"):
        site.owner.patch("/api/v1/me", {"language": language, "theme": theme}).ok()
    yield choose
    choose("ru")


@pytest.fixture
def promised(chromium, site, signed_in):
    """Watched pages with the coming fields."""
    opened = []

    def make(width=1280, capabilities=None, **more) -> tuple[Watched, Promised]:
        watched = Watched(chromium, site.server, signed_in, width=width, height=800 if width > 600 else 740, **more)
        opened.append(watched)
        return watched, Promised(watched, capabilities)
    yield make
    try:
        for watched in opened:
            watched.check()
    finally:
        for watched in opened:
            watched.close()


def card(watched, channel: str):
    return watched.find("channel", channel=channel)


BROKEN = health(
    "broken", reason=words("The token is no longer valid.", "Токен больше не действует.", "Токен енді жарамсыз."), detail="401 Unauthorized",
    waiting=3, uncertain=1, failed=2, expires_at="2026-11-01T00:00:00.000Z", account={"name": "Oslo Shop", "username": "oslo_bot", "url": "https://t.me/oslo_bot"},
    notices=[{"kind": kind, "reason": words("The messenger said so.", "Так сообщил мессенджер.", "Мессенджер солай деді."), "at": f"2026-11-2{day}T10:00:00.000Z"}
             for day, kind in enumerate(["reconnect-needed", "attention", "information", "information"])])


class TestCards:
    @pytest.mark.parametrize("language,theme,width", VIEWS)
    def test_a_broken_channel_says_why_and_what_waits(self, promised, site, speak, language, theme, width):
        speak(language, theme)
        watched, coming = promised(width, theme=theme)
        coming.channels[site.channel.id] = {"health": BROKEN}
        coming.channels[site.chat["id"]] = {"plugin": {"state": "quarantined", "reason": "signal 11"}, "health": health("unknown")}
        page = watched.open("/channels")
        mine = card(watched, site.channel.id)
        expect(mine).to_have_attribute("data-condition", "broken")
        expect(mine.get_by_test_id("channel-problem")).to_contain_text({"en": "no longer valid", "ru": "больше не действует", "kk": "жарамсыз"}[language])
        expect(mine.get_by_test_id("channel-account")).to_have_attribute("href", "https://t.me/oslo_bot")
        expect(mine.get_by_test_id("channel-counts").locator("li")).to_have_count(3)
        expect(mine.get_by_test_id("channel-notices").locator("li")).to_have_count(3)
        expect(mine.get_by_test_id("channel-expiry")).to_be_visible()
        chat = card(watched, site.chat["id"])
        expect(chat.get_by_test_id("channel-plugin")).to_have_attribute("data-state", "quarantined")
        expect(chat.get_by_test_id("channel-plugin")).to_contain_text("signal 11")
        expect(chat.get_by_test_id("channel-release")).to_be_enabled()
        look(page, f"cards-{language}-{theme}-{width}")

    @pytest.mark.parametrize("field,condition", [
        ({"health": health("healthy")}, "healthy"), ({"health": health("attention", detail="webhook is not set")}, "attention"),
        ({"health": health("unknown")}, "unknown"), ({"health": health("broken")}, "broken"), ({"health": None}, "active"),
        ({"plugin": {"state": "restarting", "reason": "crashed"}}, "restarting"), ({"plugin": {"state": "missing", "reason": "removed"}}, "missing"), ({"state": "paused", "health": health("healthy")}, "paused"),
    ])
    def test_every_state_has_an_icon_and_a_word(self, promised, site, field, condition):
        watched, coming = promised()
        coming.channels[site.channel.id] = field
        watched.open("/channels")
        tag = card(watched, site.channel.id).get_by_test_id("channel-state")
        expect(tag).to_have_attribute("data-condition", condition)
        expect(tag.locator("svg")).to_have_count(1)
        assert len(tag.inner_text().strip()) > 4

    def test_a_health_that_changes_is_shown_without_a_reload(self, promised, site):
        watched, coming = promised()
        coming.channels[site.channel.id] = {"health": health("healthy")}
        page = watched.open("/channels")
        mine = card(watched, site.channel.id)
        expect(mine).to_have_attribute("data-condition", "healthy")
        page.evaluate("window.__sameDocument = true")
        coming.channels[site.channel.id] = {"health": BROKEN}
        # Any change of a channel is announced as channel.changed.
        site.owner.patch(f"/api/v1/channels/{site.channel.id}", {"name": site.channel.made["name"]}).ok()
        expect(mine).to_have_attribute("data-condition", "broken")
        assert page.evaluate("window.__sameDocument") is True

    def test_a_channel_is_paused_renamed_changed_and_removed(self, browse, site, telegram_api):
        bot = telegram_api.bot()
        made = site.telegram(bot, telegram_api)
        watched = browse("/channels")
        mine = card(watched, made.id)
        mine.get_by_test_id("channel-pause").click()
        expect(mine).to_have_attribute("data-state", "paused")
        mine.get_by_test_id("channel-pause").click()
        expect(mine).to_have_attribute("data-state", "active")
        mine.get_by_test_id("channel-register").click()
        expect(mine.get_by_test_id("channel-test-result")).to_have_attribute("data-ok", "true")

        mine.get_by_test_id("channel-change").click()
        dialog = watched.find("change-channel")
        expect(dialog.get_by_test_id("channel-webhook")).to_have_value(re.compile("/hooks/"))
        expect(dialog.get_by_test_id("field-token")).to_have_value("")
        name = f"Переименован {uuid.uuid4().hex[:5]}"
        dialog.get_by_test_id("change-name").fill(name)
        with watched.page.expect_request(lambda request: request.method == "PATCH") as patch:
            dialog.get_by_test_id("change-save").click()
        assert patch.value.post_data_json == {"name": name}, "nothing that was not touched is sent"
        expect(mine).to_contain_text(name)
        expect(dialog).to_have_count(0)
        # New settings are tried at once.
        mine.get_by_test_id("channel-change").click()
        dialog.get_by_test_id("field-token").fill(bot.token)
        with watched.page.expect_request(lambda request: request.method == "PATCH") as patch:
            dialog.get_by_test_id("change-save").click()
        assert patch.value.post_data_json == {"name": name, "settings": {"token": bot.token}}
        expect(mine.get_by_test_id("channel-test-result")).to_contain_text(bot.username)

        mine.get_by_test_id("channel-remove").click()
        watched.find("confirm-dialog").get_by_role("button").nth(1).click()
        expect(mine).to_be_visible()
        mine.get_by_test_id("channel-remove").click()
        watched.find("confirm").click()
        expect(mine).to_have_count(0)

    def test_who_may_only_read_sees_no_buttons(self, chromium, site, promised):
        from browsing import sign_in
        from harness.people import PASSWORD
        analyst = site.invite("analyst")
        watched = Watched(chromium, site.server, sign_in(chromium, site.server, analyst.email, PASSWORD))
        watched.open("/channels")
        expect(watched.find("channel").first).to_be_visible()
        for hook in ("channel-add", "channel-remove", "channel-change", "channel-test"):
            expect(watched.find(hook)).to_have_count(0)
        watched.check("analyst")
        watched.close()


class TestWizard:
    @pytest.mark.parametrize("language,theme,width", VIEWS)
    def test_every_kind_can_be_filled_in(self, promised, site, speak, language, theme, width):
        """The choice and the form of every kind: in the chosen language, without a violation."""
        speak(language, theme)
        watched, _ = promised(width, theme=theme)
        page = watched.open("/channels")
        watched.find("channel-add").click()
        wizard = watched.find("connect-wizard")
        expect(watched.find("kind-telegram")).to_be_visible()
        kinds = [b.get_attribute("data-testid") for b in wizard.locator("[data-testid^=kind-]").all()]
        assert kinds[:2] == ["kind-telegram", "kind-webchat"] and len(kinds) >= 7
        look(page, f"choice-{language}-{theme}-{width}")
        for kind in kinds:
            watched.find(kind).click()
            expect(watched.find("channel-form")).to_be_visible()
            expect(wizard.locator("h2")).to_be_focused()
            if kind != "kind-webchat":
                assert watched.find("guide").locator("li").count() >= 3, f"{kind}: where to find the details"
            if language != "en":
                for text in wizard.locator("li, p, label, h2, h3").all_inner_texts():
                    left = re.sub(r"[\w./@-]*[./@]\w[\w./-]*|“.*?”|«.*?»|Telegram|BotFather|WhatsApp Web|WhatsApp|Wappi|MAX|Facebook|Instagram|Messenger|Meta|Client|secret|Human Agent"
                                  r"|Developers|for|Page|token|Webhooks|webhook|Usually|API|URL|https?\S*|[a-z]+_\w+|max|whatsapp|telegram|Avito", "", text)
                    assert not re.search(r"[A-Za-z]{5,}", left) or re.search(r"[а-яё]", left, re.I), f"{kind}: English in {language}: {text}"
            look(page, f"{kind}-{language}-{theme}-{width}")
            watched.find("wizard-kinds").click()

    def test_a_wrong_token_is_told_and_what_was_typed_stays(self, browse, site, telegram_api):
        """The whole way on the real server: a wrong token, back, the right one, the first message."""
        bot, name = telegram_api.bot(), f"Бот {uuid.uuid4().hex[:5]}"
        watched = browse("/channels")
        watched.find("channel-add").click()
        watched.find("kind-telegram").click()
        watched.find("channel-connect").click()
        expect(watched.page.locator("[aria-invalid=true]").first).to_be_focused()
        watched.find("channel-name").fill(name)
        watched.find("field-token").fill("1:" + "x" * 35)
        watched.page.locator("details summary").last.click()
        watched.find("field-api_base").fill(telegram_api.url)
        watched.find("channel-connect").click()
        expect(watched.find("connect-check", failed="true")).to_be_visible()
        expect(watched.find("check-hints").locator("li").first).to_be_visible()
        if SHOTS:
            watched.page.screenshot(path=f"{SHOTS}/wizard-failed.png")
        watched.find("check-back").click()
        expect(watched.find("channel-name")).to_have_value(name)
        expect(watched.find("field-api_base")).to_have_value(telegram_api.url)
        watched.find("field-token").fill(bot.token)
        watched.find("channel-connect").click()
        expect(watched.find("connect-wizard", step="done")).to_be_visible()
        wait_until(lambda: bot.webhook.get("secret_token"), what="the webhook is registered by itself")
        made = [c for c in site.owner.get("/api/v1/channels").ok()["items"] if c["name"] == name]
        assert len(made) == 1, "corrected, not made twice"
        expect(watched.find("arrival", here="false")).to_be_visible()
        from harness.people import TelegramChannel
        channel = TelegramChannel(site, bot, made[0])
        channel.say(channel.customer("Первый клиент"), "Здравствуйте")
        expect(watched.find("arrival", here="true")).to_be_visible()
        if SHOTS:
            watched.page.screenshot(path=f"{SHOTS}/wizard-done.png")
        watched.find("wizard-done").click()
        expect(watched.find("connect-wizard")).to_have_count(0)
        expect(card(watched, made[0]["id"])).to_be_visible()
        site.owner.delete(f"/api/v1/channels/{made[0]['id']}").ok(204)

    def test_polling_needs_no_address(self, browse, site, telegram_api):
        bot, name = telegram_api.bot(), f"Опрос {uuid.uuid4().hex[:5]}"
        watched = browse("/channels")
        watched.find("channel-add").click()
        watched.find("kind-telegram").click()
        watched.find("channel-name").fill(name)
        watched.find("field-token").fill(bot.token)
        watched.page.locator("details summary").last.click()
        watched.find("field-api_base").fill(telegram_api.url)
        watched.find("channel-mode").select_option("polling")
        watched.find("channel-connect").click()
        expect(watched.find("connect-wizard", step="done")).to_be_visible()
        expect(watched.find("try-hint")).to_contain_text(bot.username)
        assert not bot.webhook
        from harness.people import Customer
        bot.push(Customer(bot, "Клиент опроса").message("Здравствуйте"))
        expect(watched.find("arrival", here="true")).to_be_visible(timeout=20_000)
        made = next(c for c in site.owner.get("/api/v1/channels").ok()["items"] if c["name"] == name)
        assert made["mode"] == "polling"
        site.owner.delete(f"/api/v1/channels/{made['id']}").ok(204)

    def test_the_risk_of_wappi_must_be_accepted(self, promised):
        watched, _ = promised()
        watched.open("/channels")
        watched.find("channel-add").click()
        watched.find("kind-wappi").click()
        expect(watched.find("risk")).to_contain_text("WhatsApp")
        watched.find("field-token").fill("t" * 20)
        watched.find("field-profile_id").fill("4c1d77a2-9e05")
        requests = []
        watched.page.on("request", lambda request: request.method == "POST" and requests.append(request.url))
        watched.find("channel-connect").click()
        expect(watched.find("risk-accept")).to_be_focused()
        assert not requests, "nothing is made before the risk is accepted"
        watched.find("risk-accept").check()
        watched.page.route(re.compile(r"/api/v1/channels$"), lambda route: route.fulfill(status=422, json={
            "code": "invalid", "detail": "", "status": 422, "errors": [{"field": "settings.profile_id", "code": "invalid", "detail": "no such profile"}]})
            if route.request.method == "POST" else route.fallback())
        watched.expected += ["status of 422"]
        watched.find("channel-connect").click()
        expect(watched.find("channel-form")).to_contain_text("no such profile")
        expect(watched.find("field-token")).to_have_value("t" * 20)

    @pytest.mark.parametrize("language,theme,width", [("ru", "light", 1280), ("kk", "dark", 360), ("en", "light", 360)])
    def test_wappi_is_signed_in_by_a_picture_and_goes_on_by_itself(self, promised, site, speak, wappi_api, language, theme, width):
        speak(language, theme)
        profile, name = wappi_api.profile(), f"Wappi {uuid.uuid4().hex[:5]}"
        profile.sign_out()
        watched, _ = promised(width, theme=theme)
        watched.open("/channels")
        watched.find("channel-add").click()
        watched.find("kind-wappi").click()
        watched.find("channel-name").fill(name)
        watched.find("field-token").fill(profile.token)
        watched.find("field-profile_id").fill(profile.id)
        watched.page.locator("details summary").last.click()
        watched.find("field-api_base").fill(wappi_api.url)
        watched.find("risk-accept").check()
        watched.find("channel-connect").click()
        picture = watched.find("sign-in-picture")
        expect(picture).to_be_visible()
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 8, "the picture is shown"
        expect(watched.find("sign-in-countdown")).to_contain_text(re.compile(r"\d"))
        look(watched.page, f"sign-in-{language}-{theme}-{width}")
        profile.scan()
        expect(watched.find("connect-wizard", step="done")).to_be_visible(timeout=15_000)
        made = next(c for c in site.owner.get("/api/v1/channels").ok()["items"] if c["name"] == name)
        assert made["health"]["state"] == "healthy" and profile.url, made
        site.owner.delete(f"/api/v1/channels/{made['id']}").ok(204)

    def test_a_picture_that_is_too_old_is_replaced(self, browse, site, wappi_api):
        profile = wappi_api.profile()
        profile.sign_out()
        made = site.owner.post("/api/v1/channels", {"kind": "wappi", "name": "Старый код", "mode": "webhook", "risk_accepted": True,
                                                    "settings": {"api_base": wappi_api.url, "token": profile.token, "profile_id": profile.id}}).ok(201)
        site.owner.post(f"/api/v1/channels/{made['id']}/test").ok()
        watched = browse("/channels")
        card(watched, made["id"]).get_by_test_id("channel-sign-in").click()
        expect(watched.find("sign-in-picture")).to_be_visible()
        wait_until(lambda: profile.pictures >= 2, 40, "a fresh picture")
        expect(watched.find("sign-in-picture")).to_be_visible()
        site.owner.delete(f"/api/v1/channels/{made['id']}").ok(204)

    def test_an_account_that_was_signed_out_is_signed_in_again_from_its_card(self, browse, site, wappi_api):
        profile = wappi_api.profile("telegram")
        made = site.owner.post("/api/v1/channels", {"kind": "wappi", "name": "Телеграм директора", "mode": "webhook", "risk_accepted": True,
                                                    "settings": {"api_base": wappi_api.url, "token": profile.token, "profile_id": profile.id}}).ok(201)
        assert site.owner.post(f"/api/v1/channels/{made['id']}/webhook").ok()["ok"]
        profile.sign_out()
        profile.cloud_password = "облако"
        site.owner.post(f"/api/v1/channels/{made['id']}/test").ok()
        watched = browse("/channels")
        mine = card(watched, made["id"])
        expect(mine).to_have_attribute("data-condition", "broken")
        mine.get_by_test_id("channel-sign-in").click()
        expect(watched.find("sign-in-picture")).to_be_visible()
        watched.find("sign-in-other").click()
        watched.find("sign-in-phone").fill("+7 701 000 00 01")
        watched.find("sign-in-begin").click()
        expect(watched.find("sign-in-question", question="code")).to_be_visible()
        watched.find("sign-in-answer").fill("00000")
        watched.find("sign-in-send").click()
        expect(watched.find("sign-in-question").locator("[role=alert]")).to_be_visible()
        expect(watched.find("sign-in-answer")).to_have_value("")
        look(watched.page, "sign-in-code")
        watched.find("sign-in-answer").fill(profile.login_code)
        watched.find("sign-in-send").click()
        expect(watched.find("sign-in-question", question="password")).to_be_visible()
        expect(watched.find("sign-in-answer")).to_have_attribute("type", "password")
        watched.find("sign-in-answer").fill("облако")
        watched.find("sign-in-send").click()
        expect(watched.find("sign-in-dialog")).to_have_count(0)
        expect(mine).to_have_attribute("data-condition", "healthy")
        expect(mine.get_by_test_id("channel-sign-in")).to_have_count(0)
        site.owner.delete(f"/api/v1/channels/{made['id']}").ok(204)

    def test_max_says_for_whom_it_is(self, promised):
        watched, _ = promised()
        watched.open("/channels")
        watched.find("channel-add").click()
        watched.find("kind-max").click()
        expect(watched.find("eligibility")).to_contain_text("Wappi")
        expect(watched.find("eligibility")).to_contain_text("--trust-root")

    @pytest.mark.parametrize("language,theme,width", [("en", "dark", 360), ("kk", "light", 1280), ("ru", "light", 360)])
    def test_facebook_gives_the_address_to_paste(self, promised, site, speak, language, theme, width):
        """The messenger's answers are made up here: there is no fake of Meta for browsers."""
        speak(language, theme)
        watched, _ = promised(width, theme=theme)
        page = watched.open("/channels")
        page.route(re.compile(r"/channels/[^/]+/test$"), lambda route: route.fulfill(json={"ok": True, "detail": "Oslo", "problem": None}))
        page.route(re.compile(r"/channels/[^/]+/webhook$"), lambda route: route.fulfill(json={"ok": False, "detail": "", "problem": "no app id"}))
        watched.find("channel-add").click()
        watched.find("kind-facebook").click()
        watched.find("field-access_token").fill("EAAB" + "x" * 40)
        watched.find("field-app_secret").fill("a" * 32)
        watched.find("channel-connect").click()
        expect(watched.find("connect-check", failed="true")).to_contain_text("no app id")
        look(page, f"facebook-check-{language}-{theme}-{width}")
        watched.find("check-continue").click()
        expect(watched.find("done-webhook")).to_have_value(re.compile(r"^http.*/hooks/"))
        look(page, f"facebook-paste-{language}-{theme}-{width}")
        made = [c for c in site.owner.get("/api/v1/channels").ok()["items"] if c["kind"] == "facebook"]
        for channel in made:
            site.owner.delete(f"/api/v1/channels/{channel['id']}").ok(204)

    @pytest.mark.parametrize("language,theme,width", [("ru", "light", 1280), ("kk", "dark", 360), ("en", "light", 360)])
    def test_a_web_chat_is_dressed_installed_and_checked(self, chromium, site, signed_in, speak, language, theme, width):
        """On the real server: appearance with its preview, the snippet, and a visitor's message as the proof."""
        speak(language, theme)
        watched = Watched(chromium, site.server, signed_in, width=width, height=800 if width > 600 else 740, theme=theme)
        page = watched.open("/channels")
        watched.find("channel-add").click()
        watched.find("kind-webchat").click()
        name = f"Чат {uuid.uuid4().hex[:5]}"
        watched.find("channel-name").fill(name)
        watched.find("look-title").fill("Мебель «Осло» <b>")
        watched.find("look-greeting").fill("Добрый день!")
        watched.find("look-color").fill("#ffd54a")
        preview = watched.find("chat-preview")
        expect(preview).to_contain_text("Мебель «Осло» <b>")
        expect(preview).to_contain_text("Добрый день!")
        assert preview.locator(".chat-preview__title").evaluate("n => [getComputedStyle(n).backgroundColor, getComputedStyle(n).color]") == ["rgb(255, 213, 74)", "rgb(0, 0, 0)"]
        preview.scroll_into_view_if_needed()
        look(page, f"webchat-look-{language}-{theme}-{width}")
        watched.find("channel-connect").click()
        expect(watched.find("connect-wizard", step="done")).to_be_visible()
        made = next(c for c in site.owner.get("/api/v1/channels").ok()["items"] if c["name"] == name)
        expect(watched.find("connect-done").get_by_test_id("channel-snippet")).to_have_value(re.compile(re.escape(made["public_key"]) + ".*#ffd54a"))
        look(page, f"webchat-done-{language}-{theme}-{width}")
        watched.find("wizard-done").click()
        card(watched, made["id"]).get_by_test_id("channel-installation").click()
        expect(watched.find("installation").locator("li").first).to_be_visible()
        expect(watched.find("arrival", here="false")).to_be_visible()
        look(page, f"webchat-installation-{language}-{theme}-{width}")
        site.visitor(made["public_key"], "Гость").say("Здравствуйте")
        expect(watched.find("arrival", here="true")).to_be_visible()
        watched.check("web chat")
        watched.close()
        site.owner.delete(f"/api/v1/channels/{made['id']}").ok(204)

    def test_by_keyboard_alone(self, browse):
        watched = browse("/channels")
        watched.find("channel-add").focus()
        watched.page.keyboard.press("Enter")
        expect(watched.find("connect-wizard").locator("h2")).to_be_focused()
        expect(watched.find("kind-telegram")).to_be_visible()
        watched.page.keyboard.press("Tab")
        expect(watched.find("kind-telegram")).to_be_focused()
        watched.page.keyboard.press("Enter")
        expect(watched.find("channel-form")).to_be_visible()
        watched.find("wizard-close").click()
        expect(watched.find("connect-wizard")).to_have_count(0)
        expect(watched.find("channel").first).to_be_visible()
