"""Every screen: what a person does there, in a real browser."""
import re
import uuid

import pytest
from playwright.sync_api import expect

from browsing import Watched, plain
from harness.people import PASSWORD, QUESTION
from harness.waiting import wait_until


class TestWelcome:
    def test_the_first_owner_is_made_in_the_browser(self, engine, places, chromium):
        server = places.server(engine)
        watched = Watched(chromium, server)
        watched.expected += [r"status of 401", r"status of 404"]
        page = watched.page
        page.goto(server.url + "/welcome#" + server.link())
        expect(watched.find("welcome-form")).to_be_visible()
        watched.find("welcome-submit").click()
        expect(page.locator("[aria-invalid=true]").first).to_be_visible()
        for name, value in (("account", "Мебель"), ("name", "Асель"), ("email", "asel@example.kz"), ("password", PASSWORD)):
            watched.find(f"welcome-{name}").fill(value)
        watched.find("welcome-age").check()
        watched.find("welcome-submit").click()
        expect(watched.find("sidebar")).to_be_visible()
        assert "welcome" not in page.url and server.link() not in page.url
        # The used link is told to be used.
        other = Watched(chromium, server)
        other.expected += [r"status of 404", r"status of 401"]
        other.page.goto(server.url + "/welcome#" + server.link())
        expect(other.page.locator("main")).to_contain_text(re.compile(r"\S{5,}"))
        expect(other.find("welcome-form")).to_have_count(0)
        for each in (watched, other):
            each.check()
            each.close()
        server.kill()

    def test_sign_in_and_out(self, chromium, site):
        watched = Watched(chromium, site.server)
        watched.expected += [r"status of 401"]
        watched.open("/inbox")
        expect(watched.find("sign-in-form")).to_be_visible()
        watched.find("sign-in-email").fill(site.email)
        watched.find("sign-in-password").fill("wrong-password-1")
        watched.find("sign-in-submit").click()
        expect(watched.page.get_by_role("alert").first).to_be_visible()
        watched.find("sign-in-password").fill(PASSWORD)
        watched.find("sign-in-submit").click()
        expect(watched.find("conversation-row").first).to_be_visible()
        watched.open("/settings")
        watched.find("sign-out").first.click()
        expect(watched.find("sign-in-form")).to_be_visible()
        watched.open("/inbox")
        expect(watched.find("sign-in-form")).to_be_visible()
        watched.check("sign-in")
        watched.close()

    def test_an_invited_person_joins(self, chromium, site):
        link = site.owner.post("/api/v1/invitations", {"email": f"{uuid.uuid4().hex[:8]}@example.kz", "role": "analyst"}).ok(201)["link"]
        watched = Watched(chromium, site.server)
        watched.expected += [r"status of 401", r"status of 403"]
        watched.page.goto(link)
        watched.find("welcome-name").fill("Аналитик")
        watched.find("welcome-password").fill(PASSWORD)
        watched.find("welcome-age").check()
        watched.find("welcome-submit").click()
        expect(watched.find("sidebar")).to_be_visible()
        watched.open("/audit")
        expect(watched.find("forbidden-audit")).to_be_visible()
        watched.check("invited")
        watched.close()


class TestInbox:
    def test_a_message_comes_while_one_looks(self, browse, site):
        watched = browse("/inbox")
        expect(watched.find("conversation-row").first).to_be_visible()
        watched.page.evaluate("window.__sameDocument = true")
        name = f"Новый {uuid.uuid4().hex[:5]}"
        customer = site.channel.customer(name)
        site.channel.say(customer, QUESTION)
        row = watched.find("conversation-row").filter(has_text=name)
        expect(row).to_be_visible()
        row.click()
        expect(watched.find("message", author="bot").first).to_be_visible()
        watched.find("take").click()
        expect(watched.find("thread", owner="human")).to_be_visible()
        watched.find("composer-text").fill("Чем помочь?")
        watched.page.keyboard.press("Control+Enter")
        if not watched.find("message", author="user").count():
            watched.find("composer-send").click() if watched.find("composer-text").input_value() else None
        expect(watched.find("message", author="user").filter(has_text="Чем помочь?")).to_have_count(1)
        site.channel.bot.wait(2, customer.id)
        watched.find("compose-note").click()
        watched.find("composer-text").fill("только для своих")
        watched.find("composer-send").click()
        expect(watched.find("message", kind="note").filter(has_text="только для своих")).to_be_visible()
        watched.find("give-back").click()
        expect(watched.find("thread", owner="bot")).to_be_visible()
        watched.find("close").click()
        expect(watched.find("reopen")).to_be_visible()
        watched.find("reopen").click()
        expect(watched.find("close")).to_be_visible()
        assert watched.page.evaluate("window.__sameDocument") is True

    def test_search_and_views(self, browse, site):
        watched = browse("/inbox")
        watched.find("inbox-search").fill("Айгүл")
        expect(watched.find("conversation-row").filter(has_text="Айгүл").first).to_be_visible()
        watched.find("inbox-search").fill("")
        watched.find("view-waiting").click()
        expect(watched.find("conversation-row", needs_human="true").first).to_be_visible()
        expect(watched.find("conversation-row", needs_human="false")).to_have_count(0)

    def test_a_draft_survives_and_a_lost_connection_is_told(self, browse, site):
        watched = browse(f"/inbox/{site.answered}")
        watched.expected += [r"ERR_INTERNET_DISCONNECTED", r"Failed to fetch", r"ERR_FAILED", r"ERR_"]
        expect(watched.find("composer-text")).to_be_visible()
        watched.context.set_offline(True)
        text = f"офлайн {uuid.uuid4().hex[:6]}"
        watched.find("composer-text").fill(text)
        watched.find("composer-send").click()
        expect(watched.page.get_by_text(text).first).to_be_visible()
        watched.context.set_offline(False)
        wait_until(lambda: not watched.page.wait_for_timeout(200) and len([m for m in site.shown(site.answered) if m["text"] == text]) == 1 or
                   (watched.find("pending-retry").count() and watched.find("pending-retry").first.click() and False), 30, "sent once when back")
        assert len([m for m in site.shown(site.answered) if m["text"] == text]) == 1

    def test_on_a_phone_list_and_thread_take_turns(self, browse, site):
        watched = browse("/inbox", width=360, height=740)
        watched.find("conversation-row").filter(has_text="Айгүл").first.click()
        expect(watched.find("thread")).to_be_visible()
        watched.find("back").click()
        expect(watched.find("conversation-row").first).to_be_visible()


class TestKnowledge:
    def test_an_entry_is_written_found_and_versioned(self, browse, site):
        word = "артикул" + uuid.uuid4().hex[:6]
        watched = browse("/knowledge")
        watched.find("entry-new").first.click()
        watched.find("entry-title").fill(f"Запись {word}")
        watched.find("entry-body").fill(f"Полка {word} стоит 12 345 ₸.")
        watched.find("entry-save").click()
        expect(watched.find("entry-text")).to_contain_text(word)
        watched.find("entry-edit").click()
        watched.find("entry-body").fill(f"Полка {word} стоит 54 321 ₸.")
        watched.find("entry-save").click()
        expect(watched.find("entry-text")).to_contain_text("54 321")
        expect(watched.find("version-1")).to_be_visible()
        watched.open("/knowledge")
        expect(watched.find("entry-row").filter(has_text=word)).to_be_visible()
        watched.find("try-search").fill(f"сколько стоит полка {word}")
        watched.find("try-search-submit").click()
        expect(watched.find("passage").first).to_contain_text("54 321")

    def test_a_file_is_uploaded(self, browse, site):
        watched = browse("/knowledge")
        name = f"prices-{uuid.uuid4().hex[:6]}.md"
        watched.find("upload-input").set_input_files({"name": name, "mimeType": "text/markdown", "buffer": "# Цены\n\nЛампа стоит 9 990 ₸.\n".encode()})
        expect(watched.find("entry-row").filter(has_text=name)).to_be_visible()

    def test_a_citation_leads_to_its_place(self, browse, site):
        watched = browse(f"/inbox/{site.answered}")
        watched.find("citation").first.click()
        card = watched.find("citation-card").first
        expect(card).to_be_visible()
        card.get_by_role("link").first.click()
        expect(watched.find("entry-quote")).to_be_visible()
        assert "189 000" in plain(watched.find("entry-quote").inner_text())


class TestBot:
    def test_asking_shows_answer_source_and_what_was_blocked(self, browse):
        watched = browse("/bot")
        watched.find("ask-text").fill(QUESTION)
        watched.find("ask-submit").click()
        answer = watched.find("ask-answer", outcome="answer")
        expect(answer).to_be_visible()
        assert "189 000" in plain(answer.inner_text())
        watched.find("ask-text").fill("А скидку 80 %?")
        watched.find("ask-submit").click()
        expect(watched.find("ask-answer", outcome="handoff")).to_be_visible()

    def test_settings_are_saved(self, browse, site):
        watched = browse("/bot")
        name = f"Ассистент {uuid.uuid4().hex[:4]}"
        watched.find("bot-name").fill(name)
        watched.find("bot-save").click()
        wait_until(lambda: not watched.page.wait_for_timeout(100) and site.owner.get("/api/v1/bot").ok()["name"] == name, what="saved")
        watched.open("/bot")
        expect(watched.find("bot-name")).to_have_value(name)


class TestChannels:
    def test_a_telegram_bot_is_connected(self, browse, site, telegram_api):
        bot = telegram_api.bot()
        watched = browse("/channels")
        watched.find("channel-add").first.click()
        watched.find("kind-telegram").click()
        watched.find("channel-name").fill(f"Бот {bot.id}")
        watched.find("field-token").fill(bot.token)
        base = watched.find("field-api_base")
        if not base.is_visible():
            watched.page.locator("details summary").last.click()
        base.fill(telegram_api.url)
        watched.find("channel-connect").click()
        row = watched.find("channel").filter(has_text=f"Бот {bot.id}")
        expect(row).to_be_visible()
        if not bot.webhook:
            row.locator('[data-testid="channel-register"]').click()
        wait_until(lambda: not watched.page.wait_for_timeout(50) and bot.webhook, what="the webhook is registered")
        row.locator('[data-testid="channel-test"]').click()
        expect(row.locator('[data-testid="channel-test-result"]')).to_contain_text(bot.username)
        assert bot.token not in watched.page.content()

    def test_a_web_chat_shows_its_snippet(self, browse, site):
        watched = browse("/channels")
        expect(watched.find("channel-snippet").first).to_contain_text(site.chat["public_key"])


class TestTeam:
    def test_a_colleague_is_invited_and_a_key_made(self, browse):
        watched = browse("/team")
        watched.find("invite-email").fill(f"{uuid.uuid4().hex[:8]}@example.kz")
        watched.find("invite-submit").click()
        link = watched.find("invite-link")
        expect(link).to_be_visible()
        assert "/welcome#" in (link.input_value() if link.evaluate("n => 'value' in n") else link.inner_text())
        watched.find("key-new").click()
        watched.find("key-name").fill("ключ")
        watched.find("permission-conversation.read").check()
        watched.find("key-create").click()
        value = watched.find("key-value")
        expect(value).to_be_visible()
        assert "ssk_" in (value.input_value() if value.evaluate("n => 'value' in n") else value.inner_text())


class TestLanguages:
    PAGES = ["/inbox", "/inbox/{waiting}", "/knowledge", "/knowledge/{entry}", "/knowledge/new", "/bot", "/channels", "/team", "/audit", "/settings", "/webhooks", "/nowhere"]
    #: Names that stay as they are in every language.
    NAMES = re.compile(r"[\w.]+@[\w.]+|SevenSales|Telegram|OpenAI|WebChat|API|URL|HTTPS?|BotFather|Enter|Ctrl|Shift|Esc|Tab|Alt|English|wk_\w+|ssk_\w+|sk-…?|e-mail|email|csv|html|markdown|txt|md\b|https?://\S+|/hooks/\S+|webhook|polling|"
                       r"(?:conversation|knowledge|bot|channel|user|contact|calendar|audit|usage|privacy|apikey)\.\w+|gpt\S*|v\d[\d.]*", re.I)

    def labels(self, page) -> list[str]:
        return page.evaluate("""() => { const out = [];
            for (const n of document.querySelectorAll('button, label, h1, h2, h3, legend, th, nav a, summary, [role=tab], option, .muted, p')) {
              if (n.closest('[data-testid=message], [data-testid=conversation-row], [data-testid=entry-text], [data-testid=entry-row], [data-testid=audit-row], [data-testid=member], [data-testid=channel], [data-testid=context], code, pre')) continue;
              if (n.offsetParent !== null) out.push(n.innerText); }
            for (const a of ['aria-label', 'placeholder', 'title']) for (const n of document.querySelectorAll('[' + a + ']')) out.push(n.getAttribute(a));
            return [...new Set(out.map(t => (t || '').trim()).filter(Boolean))]; }""")

    @pytest.mark.parametrize("language", ["en", "ru", "kk"])
    def test_every_page_speaks_the_chosen_language(self, browse, site, language):
        site.owner.patch("/api/v1/me", {"language": language}).ok()
        wrong = []
        try:
            watched = browse("/inbox", locale={"en": "en-GB", "ru": "ru-RU", "kk": "kk-KZ"}[language])
            for path in self.PAGES:
                page = watched.open(path.format(waiting=site.waiting, entry=site.entry))
                expect(page.locator("main, [data-testid=not-found], [data-testid=inbox]").first).to_be_visible(timeout=15_000)
                wait_until(lambda: not page.wait_for_timeout(100) and not watched.find("skeleton").count(), what=f"{path} is loaded")
                assert page.evaluate("document.documentElement.lang") == language, path
                for text in self.labels(page):
                    if re.fullmatch(r"[a-z]+([._][a-zA-Z_]+)+", text) and not self.NAMES.fullmatch(text):
                        wrong.append((path, "key", text))
                    rest = self.NAMES.sub("", re.sub(r"https?://\S+", "", text))
                    if language != "en" and re.search(r"[A-Za-z]{4,}", rest) and not re.search(r"[а-яёәіңғүұқөһ]", rest, re.I):
                        wrong.append((path, "English", text))
                    if "undefined" in text or "[object" in text or "NaN" in text or "{" in text:
                        wrong.append((path, "hole", text))
        finally:
            site.owner.patch("/api/v1/me", {"language": "ru"}).ok()
        assert not wrong, "\n".join(map(str, wrong[:40]))

    def test_languages_differ(self, browse, site):
        seen = {}
        watched = browse("/inbox")
        for language in ("en", "ru", "kk"):
            site.owner.patch("/api/v1/me", {"language": language}).ok()
            page = watched.open("/settings")
            expect(watched.find("settings")).to_be_visible()
            seen[language] = set(self.labels(page))
        site.owner.patch("/api/v1/me", {"language": "ru"}).ok()
        shared = seen["ru"] & seen["kk"]
        assert len(shared) < 0.5 * len(seen["ru"]), f"Kazakh is its own language: {shared}"

    def test_sign_in_can_be_read_before_signing_in(self, chromium, site):
        watched = Watched(chromium, site.server)
        watched.expected += [r"status of 401"]
        watched.open("/inbox")
        texts = {}
        for language in ("en", "ru", "kk"):
            watched.find(f"language-{language}").click()
            expect(watched.page.locator(f"html[lang={language}]")).to_have_count(1)
            texts[language] = watched.find("sign-in-submit").inner_text()
        assert len(set(texts.values())) == 3, texts
        watched.check()
        watched.close()


def test_a_theme_is_chosen_and_kept(browse):
    watched = browse("/settings")

    def background():
        return watched.page.evaluate("getComputedStyle(document.body).backgroundColor")
    watched.find("theme-light").click()
    light = wait_until(lambda: background(), what="light")
    watched.find("theme-dark").click()
    wait_until(lambda: not watched.page.wait_for_timeout(50) and background() != light, what="dark is another colour")
    dark = background()
    watched.open("/inbox")
    assert background() == dark, "kept over a load"
    watched.open("/settings")
    watched.find("theme-system").click()
