"""A watched browser page: what it logs, what its policy refuses and whom it calls are part of every test."""
import re

from playwright.sync_api import Browser, BrowserContext, Page

WATCH = """
window.__violations = [];
document.addEventListener('securitypolicyviolation', e => window.__violations.push(e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sourceFile));
"""


class Watched:
    """A context with one page. `problems()` lists errors on the console, refused resources and calls to strangers."""

    def __init__(self, browser: Browser, server, state=None, width=1280, height=800, theme="light", locale="ru-RU", **more):
        self.server = server
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": height}, has_touch=width < 600, color_scheme=theme, locale=locale, storage_state=state, **more)
        self.context.set_default_timeout(15_000)
        self.context.add_init_script(WATCH)
        self.errors: list[str] = []
        self.strangers: list[str] = []
        #: Requests that are meant to fail; the browser itself logs them.
        self.expected: list[str] = []
        self.page = self.context.new_page()
        self.watch(self.page)

    def watch(self, page: Page):
        page.on("console", lambda m: m.type in ("error", "warning") and self.errors.append(f"{m.type}: {m.text} {m.location.get('url', '')}"))
        page.on("pageerror", lambda e: self.errors.append(f"exception: {e}"))
        page.on("request", lambda r: r.url.startswith(("data:", "blob:", self.server.url)) or self.strangers.append(r.url))
        page.on("dialog", lambda d: (self.errors.append(f"dialog: {d.message}"), d.dismiss()))

    def open(self, path: str) -> Page:
        self.page.goto(self.server.url + path)
        return self.page

    def find(self, name: str, **attributes):
        """By test id, narrowed by attributes: find("message", author="bot") is data-author="bot"."""
        selector = f'[data-testid="{name}"]' + "".join(f'[data-{key.replace("_", "-")}="{value}"]' for key, value in attributes.items())
        return self.page.locator(selector)

    def problems(self) -> list[str]:
        found = [e for e in self.errors if not any(re.search(pattern, e) for pattern in self.expected)]
        found += [f"calls {url}" for url in self.strangers]
        for page in self.context.pages:
            if page.url.startswith("http"):
                found += [f"policy: {v}" for v in page.evaluate("window.__violations || []")]
        return found

    def check(self, where: str = ""):
        found = self.problems()
        assert not found, f"{where}: " + "\n".join(found[:10])

    def close(self):
        self.context.close()


def sign_in(browser: Browser, server, email: str, password: str):
    """The storage state of a signed-in browser."""
    watched = Watched(browser, server)
    try:
        page = watched.open("/healthz")
        status = page.evaluate(
            "([email, password]) => fetch('/api/v1/session', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({email, password})}).then(r => r.status)",
            [email, password])
        assert status == 200, f"sign-in answered {status}"
        state = watched.context.storage_state()
        assert state["cookies"], "the browser did not keep the session's cookie"
        return state
    finally:
        watched.close()


def accept(browser: Browser, server, token: str):
    """The storage state behind a one-time sign-in link."""
    watched = Watched(browser, server)
    try:
        page = watched.open("/healthz")
        status = page.evaluate(
            "token => fetch('/api/v1/links/accept', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({token})}).then(r => r.status)", token)
        assert status == 200, f"the link answered {status}"
        return watched.context.storage_state()
    finally:
        watched.close()


def plain(text: str | None) -> str:
    return (text or "").replace("\u00a0", " ").replace("\u202f", " ")
