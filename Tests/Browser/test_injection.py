"""A-20, A-23, A-26, T-09: hostile text in every sink, 0 executions; and the widget on a hostile page."""
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from browsing import Watched, plain
from harness.people import QUESTION, Account
from harness.waiting import wait_until

PAYLOADS = [
    "<script>window.__xss=1</script>", "<img src=x onerror=window.__xss=1>", "<svg onload=window.__xss=1>", "<svg><script>window.__xss=1</script></svg>", "<iframe srcdoc='<script>parent.__xss=1</script>'>",
    "<body onload=window.__xss=1>", "<input autofocus onfocus=window.__xss=1>", "<details open ontoggle=window.__xss=1>", "<video><source onerror=window.__xss=1>", "<a href='javascript:window.__xss=1'>x</a>",
    "javascript:window.__xss=1", "[x](javascript:window.__xss=1)", "![x](x\" onerror=\"window.__xss=1)", "<math><mtext><table><mglyph><style><img src=x onerror=window.__xss=1>", "\"><img src=x onerror=window.__xss=1>",
    "' onmouseover='window.__xss=1", "</textarea><script>window.__xss=1</script>", "</title><script>window.__xss=1</script>", "--><script>window.__xss=1</script>", "<![CDATA[<script>window.__xss=1</script>]]>",
    "{{constructor.constructor('window.__xss=1')()}}", "${window.__xss=1}", "<style>@import 'http://127.0.0.1:9/x'</style>", "<link rel=stylesheet href=http://127.0.0.1:9/x>", "<base href=http://127.0.0.1:9/>",
    "<meta http-equiv=refresh content='0;url=javascript:window.__xss=1'>", "<form action=javascript:window.__xss=1><button>x</button></form>", "<object data=javascript:window.__xss=1>", "data:text/html,<script>window.__xss=1</script>",
    "\u202e<script>window.__xss=1</script>\u2066", "<sc\u200bript>window.__xss=1</script>", "[ref]: javascript:window.__xss=1\n[x][ref]",
]


@pytest.fixture(scope="module")
def hostile(site, telegram_api):
    """An account of its own, full of payloads."""
    account = Account(site.server, "<script>window.__xss=1</script> & Co"[:60])
    account.bot(enabled=False)
    channel = account.telegram(telegram_api.bot(), telegram_api)
    account.names = []
    for index, payload in enumerate(PAYLOADS):
        customer = channel.customer(payload)
        channel.say(customer, payload)
        account.names.append(customer)
    target = channel.customer("Все сразу")
    for payload in PAYLOADS:
        channel.say(target, payload)
        channel.deliver(target.message(document={"file_id": "f", "file_unique_id": "f", "file_name": payload, "mime_type": payload[:40]}))
    account.target = account.conversation("Все сразу")["id"]
    wait_until(lambda: len(account.shown(account.target)) == 2 * len(PAYLOADS), 30, "all are stored")
    for payload in PAYLOADS:
        account.reply(account.target, payload, "note").ok(201)
        account.owner.post("/api/v1/knowledge/entries", {"title": payload[:100], "text": payload + " диван", "language": "ru"}).ok(201)
    account.owner.patch("/api/v1/me", {"name": PAYLOADS[1]})
    account.owner.post("/api/v1/api-keys", {"name": PAYLOADS[0], "permissions": ["conversation.read"]}).ok(201)
    account.chat = account.webchat(title=PAYLOADS[0], greeting=PAYLOADS[1])
    return account


@pytest.fixture(scope="module")
def inside(chromium, hostile):
    from browsing import sign_in
    from harness.people import PASSWORD
    return sign_in(chromium, hostile.server, hostile.email, PASSWORD)


def unharmed(watched: Watched, where: str):
    page = watched.page
    assert page.evaluate("window.__xss") is None, f"{where}: executed"
    assert page.evaluate("document.querySelectorAll('img[src=x], iframe, object, base, meta[http-equiv=refresh], a[href^=\"javascript:\" i], a[href^=\"data:\" i], [onerror], [onload]').length") == 0, f"{where}: became markup"
    watched.check(where)


@pytest.mark.parametrize("path, wait", [("/inbox", "conversation-row"), ("/inbox/{target}", "message"), ("/inbox?q=script", "list-pane"), ("/knowledge", "entry-row"), ("/knowledge/{entry}", "entry-text"), ("/bot", "bot-form"),
                                        ("/channels", "channel"), ("/team", "member"), ("/audit", "audit-row"), ("/settings", "settings")])
def test_payloads_are_only_text(chromium, hostile, inside, path, wait):
    watched = Watched(chromium, hostile.server, inside)
    try:
        entry = hostile.owner.get("/api/v1/knowledge/entries").ok()["items"][0]["id"]
        page = watched.open(path.format(target=hostile.target, entry=entry))
        watched.find(wait).first.wait_for(state="attached")
        if "{target}" in path:
            if watched.find("details").count():
                watched.find("details").first.click()
            for _ in range(12):
                page.mouse.move(600, 400)
                page.mouse.wheel(0, -3000)
                page.wait_for_timeout(60)
            seen = " ".join(watched.find("message-text").all_inner_texts())
            assert "<script>window.__xss=1</script>" in seen, "shown as what it is"
        if path == "/inbox":
            for _ in range(6):
                page.mouse.move(300, 500)
                page.mouse.wheel(0, 900)
                page.wait_for_timeout(60)
        unharmed(watched, path)
    finally:
        watched.close()


def test_payloads_in_the_address_are_only_text(chromium, site, signed_in):
    watched = Watched(chromium, site.server, signed_in)
    watched.expected += [r"status of 4\d\d"]
    try:
        for path in ("/inbox?q=<img src=x onerror=window.__xss=1>", "/inbox/<script>window.__xss=1</script>", "/<script>window.__xss=1</script>", "/knowledge/javascript:window.__xss=1", "/welcome#<img src=x onerror=window.__xss=1>",
                     "/inbox?view=constructor&q=__proto__", "//evil.example/%2e%2e"):
            watched.open(path)
            watched.page.wait_for_timeout(400)
            unharmed(watched, path)
    finally:
        watched.close()


def test_the_page_cannot_be_framed(chromium, site, signed_in):
    other = Elsewhere(f"<!doctype html><title>x</title><iframe src='{site.server.url}/inbox' id=f></iframe>", "")
    watched = Watched(chromium, site.server, signed_in)
    try:
        watched.page.goto(other.url)
        watched.page.wait_for_timeout(700)
        frames = [f for f in watched.page.frames if f != watched.page.main_frame]
        assert all(f.locator("[data-testid=sidebar]").count() == 0 for f in frames)
    finally:
        watched.close()
        other.stop()


class Elsewhere:
    """Somebody else's site, on another origin."""

    def __init__(self, html: str, policy: str):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path != "/":
                    self.send_response(404)
                    self.end_headers()
                    return
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                if policy:
                    self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(html.encode())

            def log_message(self, *_):
                pass
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


HOSTILE_STYLE = "* { all: unset !important; display: none !important } div, button, input, seven-sales-chat { visibility: hidden !important; font-size: 0 !important; position: static !important }"


@pytest.mark.parametrize("kind", ["strict policy", "hostile page"])
def test_the_widget_lives_on_a_third_partys_page(chromium, site, kind):
    origin = site.server.url
    strict = f"default-src 'none'; script-src {origin}; connect-src {origin}; style-src 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    script = f'<script src="{origin}/widget.js" data-key="{site.chat["public_key"]}" data-color="#2a5bd7" async></script>'
    if kind == "strict policy":
        html, policy = f"<!doctype html><html lang=ru><title>Магазин</title><h1>Магазин</h1>{script}</html>", strict
    else:
        html = f"""<!doctype html><html lang=ru><title>Магазин</title><style>h1 {{ color: red }} * {{ font-size: 3px !important; letter-spacing: 20px !important }} button, input, section {{ display: none !important }}</style>
            <script>Array.prototype.evil = function () {{}}; Object.prototype.polluted = 'x'; window.event = 7; window.name = 'chat';
            Element.prototype.append = Element.prototype.append; window.onerror = null;</script>
            <div id=log></div><form id=form name=root></form><h1>Магазин</h1>{script}</html>"""
        policy = ""
    page = Elsewhere(html, policy)
    watched = Watched(chromium, site.server)
    watched.expected += [r"favicon", r"status of 404"]
    try:
        watched.page.goto(page.url)
        chat = watched.page.locator("seven-sales-chat")
        launch = chat.locator("button.launch")
        expect(launch).to_be_visible()
        launch.click()
        field = chat.locator("form input")
        expect(field).to_be_visible()
        field.fill(QUESTION)
        field.press("Enter")
        answer = chat.locator(".message").filter(has_text="189")
        expect(answer.first).to_be_visible()
        assert "189 000" in plain(answer.first.inner_text())
        expect(chat.locator("details summary").first).to_be_visible()
        assert not watched.context.cookies(), "the widget sets no cookie"
        for url in watched.strangers:
            assert url.startswith(page.url), f"calls {url}"
        watched.strangers.clear()
        unharmed(watched, kind)
        # The conversation is there after a load.
        watched.page.reload()
        chat.locator("button.launch").click()
        expect(chat.locator(".message").filter(has_text=QUESTION).first).to_be_visible()
        watched.strangers.clear()
        unharmed(watched, kind)
    finally:
        watched.close()
        page.stop()


def test_the_widget_shows_payloads_as_text(chromium, hostile):
    key = hostile.chat["public_key"]
    page = Elsewhere(f"<!doctype html><html lang=ru><title>x</title><script src='{hostile.server.url}/widget.js' data-key='{key}' async></script></html>", "")
    watched = Watched(chromium, hostile.server)
    watched.expected += [r"favicon", r"status of 404"]
    try:
        watched.page.goto(page.url)
        chat = watched.page.locator("seven-sales-chat")
        chat.locator("button.launch").click()
        chat.locator("form input").fill("<img src=x onerror=window.__xss=1>")
        chat.locator("form input").press("Enter")
        visitor = wait_until(lambda: not watched.page.wait_for_timeout(100) and next((c for c in hostile.conversations() if c["channel"]["kind"] == "webchat"), None), what="the visitor's conversation")
        for payload in PAYLOADS:
            hostile.reply(visitor["id"], payload).ok(201)
        expect(chat.locator(".message").filter(has_text=PAYLOADS[20]).first).to_be_visible()
        wait_until(lambda: not watched.page.wait_for_timeout(100) and chat.locator(".message").count() >= len(PAYLOADS), what="all are shown")
        assert chat.evaluate("c => c.shadowRoot.querySelectorAll('img, iframe, script, object, [onerror], [onload], a[href^=javascript]').length") == 0
        watched.strangers.clear()
        unharmed(watched, "widget")
    finally:
        watched.close()
        page.stop()


def test_the_session_is_out_of_reach_of_scripts(chromium, site, signed_in):
    """T-35: what the browser keeps is what the register says; nothing secret in it."""
    watched = Watched(chromium, site.server, signed_in)
    try:
        page = watched.open(f"/inbox/{site.answered}")
        watched.find("message").first.wait_for()
        assert page.evaluate("document.cookie") == ""
        kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
        secret = site.owner.get("/api/v1/session").ok()
        assert secret["csrf"] not in kept and QUESTION not in kept and site.email not in kept, kept[:500]
        assert all(c["httpOnly"] for c in watched.context.cookies())
        watched.check()
    finally:
        watched.close()




def test_no_answer_is_lost_between_loading_and_listening(chromium, site):
    """The first message of a new visitor is answered before the event stream stands: the answer appears all the same."""
    page = Elsewhere(f"<!doctype html><html lang=ru><title>x</title><script src='{site.server.url}/widget.js' data-key='{site.chat['public_key']}' async></script></html>", "")
    watched = Watched(chromium, site.server)
    try:
        watched.page.route("**/webchat/*/events", lambda route: (time.sleep(1.5), route.continue_()))
        watched.page.goto(page.url)
        chat = watched.page.locator("seven-sales-chat")
        chat.locator("button.launch").click()
        chat.locator("form input").fill(QUESTION)
        chat.locator("form input").press("Enter")
        expect(chat.locator(".message").filter(has_text="189").first).to_be_visible(timeout=10_000)
    finally:
        watched.close()
        page.stop()
