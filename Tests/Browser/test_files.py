"""Files in the inbox, unconfirmed messages and reply windows: what an operator sees and does, light and dark, wide and at 360 pixels, without a violation.

`promised.py` puts attachments, limits of channels and the upload's answers in between server and browser, as no fake messenger can be told to bring them
about. Text goes to the real server; `test_real_files.py` has nothing in between.
"""
import datetime
import re

import pytest
from playwright.sync_api import expect

from promised import MEGABYTE, PNG, attachment, media
from test_channels import look, promised, speak  # noqa: F401 - fixtures

#: Text, as pasted or dropped by a script inside the page.
TRANSFER = """([name, type, bytes]) => { const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(bytes)], name, {type})); return transfer; }"""


def picture(name="диван.png", size=len(PNG)) -> dict:
    return {"name": name, "mimeType": "image/png", "buffer": PNG + b"\0" * (size - len(PNG))}


def ago(**time) -> str:
    return (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(**time)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def transfer(page, file: dict):
    return page.evaluate_handle(TRANSFER, [file["name"], file["mimeType"], list(file["buffer"])])


@pytest.mark.parametrize("language,theme,width", [("en", "light", 1280), ("ru", "dark", 1280), ("kk", "light", 360), ("ru", "dark", 360)])
def test_files_are_shown_played_and_offered(promised, site, speak, language, theme, width):  # noqa: F811
    speak(language, theme)
    watched, coming = promised(width, theme=theme)
    conversation = site.waiting
    coming.message(conversation, attachments=[attachment("image", "oslo.png", "image/png", 245_000)], text="Вот такой диван", sent_at=ago(minutes=9))
    coming.message(conversation, attachments=[attachment("voice", None, "audio/wav", 18_000)], sent_at=ago(minutes=8))
    coming.message(conversation, attachments=[attachment("video", "room.mp4", "video/mp4", 4_100_000)], sent_at=ago(minutes=7))
    coming.message(conversation, attachments=[attachment("document", "Договор поставки № 17 от 20 ноября.pdf", "application/pdf", 12_400_000)], sent_at=ago(minutes=6))
    for state in ("waiting", "failed", "too-large"):
        coming.message(conversation, attachments=[attachment("document", f"{state}.zip", "application/zip", 88_000_000, state)], sent_at=ago(minutes=5))
    coming.message(conversation, attachments=[attachment("location", None, None, None, "none", "Алматы, Абая 10")], sent_at=ago(minutes=4))
    out = {"direction": "out", "author": {"type": "user", "id": None, "name": "Асель"}, "status": "delivered"}
    coming.message(conversation, attachments=[attachment("document", "price.xlsx", "application/x", 45_000)], text="Прайс", sent_at=ago(minutes=3), **out)
    page = watched.open(f"/inbox/{conversation}")
    shown = watched.find("attachment", state="stored")
    expect(shown).to_have_count(3)
    for state in ("waiting", "failed", "too-large", "none"):
        line = watched.find("attachment", state=state)
        expect(line).to_have_count(1)
        expect(line.locator("svg").first).to_be_visible()
    expect(watched.find("attachment", kind="location")).to_contain_text("Алматы, Абая 10")
    link = watched.find("attachment-download").filter(has_text="Договор")
    expect(link).to_contain_text({"en": "12.4 MB", "ru": "12,4 МБ", "kk": "12,4 МБ"}[language])
    expect(link).to_have_attribute("href", re.compile(r"^/api/v1/files/[0-9a-f-]+\?download=1$"))
    assert watched.find("attachment", kind="voice").locator("audio").evaluate("n => n.controls && n.src.includes('/api/v1/files/')")
    assert watched.find("attachment", kind="video").locator("video").count() == 1
    look(page, f"files-{language}-{theme}-{width}")
    picture_button = watched.find("attachment", kind="image")
    box = picture_button.bounding_box()
    assert box["height"] == 180, "a picture has its place before it is loaded"
    picture_button.click()
    dialog = watched.find("picture-dialog")
    expect(dialog.locator("img")).to_be_visible()
    look(page, f"picture-{language}-{theme}-{width}")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(picture_button).to_be_focused()


class TestComposer:
    def test_one_file_a_message_and_in_order(self, promised, site):  # noqa: F811
        watched, coming = promised()
        page = watched.open(f"/inbox/{site.answered}")
        expect(watched.find("attach")).to_be_visible()
        watched.find("composer-files").set_input_files([picture("1.png"), {"name": "2.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}])
        expect(watched.find("chosen-file", state="ready")).to_have_count(2)
        assert watched.find("chosen-file").first.locator("img").evaluate("n => n.complete && n.naturalWidth > 0"), "a preview of the picture"
        watched.find("composer-text").fill("Вот прайс")
        expect(watched.find("composer-order")).to_be_visible()
        look(page, "composer-files")
        watched.find("composer-send").click()
        expect(watched.find("chosen-file")).to_have_count(0)
        expect(watched.find("message", author="user").filter(has=page.get_by_test_id("attachment-download"))).to_have_count(1)
        assert [(len(m["attachments"]), m["text"]) for m in coming.sent] == [(1, "Вот прайс"), (1, "")]
        assert [m["attachments"][0] for m in coming.sent] == [upload["id"] for upload in coming.uploads]
        expect(watched.find("composer-text")).to_have_value("")

    def test_paste_drop_and_remove(self, promised, site):  # noqa: F811
        watched, coming = promised()
        page = watched.open(f"/inbox/{site.answered}")
        expect(watched.find("attach")).to_be_visible()
        field = watched.find("composer-text")
        field.evaluate("(n, data) => n.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}))", transfer(page, picture("снимок.png")))
        expect(watched.find("chosen-file")).to_have_count(1)
        log, dropped = watched.find("message-log"), transfer(page, picture("с рабочего стола.png"))
        log.dispatch_event("dragenter", {"dataTransfer": dropped})
        expect(page.locator(".composer__drop")).to_be_visible()
        log.dispatch_event("drop", {"dataTransfer": dropped})
        expect(page.locator(".composer__drop")).to_have_count(0)
        expect(watched.find("chosen-file")).to_have_count(2)
        watched.find("chosen-remove").first.click()
        expect(watched.find("chosen-file")).to_have_count(1)
        expect(watched.find("chosen-file")).to_contain_text("с рабочего стола.png")
        # A file alone is a message, and another conversation has its own.
        watched.find("conversation-row").filter(has_text="Данияр").first.click()
        expect(watched.find("thread", conversation=site.waiting)).to_be_visible()
        expect(watched.find("chosen-file")).to_have_count(0)
        page.go_back()
        expect(watched.find("chosen-file", state="ready")).to_have_count(1)
        watched.find("composer-send").click()
        expect(watched.find("chosen-file")).to_have_count(0)
        assert [m["text"] for m in coming.sent] == [""]

    @pytest.mark.parametrize("language,theme,width", [("en", "dark", 360), ("ru", "light", 1280), ("kk", "dark", 1280)])
    def test_what_the_channel_does_not_take_is_told_before_it_travels(self, promised, site, speak, language, theme, width):  # noqa: F811
        speak(language, theme)
        watched, coming = promised(width, theme=theme, capabilities={"media": media("image", most=2 * MEGABYTE, types=["image/png", "image/jpeg"]), "caption": 20})
        page = watched.open(f"/inbox/{site.answered}")
        expect(watched.find("attach")).to_be_visible()
        choose = watched.find("composer-files")
        problem = watched.find("file-problem")
        choose.set_input_files([picture("big.png", 3 * MEGABYTE)])
        expect(problem).to_contain_text({"en": "3 MB", "ru": "3 МБ", "kk": "3 МБ"}[language])
        expect(problem).to_contain_text({"en": "2 MB", "ru": "2 МБ", "kk": "2 МБ"}[language])
        choose.set_input_files([{"name": "list.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}])
        expect(problem).to_contain_text("JPEG")
        choose.set_input_files([{"name": "empty.png", "mimeType": "image/png", "buffer": b""}])
        expect(problem).to_contain_text("empty.png")
        assert not coming.uploads
        choose.set_input_files([picture()])
        expect(problem).to_have_count(0)
        expect(watched.find("chosen-file", state="ready")).to_have_count(1)
        watched.find("composer-text").fill("слишком длинная подпись к фото")
        expect(watched.find("composer-send")).to_be_disabled()
        look(page, f"composer-limits-{language}-{theme}-{width}")
        watched.find("composer-text").fill("диван")
        expect(watched.find("composer-send")).to_be_enabled()
        watched.find("compose-note").click()
        expect(watched.find("chosen-file")).to_have_count(0)
        expect(watched.find("attach")).to_have_count(0)

    def test_without_captions_the_text_follows_on_its_own(self, promised, site):  # noqa: F811
        watched, coming = promised(capabilities={"caption": None})
        watched.open(f"/inbox/{site.answered}")
        expect(watched.find("attach")).to_be_visible()
        watched.find("composer-files").set_input_files([picture()])
        expect(watched.find("chosen-file", state="ready")).to_have_count(1)
        watched.find("composer-text").fill("отдельно")
        expect(watched.find("composer-order")).to_be_visible()
        watched.find("composer-send").click()
        expect(watched.find("message", author="user").filter(has_text="отдельно")).to_have_count(1)
        assert [(len(m.get("attachments", [])), m["text"]) for m in coming.sent] == [(1, ""), (0, "отдельно")]

    def test_a_failed_upload_is_tried_again(self, promised, site):  # noqa: F811
        watched, coming = promised()
        watched.expected += ["status of 503"]
        watched.open(f"/inbox/{site.answered}")
        expect(watched.find("attach")).to_be_visible()
        coming.upload_status = 503
        watched.find("composer-files").set_input_files([picture()])
        failed = watched.find("chosen-file", state="failed")
        expect(failed).to_be_visible()
        expect(watched.find("composer-send")).to_be_disabled()
        coming.upload_status = 201
        failed.get_by_role("button").first.click()
        expect(watched.find("chosen-file", state="ready")).to_be_visible()

    def test_a_channel_without_files_has_no_button(self, promised, site):  # noqa: F811
        watched, _ = promised(capabilities={"media": []})
        watched.open(f"/inbox/{site.answered}")
        expect(watched.find("composer-text")).to_be_visible()
        expect(watched.find("attach")).to_have_count(0)


@pytest.mark.parametrize("language,theme,width", [("en", "light", 1280), ("ru", "dark", 360), ("kk", "light", 360)])
def test_an_unconfirmed_message_leaves_the_choice_to_a_person(promised, site, speak, language, theme, width):  # noqa: F811
    speak(language, theme)
    watched, coming = promised(width, theme=theme)
    out = {"direction": "out", "author": {"type": "user", "id": None, "name": "Асель"}, "status": "uncertain"}
    first = coming.message(site.answered, text="Диван есть на складе", sent_at=ago(minutes=2), **out)
    second = coming.message(site.answered, text="Привезти завтра?", sent_at=ago(minutes=1), **out)
    page = watched.open(f"/inbox/{site.answered}")
    notices = watched.find("uncertain")
    expect(notices).to_have_count(2)
    look(page, f"uncertain-{language}-{theme}-{width}")
    notices.last.get_by_test_id("uncertain-leave").click()
    expect(notices).to_have_count(1)
    expect(watched.find("uncertain-show")).to_be_visible()
    assert coming.retried == [], "leaving it sends nothing"
    notices.first.get_by_test_id("message-retry").click()
    expect(page.locator(f'[data-item="{first["id"]}"]')).to_have_attribute("data-status", "queued")
    assert coming.retried == [first["id"]]
    watched.find("uncertain-show").click()
    expect(page.locator(f'[data-item="{second["id"]}"]').get_by_test_id("uncertain")).to_be_visible()


DAY = 86_400


@pytest.mark.parametrize("name,before,all_window,person,state,language,theme,width", [
    ("over", {"hours": 30}, DAY, None, "over", "ru", "light", 360), ("over", {"hours": 30}, DAY, None, "over", "kk", "dark", 1280),
    ("person", {"hours": 30}, DAY, 7 * DAY, "person", "kk", "light", 360), ("person", {"hours": 30}, DAY, 7 * DAY, "person", "en", "dark", 1280),
    ("over-person", {"days": 8}, DAY, 7 * DAY, "over", "en", "light", 360), ("soon", {"hours": 23}, DAY, None, "soon", "ru", "dark", 360),
])
def test_the_reply_window_is_told(promised, site, speak, language, theme, width, name, before, all_window, person, state):  # noqa: F811
    speak(language, theme)
    watched, coming = promised(width, theme=theme, capabilities={"reply_window": all_window, "person_reply_window": person})
    for message in site.messages(site.answered):
        if message["direction"] == "in":
            coming.messages[message["id"]] = {"sent_at": ago(**before)}
    page = watched.open(f"/inbox/{site.answered}")
    hint = watched.find("reply-window")
    expect(hint).to_have_attribute("data-state", state)
    if state == "over":
        span = ({"en": "7 days", "ru": "7 дней", "kk": "7 күн"} if person else {"en": "24 hours", "ru": "24 часов", "kk": "24 сағат"})[language]
        expect(hint).to_contain_text(span)
    look(page, f"window-{name}-{language}-{theme}-{width}")
    watched.find("compose-note").click()
    expect(hint).to_have_count(0)


@pytest.mark.parametrize("granted,state", [("true", "person"), ("false", "over"), (None, "over")])
def test_people_have_the_longer_window_only_where_the_channel_says_so(promised, site, granted, state):  # noqa: F811
    watched, coming = promised(capabilities={"reply_window": DAY, "person_reply_window": 7 * DAY, "person_reply_setting": "human_agent"})
    coming.channels[site.channel.id] = {"settings": {"human_agent": granted} if granted else {}}
    for message in site.messages(site.answered):
        if message["direction"] == "in":
            coming.messages[message["id"]] = {"sent_at": ago(hours=30)}
    watched.open(f"/inbox/{site.answered}")
    expect(watched.find("reply-window")).to_have_attribute("data-state", state)


@pytest.mark.parametrize("all_window,before", [(DAY, {"hours": 3}), (None, {"days": 400})])
def test_no_hint_while_a_reply_is_delivered(promised, site, all_window, before):  # noqa: F811
    watched, coming = promised(capabilities={"reply_window": all_window, "person_reply_window": None})
    for message in site.messages(site.answered):
        if message["direction"] == "in":
            coming.messages[message["id"]] = {"sent_at": ago(**before)}
    watched.open(f"/inbox/{site.answered}")
    expect(watched.find("attach")).to_be_visible()
    expect(watched.find("reply-window")).to_have_count(0)
