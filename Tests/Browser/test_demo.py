"""Acceptance 1: the demo of product.md, 0:00 to 0:50, in a real browser, on both engines."""
import time

from playwright.sync_api import expect

from browsing import Watched, plain
from harness.waiting import stays, wait_until


def test_the_first_fifty_seconds(chromium, demo):
    watched = Watched(chromium, demo, width=1440, height=900)
    page = watched.page
    watched.expected += [r"status of 401"]
    try:
        # 0:00 the one-time link signs in.
        page.goto(demo.url + "/welcome#" + demo.link())
        page.wait_for_url(lambda url: "/welcome" not in url)
        page.goto(demo.url + "/demo")
        expect(watched.find("phone")).to_be_visible()
        expect(watched.find("inbox")).to_be_visible()
        page.evaluate("window.__sameDocument = true")

        # 0:15 the customer taps the first suggestion.
        watched.find("demo-question").filter(has_text="Сколько стоит диван?").click()
        expect(watched.find("phone-message").filter(has_text="Сколько стоит диван?").first).to_be_visible()

        # 0:25 the bot answers with the quoted line; source and cost in the inbox, live.
        answer = watched.find("phone-message", author="bot").first
        expect(answer).to_be_visible(timeout=15_000)
        assert "189 000" in plain(answer.inner_text())
        row = watched.find("conversation-row").first
        expect(row).to_be_visible()
        if not watched.find("thread").is_visible():
            row.click()
        bot = watched.find("message", author="bot").first
        expect(bot).to_be_visible()
        assert "189 000" in plain(bot.inner_text())
        citation = watched.find("citation").first
        citation.hover()
        if not watched.find("citation-card").first.is_visible():
            citation.click()
        expect(watched.find("citation-card").first).to_be_visible()
        assert "189 000" in plain(watched.find("citation-quote").first.inner_text()), "the source is visible, word for word"
        expect(watched.find("citation-cost").first).to_be_visible()
        page.keyboard.press("Escape")

        # 0:40 the gate blocks, a person is called, the chat turns amber with the reason.
        watched.find("demo-question").filter(has_text="А скидку 80 %?").click()
        expect(watched.find("conversation-row", needs_human="true").first).to_be_visible(timeout=15_000)
        handoff = watched.find("handoff")
        expect(handoff).to_be_visible()
        assert handoff.get_attribute("data-reason") in ("unsupported_claim", "no_answer")
        assert handoff.get_attribute("data-reason") == "unsupported_claim", "the reason is the claim that no source supports"
        red, green, blue = amber(handoff)
        assert red > blue and green > blue, f"amber, not rgb({red}, {green}, {blue})"
        assert not any("80" in plain(m) for m in watched.find("phone-message", author="bot").all_inner_texts()), "the claim never reached the customer"

        # 0:50 the newcomer types as operator; three quick messages; the bot stays silent.
        watched.find("composer-text").fill("Скидок нет, но доставка бесплатная.")
        watched.find("composer-send").click()
        expect(watched.find("phone-message", author="person").first).to_contain_text("доставка бесплатная")
        expect(watched.find("thread", owner="human")).to_be_visible()
        before = watched.find("phone-message", author="bot").count()
        for text in ("Сколько стоит диван?", "Сколько стоит кресло «Лунд»?", "Вы работаете до 20:00?"):
            watched.find("phone-text").fill(text)
            watched.find("phone-send").click()
        for text in ("кресло «Лунд»", "до 20:00"):
            expect(watched.find("message", author="customer").filter(has_text=text)).to_be_visible()
        silent = time.monotonic()
        stays(lambda: watched.find("phone-message", author="bot").count() == before and not page.wait_for_timeout(150), 5, "the bot is silent")
        assert time.monotonic() - silent >= 5
        assert watched.find("message", author="bot").count() == before

        assert page.evaluate("window.__sameDocument") is True, "everything came live, without a reload"
        watched.check("demo")
    finally:
        watched.close()


def test_the_plugin_is_crashed_and_the_message_is_kept(chromium, demo):
    """Acceptance 6: 1:35 of product.md. Somebody crashes the channel's plugin while a customer writes: the channel blinks, stands up again,
    and the message arrives once."""
    watched = Watched(chromium, demo, width=1440, height=900)
    page = watched.page
    # While the plugin is down the phone is told to come again.
    watched.expected += [r"status of 401", r"status of 503"]
    try:
        page.goto(demo.url + "/welcome#" + demo.link())
        page.wait_for_url(lambda url: "/welcome" not in url)
        page.goto(demo.url + "/demo")
        light = watched.find("demo-channel-state")
        expect(light).to_have_attribute("data-state", "working")
        page.evaluate("window.__sameDocument = true")
        watched.find("demo-crash").click()
        expect(light).to_have_attribute("data-state", "restarting")
        watched.find("phone-text").fill("Сколько стоит кресло «Лунд»?")
        watched.find("phone-send").click()
        fallen = time.monotonic()
        answer = watched.find("phone-message", author="bot").filter(has_text="74 500")
        expect(answer).to_be_visible(timeout=15_000)
        expect(light).to_have_attribute("data-state", "working", timeout=15_000)
        assert time.monotonic() - fallen < 15
        asked = watched.find("phone-message").filter(has_text="кресло «Лунд»").and_(page.locator('[data-direction="in"]'))
        assert asked.count() == 1 and asked.get_attribute("data-status") != "failed"
        row = watched.find("conversation-row").first
        if not watched.find("thread").is_visible():
            row.click()
        expect(watched.find("message", author="customer").filter(has_text="кресло «Лунд»")).to_have_count(1)
        assert page.evaluate("window.__sameDocument") is True, "everything came live, without a reload"
        watched.check("crash")
    finally:
        watched.close()


def amber(locator) -> tuple[int, int, int]:
    """The strongest colour of the notice: its background, its border or the text."""
    colours = locator.evaluate("""node => { const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true}); const out = [];
        for (let n = node, i = 0; n && i < 3; n = n.parentElement, i++) { const s = getComputedStyle(n);
          for (const c of [s.backgroundColor, s.borderLeftColor, s.borderTopColor, s.color]) { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); out.push([...canvas.getImageData(0, 0, 1, 1).data]); } }
        return out; }""")
    solid = [c for c in colours if c[3] > 0]
    return max(solid, key=lambda c: max(c[:3]) - min(c[:3]))[:3]


def test_a_second_window_sees_the_same_live(chromium, demo):
    """Two people look at one inbox; nobody reloads."""
    first = Watched(chromium, demo)
    first.expected += [r"status of 401"]
    try:
        first.page.goto(demo.url + "/welcome#" + demo.link())
        first.page.wait_for_url(lambda url: "/welcome" not in url)
        state = first.context.storage_state()
        second = Watched(chromium, demo, state)
        second.open("/inbox")
        expect(second.find("inbox")).to_be_visible()
        phone = Watched(chromium, demo, state)
        phone.open("/demo")
        phone.find("demo-question").first.click()
        expect(second.find("conversation-row").first).to_be_visible()
        second.find("conversation-row").first.click()
        expect(second.find("message", author="bot").first).to_be_visible()
        second.find("composer-text").fill("Я отвечу")
        second.find("composer-send").click()
        expect(phone.find("phone-message", author="person").first).to_contain_text("Я отвечу")
        wait_until(lambda: not second.page.wait_for_timeout(50) and second.find("message", author="user").first.get_attribute("data-status") in ("sent", "delivered", "read"), what="the status comes live")
        for watched in (second, phone):
            watched.check()
            watched.close()
    finally:
        first.close()
