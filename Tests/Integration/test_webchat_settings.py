"""What an owner decides about a web chat: kept, refused with a reason, and told to visitors as far as it concerns them."""
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from harness.people import Account

HOURS = {"time_zone": "UTC", "periods": [{"day": day, "from": "00:00", "to": "24:00"} for day in range(1, 8)]}
CLOSED = {"time_zone": "UTC", "periods": []}


@pytest.fixture(scope="module")
def owner(account):
    return account.owner


@pytest.fixture
def chat(owner):
    made = owner.post("/api/v1/channels", {"kind": "webchat", "name": "Лавка", "settings": {}}).ok(201)
    yield made
    owner.delete(f"/api/v1/channels/{made['id']}").ok(204)


def change(owner, chat, **settings):
    return owner.patch(f"/api/v1/channels/{chat['id']}", {"web_chat": settings})


def config(account, chat, language="", **headers):
    return account.server.client().get(f"/webchat/{chat['public_key']}/config?language={language}", headers=headers)


def test_a_chat_about_which_nothing_was_decided_is_as_it_always_was(account, chat):
    seen = config(account, chat).ok()
    assert (seen["title"], seen["greeting"], seen["color"], seen["language"]) == ("Лавка", "", "#2563eb", "ru")
    assert (seen["position"], seen["launcher"], seen["open"], seen["rating"], seen["files"]) == ("right", {"icon": "chat"}, True, False, True)
    assert seen["pre_chat"] == {"name": "off", "email": "off", "phone": "off"} and "consent" not in seen and "avatar" not in seen


def test_what_is_decided_is_kept_and_told(account, owner, chat):
    kept = change(owner, chat, title={"ru": " Мебель ", "kk": "Жиһаз"}, greeting={"en": "Hello"}, color="#AA0000", position="left", launcher={"icon": "question", "label": {"kk": "Жазыңыз"}},
                  initials="МО", languages=["ru", "kk"], hours=HOURS, offline_message={"ru": "Завтра"}, pre_chat={"name": "required", "email": "optional", "phone": "off"},
                  consent={"text": {"ru": "Согласен"}, "link": "https://shop.example/policy", "version": 77}, rating=True, files=True, origins=["https://Shop.example/"]).ok()
    assert kept["web_chat"] == next(c for c in owner.get("/api/v1/channels").ok()["items"] if c["id"] == chat["id"])["web_chat"]
    assert kept["web_chat"]["title"] == {"ru": "Мебель", "kk": "Жиһаз"} and kept["web_chat"]["origins"] == ["https://shop.example"]
    assert kept["settings"]["title"] == "Мебель" and kept["settings"]["color"] == "#aa0000"
    russian, kazakh, english = (config(account, chat, language).ok() for language in ("ru", "kk-KZ", "en"))
    assert (russian["title"], kazakh["title"], english["title"]) == ("Мебель", "Жиһаз", "Мебель"), "English is none of its languages"
    assert (russian["language"], kazakh["language"], english["language"]) == ("ru", "kk", "ru")
    assert kazakh["greeting"] == "Hello" and kazakh["launcher"] == {"icon": "question", "label": "Жазыңыз"}
    assert russian["consent"] == {"text": "Согласен", "link": "https://shop.example/policy", "version": 1}
    assert russian["open"] is True and russian["offline_message"] == "Завтра" and russian["files"] and russian["rating"]
    assert "origins" not in russian and "hours" not in russian
    assert change(owner, chat, color="#0000aa").ok()["web_chat"]["title"] == {"ru": "Мебель", "kk": "Жиһаз"}, "what is not named stays"


@pytest.mark.parametrize("settings,field", [
    ({"color": "red"}, "web_chat.color"), ({"color": "#ffffff"}, "web_chat.color"), ({"position": "top"}, "web_chat.position"),
    ({"title": {"ru": "я" * 101}}, "web_chat.title.ru"), ({"languages": []}, "web_chat.languages"), ({"languages": ["en"]}, "web_chat.language"),
    ({"hours": {"time_zone": "Mars/Olympus", "periods": []}}, "web_chat.hours.time_zone"),
    ({"hours": {"time_zone": "UTC", "periods": [{"day": 1, "from": "18:00", "to": "09:00"}]}}, "web_chat.hours.periods.[0].to"),
    ({"origins": ["https://shop.example/page"]}, "web_chat.origins.[0]"), ({"consent": {"link": "javascript:alert(1)"}}, "web_chat.consent.link"),
    ({"avatar": "data:text/html;base64,PGI+"}, "web_chat.avatar"), ({"pre_chat": {"name": "maybe", "email": "off", "phone": "off"}}, "web_chat.pre_chat.name"),
])
def test_what_cannot_be_is_refused_by_its_name_and_changes_nothing(owner, chat, settings, field):
    body = change(owner, chat, rating=True, **settings).problem(422)
    assert body["errors"][0]["field"] == field, body
    assert next(c for c in owner.get("/api/v1/channels").ok()["items"] if c["id"] == chat["id"])["web_chat"]["rating"] is False


def test_a_messenger_has_no_such_settings(account, telegram):
    refused = account.owner.patch(f"/api/v1/channels/{telegram.id}", {"web_chat": {"rating": True}}).problem(422)
    assert refused["errors"][0]["field"] == "web_chat"


def test_the_chat_runs_where_it_is_allowed_to(account, owner, chat):
    change(owner, chat, origins=["https://shop.example", "https://*.wild.example"]).ok()
    key = chat["public_key"]
    for origin, runs in {"https://shop.example": True, "https://a.wild.example": True, account.server.url: True, "https://evil.example": False,
                         "http://shop.example": False, "https://shop.example.evil.example": False, "null": False}.items():
        answer = config(account, chat, Origin=origin)
        assert (answer.status == 200) == runs, (origin, answer)
        assert runs or (answer.status == 403 and answer.headers["access-control-allow-origin"] == "*"), "the widget can read why"
        made = account.server.client().post(f"/webchat/{key}/visitors", {"language": "ru"}, headers={"Origin": origin})
        assert (made.status == 201) == runs, (origin, made)
    assert config(account, chat).status == 200, "our own pages send no Origin with a GET"


@pytest.fixture(scope="module")
def site():
    """A site whose pages the test writes: path -> (status, headers, text)."""
    pages = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, headers, text = pages.get(self.path, (404, {}, ""))
            body = text.encode()
            self.send_response(status)
            for name, value in {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.pages, server.url = pages, f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()


def look(owner, chat, url):
    return owner.post(f"/api/v1/channels/{chat['id']}/installation-check", {"url": url})


def test_the_check_reads_a_real_page(account, owner, chat, site):
    line = f'<script src="{account.server.url}/widget.js" data-key="{chat["public_key"]}" async></script>'
    site.pages.clear()
    site.pages.update({
        "/good": (200, {}, f"<!doctype html><body>{line}"), "/none": (200, {}, "<p>nothing"),
        "/other": (200, {}, line.replace(chat["public_key"], "wk_other")), "/csp": (200, {"Content-Security-Policy": "script-src 'self'"}, line),
        "/meta": (200, {}, f"<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; script-src {account.server.url}\">{line}"),
        "/moved": (302, {"Location": "/good"}, ""), "/loop": (302, {"Location": "/loop"}, ""), "/file": (200, {"Content-Type": "image/png"}, line)})
    found = {path: look(owner, chat, site.url + path).ok() for path in [*site.pages, "/missing"]}
    assert {path: (answer["outcome"], answer["detail"]) for path, answer in found.items()} == {
        "/good": ("installed", None), "/none": ("not-found", None), "/other": ("other-chat", "wk_other"), "/csp": ("script-forbidden", "script-src"),
        "/meta": ("connection-forbidden", "default-src"), "/moved": ("installed", None), "/loop": ("unreachable", "redirect"), "/file": ("no-page", None),
        "/missing": ("unreachable", "404")}
    assert look(owner, chat, "http://127.0.0.1:1/").ok() == {"outcome": "unreachable", "detail": "unreachable", "remedy": None}
    # What is said to be written lets the chat in.
    remedies = {path: answer["remedy"] for path, answer in found.items() if answer["remedy"]}
    own = account.server.url
    assert remedies == {"/csp": f"script-src 'self' {own}", "/meta": f"connect-src {own}"}
    site.pages["/remedied"] = (200, {"Content-Security-Policy": f"default-src 'none'; {remedies['/csp']}; {remedies['/meta']}"}, line)
    assert look(owner, chat, site.url + "/remedied").ok()["outcome"] == "installed"
    assert look(owner, chat, "javascript:alert(1)").problem(422)["errors"][0]["field"] == "url"
    change(owner, chat, origins=["https://shop.example"]).ok()
    assert look(owner, chat, site.url + "/good").ok() == {"outcome": "site-not-listed", "detail": site.url, "remedy": None}


def test_the_check_of_a_strict_server_reaches_nothing_inside(strict_server, site):
    owner = Account(strict_server).owner
    made = owner.post("/api/v1/channels", {"kind": "webchat", "name": "x", "settings": {}}).ok(201)
    site.pages["/inside"] = (200, {}, "secret")
    for url in (site.url + "/inside", f"https://127.0.0.1:{site.server_port}/inside", "https://localhost/", "https://169.254.169.254/latest/meta-data", "https://[::1]/", "https://10.0.0.1/"):
        answer = look(owner, made, url).ok()
        assert answer["outcome"] == "unreachable" and answer["detail"] in ("refused", "scheme", "unresolved"), (url, answer)


def test_where_the_chat_was_opened_is_shown(account, owner, chat):
    def seen():
        return next(c for c in owner.get("/api/v1/channels").ok()["items"] if c["id"] == chat["id"]).get("seen")
    config(account, chat).ok()
    config(account, chat, Origin=account.server.url).ok()
    config(account, chat, Origin="null").ok()
    assert not seen(), "our own pages are no site"
    config(account, chat, Origin="https://shop.example").ok()
    assert seen()["host"] == "shop.example" and set(seen()) == {"host", "at"}
