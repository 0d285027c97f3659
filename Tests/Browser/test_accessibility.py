"""axe: no violation on any page, light and dark, wide and narrow; and no sideways scrolling."""
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from browsing import Watched
from harness.people import QUESTION
from harness.waiting import wait_until

#: name -> path, what to wait for, what to click then
PAGES = {
    "inbox": ("/inbox", "conversation-row", None), "conversation": ("/inbox/{answered}", "citation", "citation"), "waiting": ("/inbox/{waiting}", "handoff", None),
    "empty": ("/inbox?q=zzzz", "list-empty", None), "knowledge": ("/knowledge", "entry-row", None), "entry": ("/knowledge/{entry}", "entry-text", None),
    "new entry": ("/knowledge/new", "entry-editor", None), "bot": ("/bot", "bot-form", None), "channels": ("/channels", "channel", None), "add channel": ("/channels", "channel-add", "channel-add"),
    "team": ("/team", "member", None), "new key": ("/team", "key-new", "key-new"), "audit": ("/audit", "audit-row", None), "settings": ("/settings", "settings", None), "webhooks": ("/webhooks", "webhook", None),
    "deliveries": ("/webhooks", "webhook-deliveries", "webhook-deliveries"), "add webhook": ("/webhooks", "webhook-add", "webhook-add"), "not found": ("/nowhere", "not-found", None),
}


def settle(page):
    """Waits for the end of transitions: half-way colours have half the contrast. Asked from here, since the page's policy lets nobody poll inside it."""
    still = "document.getAnimations().every(a => a.playState !== 'running' || a.effect?.getTiming().iterations === Infinity)"
    wait_until(lambda: page.evaluate(still) or page.wait_for_timeout(50), 10, "the page stands still")


def examine(page, where: str):
    violations = Axe().run(page).response["violations"]
    told = [f"{v['id']}: " + "; ".join(str(n["target"]) + " " + (n.get("failureSummary") or "").replace("\n", " ")[:200] for n in v["nodes"][:3]) for v in violations]
    assert not told, f"{where}: " + "\n".join(told)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"), f"{where}: scrolls sideways"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_no_page_has_a_violation(chromium, site, signed_in, theme, width):
    watched = Watched(chromium, site.server, signed_in, width=width, height=800 if width > 600 else 740, theme=theme)
    site.owner.patch("/api/v1/me", {"theme": theme, "language": "ru"}).ok()
    failures = []
    try:
        for name, (path, wait, click) in PAGES.items():
            try:
                page = watched.open(path.format(answered=site.answered, waiting=site.waiting, entry=site.entry))
                watched.find(wait).first.wait_for(state="attached")
                if click:
                    watched.find(click).last.click()
                settle(page)
                examine(page, name)
            except Exception as error:  # noqa: BLE001 - all pages are looked at before anything is told
                failures.append(f"{name} {theme} {width}: {str(error)[:700]}")
        failures += watched.problems()
    finally:
        watched.close()
        site.owner.patch("/api/v1/me", {"theme": "system"}).ok()
    assert not failures, "\n\n".join(failures)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_pages_before_signing_in(chromium, site, theme, width):
    watched = Watched(chromium, site.server, width=width, theme=theme)
    watched.expected += [r"status of 401", r"status of 404"]
    try:
        watched.open("/inbox")
        expect(watched.find("sign-in-form")).to_be_visible()
        examine(watched.page, "sign-in")
        link = site.owner.post("/api/v1/invitations", {"email": "axe@example.kz", "role": "operator"})
        if link.status == 201:
            watched.page.goto(link.json["link"])
            expect(watched.find("welcome-form")).to_be_visible()
            examine(watched.page, "welcome")
            site.owner.delete(f"/api/v1/invitations/{link.json['id']}").ok(204)
        watched.open("/welcome#used-up")
        watched.page.wait_for_load_state("networkidle")
        examine(watched.page, "used link")
        watched.check("before signing in")
    finally:
        watched.close()


@pytest.mark.parametrize("width", [1280, 360])
def test_the_demo_page(chromium, places, width, demo_state):
    server, state = demo_state
    for theme in ("light", "dark"):
        watched = Watched(chromium, server, state, width=width, theme=theme)
        try:
            watched.open("/demo")
            if width < 600 and not watched.find("phone").is_visible():
                watched.find("demo-side-phone").click()
            expect(watched.find("phone")).to_be_visible()
            watched.find("demo-question").filter(has_text=QUESTION).click()
            expect(watched.find("phone-message", author="bot").first).to_be_visible()
            examine(watched.page, f"demo {theme} {width}")
            watched.check("demo")
        finally:
            watched.close()


@pytest.fixture(scope="module")
def demo_state(places, chromium):
    from browsing import accept
    server = places.server("sqlite", "--demo")
    yield server, accept(chromium, server, server.link())
    server.kill()


def test_the_inbox_works_by_keyboard_alone(chromium, site, signed_in):
    watched = Watched(chromium, site.server, signed_in)
    try:
        page = watched.open("/inbox")
        watched.find("conversation-row").first.wait_for()
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement?.closest('[data-testid=conversation-row]') !== null"):
                break
        else:
            raise AssertionError("no conversation can be reached by Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle !== 'none' || getComputedStyle(document.activeElement).boxShadow !== 'none'"), "the focus is visible"
        page.keyboard.press("Enter")
        expect(watched.find("thread")).to_be_visible()
        watched.check()
    finally:
        watched.close()
