"""The settings page of a web chat: what an owner decides there, the widget that shows it at once, in three languages, light and dark, wide and at 360 pixels."""
import os
import re
import shutil
import subprocess
import sys
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from browsing import Watched, sign_in
from harness.media import jpeg
from harness.people import PASSWORD
from test_channels import look, speak  # noqa: F401

VIEWS = [("en", "light", 1280), ("ru", "dark", 1280), ("kk", "light", 360), ("ru", "light", 360), ("kk", "dark", 1280), ("en", "dark", 360)]


@pytest.fixture
def chat(site):
    """A chat of one's own."""
    made = site.owner.post("/api/v1/channels", {"kind": "webchat", "name": f"Чат {uuid.uuid4().hex[:5]}", "settings": {"title": "Мебель", "greeting": "Здравствуйте!"}}).ok(201)
    yield made
    site.owner.delete(f"/api/v1/channels/{made['id']}").ok(204)


@pytest.fixture
def page_of_a_shop():
    """The address of a site, and its pages by path."""
    pages = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            text = pages.get(self.path)
            self.send_response(200 if text is not None else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write((text or "").encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", pages
    server.shutdown()


def save(watched):
    watched.find("chat-save").click()
    is_saved(watched)


def is_saved(watched):
    expect(watched.page.locator('[data-testid="chat-save"]:not([aria-busy])')).to_be_disabled()


def saved(site, chat) -> dict:
    return next(c for c in site.owner.get("/api/v1/channels").ok()["items"] if c["id"] == chat["id"])


@pytest.mark.parametrize("language,theme,width", VIEWS)
def test_everything_has_its_words_and_its_place(chromium, site, signed_in, speak, chat, language, theme, width):  # noqa: F811
    speak(language, theme)
    site.owner.patch(f"/api/v1/channels/{chat['id']}", {"web_chat": {
        "hours": {"time_zone": "Asia/Almaty", "periods": [{"day": 1, "from": "09:00", "to": "13:00"}, {"day": 1, "from": "14:00", "to": "24:00"}]},
        "consent": {"text": {"ru": "Согласен"}, "link": "https://shop.kz/policy"}, "origins": ["https://shop.kz"]}}).ok()
    watched = Watched(chromium, site.server, signed_in, width=width, height=900 if width > 600 else 740, theme=theme)
    page = watched.open(f"/channels/{chat['id']}")
    expect(watched.find("chat-form")).to_be_visible()
    expect(watched.find("chat-stage").get_by_role("heading")).to_have_text("Мебель")
    look(page, f"chat-settings-{language}-{theme}-{width}")
    watched.find("chat-week").scroll_into_view_if_needed()
    look(page, f"chat-settings-week-{language}-{theme}-{width}")
    watched.find("chat-stage").scroll_into_view_if_needed()
    look(page, f"chat-settings-preview-{language}-{theme}-{width}")
    watched.find("channel-snippet").scroll_into_view_if_needed()
    look(page, f"chat-settings-install-{language}-{theme}-{width}")
    watched.find("chat-identity").scroll_into_view_if_needed()
    example = watched.find("chat-identity").locator("summary").first
    example.click()
    example.scroll_into_view_if_needed()
    look(page, f"chat-settings-identity-{language}-{theme}-{width}")
    watched.check("chat settings")
    watched.close()


def test_the_preview_is_the_widget_with_what_is_not_saved_yet(browse, site, chat):
    watched = browse(f"/channels/{chat['id']}")
    asked = []
    watched.page.on("request", lambda r: "/webchat/" in r.url and asked.append(r.url))
    stage = watched.find("chat-stage")
    expect(stage.get_by_role("log")).to_contain_text("Здравствуйте!")
    watched.find("chat-title").fill("Мебель «Осло» <b>")
    watched.find("chat-greeting").fill("Добрый день!")
    watched.find("chat-color").fill("#ffd54a")
    expect(stage.get_by_role("heading")).to_have_text("Мебель «Осло» <b>")
    expect(stage.get_by_role("log")).to_contain_text("Добрый день!")
    assert stage.locator("header").evaluate("n => [getComputedStyle(n).backgroundColor, getComputedStyle(n).color]") == ["rgb(255, 213, 74)", "rgb(0, 0, 0)"]
    watched.find("chat-writing-kk").check()
    expect(watched.find("chat-title")).to_have_attribute("placeholder", "Мебель «Осло» <b>")
    watched.find("chat-title").fill("Жиһаз")
    expect(stage.get_by_role("heading")).to_have_text("Жиһаз")
    assert saved(site, chat)["web_chat"]["title"] == {"ru": "Мебель"}, "nothing is saved before one says so"
    save(watched)
    expect(watched.find("toasts")).not_to_be_empty()
    kept = saved(site, chat)["web_chat"]
    assert kept["title"] == {"ru": "Мебель «Осло» <b>", "kk": "Жиһаз"} and kept["color"] == "#ffd54a"
    assert asked == [], "a preview is no visitor"
    box, inner = stage.bounding_box(), stage.locator("seven-sales-chat").bounding_box()
    assert box["x"] <= inner["x"] and inner["x"] + inner["width"] <= box["x"] + box["width"] + 1, "the widget stays on its stage"


def test_the_button_is_where_and_as_it_was_chosen(browse, site, chat):
    watched = browse(f"/channels/{chat['id']}")
    stage, button = watched.find("chat-stage"), watched.find("chat-stage").locator(".launch")

    def sides():
        outer, inner = stage.bounding_box(), button.bounding_box()
        return inner["x"] - outer["x"], outer["x"] + outer["width"] - inner["x"] - inner["width"]
    expect(button).to_have_attribute("aria-label", "Открыть чат")
    left, right = sides()
    assert right < 30 < left, "on the right at first"
    watched.find("chat-position").select_option("left")
    watched.find("chat-label").fill("Спросите нас")
    watched.find("chat-initials").fill("МО")
    expect(button).to_have_text("Спросите нас")
    expect(button).to_have_attribute("aria-label", "Спросите нас")
    left, right = sides()
    assert left < 30 < right
    expect(stage.locator(".face")).to_have_text("МО")
    watched.find("chat-avatar").set_input_files({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    expect(stage.locator("img.face")).to_be_visible()
    save(watched)
    expect(watched.find("channel-snippet")).to_have_value(re.compile('data-position="left".*data-label="Спросите нас"'))


def test_every_group_is_saved_as_it_was_chosen(browse, site, chat):
    watched = browse(f"/channels/{chat['id']}")
    watched.find("chat-name").fill("Чат магазина")
    watched.find("chat-position").select_option("left")
    watched.find("chat-icon").select_option("question")
    watched.find("chat-label").fill("Спросите нас")
    watched.find("chat-initials").fill("МО")
    watched.find("chat-language-en").uncheck()
    watched.find("chat-zone").select_option("Asia/Tashkent")
    watched.find("chat-workweek").click()
    watched.find("chat-offline").fill("Ответим завтра")
    watched.find("chat-ask-phone").select_option("required")
    watched.find("chat-consent").fill("Согласен на обработку")
    watched.find("chat-consent-link").fill("https://shop.kz/policy")
    watched.find("chat-files").check()
    watched.find("chat-rating").check()
    watched.find("chat-origins").fill("shop.kz\nhttps://*.магазин.kz\n")
    save(watched)
    channel = saved(site, chat)
    kept = channel["web_chat"]
    assert channel["name"] == "Чат магазина"
    assert (kept["position"], kept["launcher"], kept["initials"]) == ("left", {"icon": "question", "label": {"ru": "Спросите нас"}}, "МО")
    assert kept["languages"] == ["ru", "kk"] and kept["files"] and kept["rating"]
    assert kept["hours"]["time_zone"] == "Asia/Tashkent" and [(p["day"], p["from"], p["to"]) for p in kept["hours"]["periods"]] == [(day, "09:00", "18:00") for day in range(1, 6)]
    assert kept["offline_message"] == {"ru": "Ответим завтра"} and kept["pre_chat"] == {"name": "off", "email": "off", "phone": "required"}
    assert kept["consent"] == {"text": {"ru": "Согласен на обработку"}, "link": "https://shop.kz/policy", "version": 1}
    assert kept["origins"] == ["https://shop.kz", "https://*.xn--80aaguo2a1c.kz"] or re.fullmatch(r"https://\*\.xn--[a-z0-9-]+\.kz", kept["origins"][1])
    watched.page.reload()
    expect(watched.find("chat-label")).to_have_value("Спросите нас")
    expect(watched.find("chat-week").locator("[data-day='5'] input").first).to_have_value("09:00")


def test_what_is_wrong_is_said_beside_the_field_before_anything_is_sent(browse, site, chat):
    watched = browse(f"/channels/{chat['id']}")
    sent = []
    watched.page.on("request", lambda r: r.method == "PATCH" and sent.append(r.url))
    watched.find("chat-color").fill("#fefefe")
    watched.find("chat-workweek").click()
    monday = watched.find("chat-week").locator("[data-day='1'] input")
    monday.nth(1).fill("08:00")
    watched.find("chat-consent-link").fill("policy")
    watched.find("chat-origins").fill("https://shop.kz/page")
    watched.find("chat-save").click()
    expect(watched.find("chat-form").locator(".field__error")).to_have_count(4)
    expect(watched.find("chat-color")).to_be_focused()
    assert sent == []
    watched.find("chat-color").fill("#aa0000")
    monday.nth(1).fill("17:00")
    watched.find("chat-consent-link").fill("")
    watched.find("chat-origins").fill("https://shop.kz")
    save(watched)
    assert saved(site, chat)["web_chat"]["origins"] == ["https://shop.kz"]


def test_a_picture_is_made_small_and_shown(browse, site, chat):
    watched = browse(f"/channels/{chat['id']}")
    watched.find("chat-avatar").set_input_files({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    expect(watched.find("chat-avatar-shown")).to_be_visible()
    save(watched)
    assert saved(site, chat)["web_chat"]["avatar"].startswith("data:image/jpeg;base64,")
    watched.find("chat-avatar").set_input_files({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})
    expect(watched.find("chat-form").locator(".field__error")).to_be_visible()
    watched.find("chat-avatar-remove").click()
    save(watched)
    assert saved(site, chat)["web_chat"]["avatar"] == ""


def test_by_keyboard_alone(browse, site, chat):
    watched = browse("/channels")
    mine = watched.page.locator(f'[data-channel="{chat["id"]}"]')
    mine.get_by_test_id("channel-change").focus()
    watched.page.keyboard.press("Enter")
    expect(watched.find("chat-settings").locator("h1")).to_be_focused()
    watched.find("chat-name").focus()
    for _ in range(2):
        watched.page.keyboard.press("Tab")
    expect(watched.find("chat-title")).to_be_focused()
    watched.page.keyboard.press("Control+A")
    watched.page.keyboard.type("Клавиатура")
    expect(watched.find("chat-save")).to_be_enabled()
    watched.page.keyboard.press("Enter")
    is_saved(watched)
    assert saved(site, chat)["web_chat"]["title"]["ru"] == "Клавиатура"


def test_whoever_may_only_look_changes_nothing(chromium, site, chat):
    analyst = site.invite("analyst")
    watched = Watched(chromium, site.server, sign_in(chromium, site.server, analyst.email, PASSWORD))
    watched.open(f"/channels/{chat['id']}")
    expect(watched.find("chat-title")).to_be_disabled()
    expect(watched.find("chat-save")).to_have_count(0)
    expect(watched.find("identity-state", exists="false")).to_be_visible()
    expect(watched.find("identity-make")).to_have_count(0)
    expect(watched.find("chat-stage").get_by_role("heading")).to_have_text("Мебель")
    watched.check("read only")
    watched.close()


def test_the_installation_is_checked_and_a_visit_is_seen(browse, site, chat, page_of_a_shop):
    shop, pages = page_of_a_shop
    watched = browse(f"/channels/{chat['id']}")
    expect(watched.find("chat-seen")).to_be_visible()
    line = watched.find("channel-snippet").input_value()
    strict = '<meta http-equiv="Content-Security-Policy" content="default-src \'self\'">'
    pages.update({"/": f"<!doctype html><body>{line}", "/none": "<p>nothing", "/strict": strict + line})
    watched.find("check-url").fill(shop + "/strict")
    watched.page.keyboard.press("Enter")
    expect(watched.find("check-finding", outcome="script-forbidden")).to_be_visible()
    expect(watched.find("check-remedy")).to_have_value(f"script-src 'self' {site.server.url}; connect-src 'self' {site.server.url}")
    look(watched.page, "chat-settings-remedy")
    for path, outcome in {"/none": "not-found", "/missing": "unreachable", "/": "installed"}.items():
        watched.find("check-url").fill(shop + path)
        watched.page.keyboard.press("Enter")
        expect(watched.find("check-finding", outcome=outcome)).not_to_be_empty()
    watched.find("check-url").fill("javascript:alert(1)")
    watched.find("check-run").click()
    expect(watched.find("check-url")).to_have_attribute("aria-invalid", "true")
    assert site.server.client().get(f"/webchat/{chat['public_key']}/config", headers={"Origin": "https://shop.example"}).status == 200
    expect(watched.find("chat-seen")).to_contain_text("shop.example")
    watched.expected.append("422")
    look(watched.page, "chat-settings-checked")


def test_the_secret_is_shown_once_and_the_examples_sign_a_visitor_in(browse, site, chat):
    watched = browse(f"/channels/{chat['id']}")
    assert watched.find("identity-state").get_attribute("data-exists") == "false"
    expect(watched.find("identity-rotate")).to_have_count(0)
    watched.find("identity-make").click()
    first = watched.find("identity-secret").input_value()
    expect(watched.find("identity-state", exists="true")).to_be_visible()
    look(watched.page, "identity-made")
    examples = {name: watched.find(f"identity-example-{name}").input_value() for name in ("PHP", "Node", "Python")}
    programs = {
        "Python": [sys.executable, "-c", examples["Python"] + "print(identity, end='')"],
        "Node": [shutil.which("node") or "node", "-e", examples["Node"] + "process.stdout.write(identity)"],
        "PHP": [shutil.which("php") or "php", "-r", examples["PHP"].removeprefix("<?php") + "echo $identity;"]}

    def enter(name, secret) -> int:
        run = subprocess.run(programs[name], capture_output=True, text=True, check=True, env=os.environ | {"SEVENSALES_IDENTITY_SECRET": secret})
        return site.server.client().post(f"/webchat/{chat['public_key']}/visitors", {"language": "ru", "identity": run.stdout}).status
    runnable = [name for name, command in programs.items() if shutil.which(command[0])]
    assert "Python" in runnable
    for name in runnable:
        assert (enter(name, first), enter(name, first + "x")) == (201, 422), name
    for name, code in examples.items():
        assert chat["public_key"] in code and first not in code, name
    # Replaced: both count for a day. It is told once.
    watched.page.reload()
    expect(watched.find("identity-state", exists="true")).to_be_visible()
    expect(watched.find("identity-secret")).to_have_count(0)
    watched.find("identity-rotate").click()
    watched.find("confirm").click()
    second = watched.find("identity-secret").input_value()
    expect(watched.find("identity-previous")).to_be_visible()
    assert second != first and [enter("Python", key) for key in (first, second)] == [201, 201]
    # It leaked: the old one ends.
    watched.find("identity-revoke").click()
    watched.find("confirm").click()
    expect(watched.find("identity-secret")).not_to_have_value(second)
    expect(watched.find("identity-previous")).to_have_count(0)
    assert [enter("Python", key) for key in (first, second, watched.find("identity-secret").input_value())] == [422, 422, 201]
