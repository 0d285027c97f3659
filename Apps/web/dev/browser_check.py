"""Opens every page of the interface against the mock server and reports axe violations, console errors, content security
policy violations and sideways scrolling, in light and dark and at four widths. A development aid:

    ./build.sh && python3 dev/browser_check.py [--shots FOLDER] [--language ru] [--axe-everywhere]

Needs deno, Chromium (apt) and playwright + axe-playwright-python (pip).
"""
import argparse
import pathlib
import socket
import subprocess
import sys
import time

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

HERE = pathlib.Path(__file__).resolve().parent
PORT = 8123
BASE = f"http://localhost:{PORT}"
SIZES = [(1280, 800), (1000, 760), (700, 800), (360, 740)]


def pages(page: Page) -> dict[str, tuple[str, str, str | None]]:
    """name → address, what to wait for, what to click then."""
    conversation = page.evaluate("fetch('/api/v1/conversations?view=waiting').then(r => r.json()).then(p => p.items[0].id)")
    long = page.evaluate("fetch('/api/v1/conversations?view=all').then(r => r.json()).then(p => p.items.find(c => c.contact.name.startsWith('Дан')).id)")
    entry = page.evaluate("fetch('/api/v1/knowledge/entries').then(r => r.json()).then(p => p.items.find(e => e.title.startsWith('Прайс')).id)")
    return {
        "inbox": ("/inbox", "conversation-row", None),
        "waiting": (f"/inbox/{conversation}", "handoff", None),
        "citation": (f"/inbox/{long}", "citation", "citation"),
        "search": ("/inbox?q=осло", "list-pane", None),
        "empty": ("/inbox?q=zzzz", "list-empty", None),
        "demo": ("/demo", "phone", None),
        "knowledge": ("/knowledge", "entry-row", None),
        "entry": (f"/knowledge/{entry}?version=3&start=14&end=40", "entry-quote", None),
        "entry-new": ("/knowledge/new", "entry-editor", None),
        "bot": ("/bot", "bot-form", "provider-openai_compatible"),
        "channels": ("/channels", "channel", None),
        "channel-add": ("/channels", "channel-add", "channel-add"),
        "team": ("/team", "member", None),
        "key-dialog": ("/team", "key-new", "key-new"),
        "audit": ("/audit", "audit-row", None),
        "settings": ("/settings", "settings", None),
        "not-found": ("/nowhere", "not-found", None),
        "welcome": ("/welcome#owner", "welcome-form", None),
        "welcome-used": ("/welcome#gone", "language-en", None),
    }


def main() -> int:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--shots", type=pathlib.Path)
    arguments.add_argument("--language", default="ru")
    arguments.add_argument("--axe-everywhere", action="store_true")
    arguments.add_argument("--only")
    options = arguments.parse_args()
    mock = subprocess.Popen(["deno", "run", "--allow-net", "--allow-read", str(HERE / "mock.ts"), str(PORT)], stdout=subprocess.DEVNULL)
    failures: list[str] = []
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("localhost", PORT)) == 0:
                    break
            time.sleep(0.1)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            for theme in ("light", "dark"):
                for width, height in SIZES:
                    check(browser, theme, width, height, options, failures)
            browser.close()
    finally:
        mock.terminate()
        mock.wait()
    print("\n".join(failures) or "no problem found")
    return 1 if failures else 0


def check(browser, theme: str, width: int, height: int, options, failures: list[str]) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, has_touch=width < 600, color_scheme=theme)
    context.add_init_script(
        "document.addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective + ' ' + e.blockedURI))")
    context.request.post(f"{BASE}/api/v1/session", data={"email": "owner@example.kz", "password": "password-1234"})
    context.request.patch(f"{BASE}/api/v1/me", data={"language": options.language, "theme": theme}, headers={"X-CSRF-Token": "mock-csrf"})
    page = context.new_page()
    where = ["start"]
    page.on("console", lambda m: m.type == "error" and expected(where[0], m.text) is None and failures.append(f"{where[0]}: console: {m.text}"))
    page.on("pageerror", lambda e: failures.append(f"{where[0]}: error: {e}"))
    page.goto(f"{BASE}/settings")
    for name, (address, wait, click) in pages(page).items():
        if options.only and options.only != name:
            continue
        where[0] = f"{name} {theme} {width}"
        page.goto("about:blank")
        page.goto(BASE + address)
        try:
            page.get_by_test_id(wait).first.wait_for(timeout=5000, state="attached")
            page.wait_for_timeout(250)
            if click:
                page.get_by_test_id(click).last.click()
                page.wait_for_timeout(250)
        except Exception as error:  # noqa: BLE001 - reported with the page it happened on
            failures.append(f"{where[0]}: {str(error).splitlines()[0]}")
        if options.shots:
            options.shots.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=options.shots / f"{name}-{theme}-{width}.png")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
            failures.append(f"{where[0]}: scrolls sideways")
        if width in (1280, 360) or options.axe_everywhere:
            for violation in Axe().run(page).response["violations"]:
                targets = [str(node["target"]) + " " + (node.get("failureSummary") or "").replace("\n", " ")[:220] for node in violation["nodes"][:3]]
                failures.append(f"{where[0]}: axe {violation['id']}: " + "; ".join(targets))
    context.close()


def expected(where: str, text: str) -> str | None:
    """The browser itself logs requests that are meant to fail."""
    return text if where.startswith("welcome-used") and "404" in text else None


if __name__ == "__main__":
    sys.exit(main())
