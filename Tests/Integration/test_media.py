"""Files of messages, both ways: what a customer sends is fetched, cleaned, sealed and shown; what an operator uploads arrives at the provider."""
import base64
import itertools
import json
import os
import re
import subprocess
import time
import urllib.parse
import uuid

import pytest

from fakes.bot_api import blocked, error, moved, pour, slow
from fakes.httpd import Exchange, Fake, Listener
from fakes.provider import Behaviour
from harness.channels import Channel
from harness.media import CAMERA, GIF, HTML, MP3, MP4, OGG, PDF, PLACE, SVG, body, heic, jpeg, turning
from harness.people import Account
from harness.programs import clean_environment, program
from harness.waiting import stays, wait_until

MEGABYTE = 1 << 20
ABSENT = "0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000"


class Thread:
    """A customer on Telegram who sends files, and the conversation that they make."""

    def __init__(self, channel, name: str | None = None):
        self.channel, self.account, self.bot = channel, channel.account, channel.bot
        self.customer = channel.customer(name)

    def say(self, text: str = "Здравствуйте"):
        self.channel.say(self.customer, text)
        return self

    def file(self, content: bytes, kind: str = "document", name: str | None = None, type: str | None = None, size: int | None = None, caption: str | None = None) -> str:
        """Delivers a message with a file; returns the file's id at Telegram."""
        id = self.bot.add_file(content, type or "application/octet-stream")
        told = {"file_id": id, "file_unique_id": id[-10:], "file_size": len(content) if size is None else size, "width": 16, "height": 16} | ({} if kind == "photo" else {"duration": 3})
        told |= {key: value for key, value in {"file_name": name, "mime_type": type}.items() if value is not None}
        more = {"caption": caption} if caption else {}
        assert self.channel.deliver(self.customer.message(**{kind: [told] if kind == "photo" else told}, **more)) == 200
        return id

    @property
    def conversation(self) -> str:
        return self.account.conversation(self.customer.name)["id"]

    def attachments(self) -> list[dict]:
        return [a for m in self.account.shown(self.conversation) for a in m["attachments"]]

    def settled(self, state: str = "stored", count: int = 1, timeout: float = 20) -> dict:
        """The latest of `count` files once all of them have come to this state."""
        def found():
            all = self.attachments()
            assert [a["state"] for a in all] == [state] * count, all
            return all[-1]
        return wait_until(found, timeout, f"{count} files are {state}")

    def get(self, file: str, query: str = "", **more):
        return self.account.owner.get(f"/api/v1/files/{file}{query}", **more)

    # What operators do.

    def upload(self, content: bytes, name: str = "file", type: str = "", client=None, conversation: str | None = None):
        return upload(client or self.account.owner, conversation or self.conversation, content, name, type)

    def reply(self, file: str, text: str = "", client=None, conversation: str | None = None, id: str | None = None, kind="reply"):
        body = {"id": id or str(uuid.uuid4()), "kind": kind, "text": text, "attachments": [file]}
        return (client or self.account.owner).post(f"/api/v1/conversations/{conversation or self.conversation}/messages", body)

    def last(self, status: str, timeout: float = 15) -> dict:
        return wait_until(lambda: (m := self.account.shown(self.conversation)[-1])["status"] == status and m, timeout, f"the last message is {status}")


def upload(client, conversation: str, content: bytes, name: str = "file", type: str = ""):
    query = urllib.parse.urlencode({"name": name, "mime": type}, quote_via=urllib.parse.quote)
    # Encoded already: bytes, not letters, are what is uploaded.
    return client.request("POST", f"/api/v1/conversations/{conversation}/files?{query}", raw=content, headers={"Content-Type": "application/octet-stream"}, timeout=60)


@pytest.fixture
def thread(quiet_telegram) -> Thread:
    return Thread(quiet_telegram)


# Coming in.

def test_a_customers_picture_is_shown_beside_the_name(thread):
    """Messages of Telegram bring names; the picture is asked for, and cleaned like any other."""
    chat = thread.customer.chat["id"]
    thread.bot.chats[chat] = {"id": chat, "first_name": "Айгуль", "last_name": "С.", "photo": {"big_file_id": thread.bot.add_file(jpeg())}}
    thread.say()
    def shown():
        return next((c["contact"] for c in thread.account.conversations() if c["contact"]["picture"]), None)
    contact = wait_until(shown, what="a picture")
    assert contact["name"] == "Айгуль С."
    assert thread.account.owner.get(f"/api/v1/contacts/{contact['id']}").ok()["picture"] == contact["picture"]
    answer = thread.get(contact["picture"])
    assert answer.status == 200 and answer.headers["content-type"] == "image/jpeg"
    assert body(answer.content) == body(jpeg()) and CAMERA not in answer.content and PLACE not in answer.content


def test_a_customer_of_whom_nothing_is_told_yet_does_not_hold_up_the_next(thread):
    """The first look-up is made again after a minute, then after a quarter of an hour."""
    chat = thread.customer.chat["id"]
    thread.bot.chats[chat] = {"id": chat}
    thread.say()
    wait_until(lambda: thread.bot.all("getChat"), what="the first look-up")
    other = Thread(thread.channel)
    chat = other.customer.chat["id"]
    thread.bot.chats[chat] = {"id": chat, "first_name": "Ержан", "photo": {"big_file_id": thread.bot.add_file(jpeg())}}
    other.say()
    wait_until(lambda: any(c["contact"]["picture"] for c in thread.account.conversations()), 30, "the second customer's picture")


def test_a_file_that_is_to_come_later_does_not_hold_up_the_next(thread):
    """The third try is made half a minute after the second."""
    thread.bot.script("getFile", *[Behaviour(502, b"Bad Gateway")] * 2)
    thread.file(PDF, name="счёт.pdf", type="application/pdf")
    wait_until(lambda: len(thread.bot.all("getFile")) == 2, 30, "two tries")
    other = Thread(thread.channel)
    other.file(PDF, name="чек.pdf", type="application/pdf")
    other.settled(timeout=25)
    assert thread.attachments()[0]["state"] == "waiting"


def test_a_photo_is_shown_at_once_then_stored_without_its_place(thread):
    thread.bot.script("file", slow(1.2))
    picture = jpeg(turned=6)
    assert CAMERA in picture and PLACE in picture
    with thread.account.owner.events() as stream:
        stream.wait("hello")
        thread.file(picture, "photo", caption="Такой диван есть?")
        waiting = thread.settled("waiting")
        assert waiting["kind"] == "image" and waiting["file"], waiting
        assert thread.get(waiting["file"]).status == 404, "it is not here yet"
        [message] = thread.account.shown(thread.conversation)
        assert message["text"] == "Такой диван есть?"
        stream.wait(lambda e: e.get("event") == "message.changed" and message["id"] in e["data"], what="the live event of the file's arrival")
    stored = thread.settled()
    assert (stored["kind"], stored["mime"], stored["file"]) == ("image", "image/jpeg", waiting["file"])
    answer = thread.get(stored["file"])
    assert answer.status == 200 and len(answer.content) == stored["size"]
    assert CAMERA not in answer.content and PLACE not in answer.content, "the camera's notes are gone"
    assert body(answer.content) == body(picture) and answer.content.endswith(b"\xff\xd9"), "and the picture is the same"
    assert turning(answer.content) == 6, "it still says how it is turned"
    headers = answer.headers
    assert headers["content-type"] == "image/jpeg" and headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers["content-security-policy"] and "default-src 'none'" in headers["content-security-policy"]
    assert headers["content-disposition"].startswith("inline;") and headers["accept-ranges"] == "bytes"
    assert "private" in headers["cache-control"] and headers["cross-origin-resource-policy"] == "same-origin"
    saved = thread.get(stored["file"], "?download=1")
    assert saved.headers["content-disposition"].startswith("attachment;") and saved.content == answer.content
    assert thread.account.owner.request("HEAD", f"/api/v1/files/{stored['file']}").status in (200, 404, 405)


def test_a_voice_and_a_document_and_a_film(thread):
    for number, (content, kind, name, type, shown, disposition) in enumerate((
            (OGG, "voice", None, "audio/ogg", ("voice", "audio/ogg"), "inline"), (PDF, "document", "Договор №17.pdf", "application/pdf", ("document", "application/pdf"), "attachment"),
            (MP4, "video", "Диван.mp4", "video/mp4", ("video", "video/mp4"), "inline"), (b"a,b\n1,2\n", "document", "Прайс.csv", "text/csv", ("document", "text/csv"), "attachment")), 1):
        thread.file(content, kind, name, type)
        found = thread.settled(count=number)
        assert (found["kind"], found["mime"]) == shown, found
        assert name is None or found["name"] == name
        answer = thread.get(found["file"])
        assert answer.headers["content-type"] == shown[1] and answer.headers["content-disposition"].startswith(disposition + ";")
        if name:
            assert f"filename*=UTF-8''{urllib.parse.quote(name, safe='')}" in answer.headers["content-disposition"]
        if content is MP4:
            assert len(answer.content) == len(MP4) and PLACE not in answer.content, "a film loses its place and stays as long"
        else:
            assert answer.content == content


@pytest.mark.once
def test_a_new_phones_picture_loses_its_place_too(thread):
    """No browser but Safari shows it, so it is a download; that it tells where somebody lives is no different."""
    picture = heic()
    thread.file(picture, name="IMG_4711.HEIC", type="image/heic")
    found = thread.settled()
    content = thread.get(found["file"]).content
    assert found["mime"] == "image/heic" and len(content) == len(picture) and bytes(range(200)) in content
    assert CAMERA not in content and PLACE not in content
    draft = thread.upload(picture, "IMG_4712.HEIC", "image/heic").ok(201)
    thread.reply(draft["id"]).ok(201)
    [sent] = thread.bot.wait(1, thread.customer.id)
    assert PLACE not in sent["file"].content and sent["file"].name == "IMG_4712.HEIC"


def test_parts_of_a_file(thread):
    """Players and interrupted downloads go on where they stopped."""
    content = os.urandom(200_003)
    thread.file(content, name="архив.zip")
    file = thread.settled()["file"]
    assert thread.get(file).content == content
    for start in (0, 1, 65_535, 65_536, 65_537, 131_072, 196_608, 200_002):
        answer = thread.get(file, headers={"Range": f"bytes={start}-"})
        assert answer.status == 206 and answer.content == content[start:], f"{start}: {answer.status} {len(answer.content)}"
        assert answer.headers["content-range"] == f"bytes {start}-200002/200003" and answer.headers["content-length"] == str(200_003 - start)
    # Safari asks for two bytes first, and plays nothing without them.
    for start, end in ((0, 1), (0, 200_002), (65_530, 65_545), (131_000, 999_999_999), (200_002, 200_002)):
        answer = thread.get(file, headers={"Range": f"bytes={start}-{end}"})
        assert answer.status == 206 and answer.content == content[start:end + 1], f"{start}-{end}: {answer.status} {len(answer.content)}"
        assert answer.headers["content-range"] == f"bytes {start}-{min(end, 200_002)}/200003"
    for start in (200_003, 10**12, 2**63 - 1):
        answer = thread.get(file, headers={"Range": f"bytes={start}-"})
        assert answer.status == 416 and answer.headers["content-range"] == "bytes */200003", f"{start}: {answer.status}"
    # Other forms may be answered whole, never wrongly.
    for form in ("bytes=-5", "bytes=9-5", "bytes=0-1,5-6", "bytes=x-", "bytes=-", "bytes=--1", "chunks=0-", "bytes=9223372036854775808-"):
        answer = thread.get(file, headers={"Range": form})
        assert answer.status in (200, 206, 416), f"{form}: {answer.status}"
        assert answer.status != 200 or answer.content == content, form
        assert form != "bytes=-5" or answer.status == 200 or answer.content == content[-5:]


@pytest.mark.once
@pytest.mark.parametrize("content, kind, name, type", [
    (HTML, "photo", None, "image/jpeg"), (HTML, "document", "фото.jpg", "image/jpeg"), (SVG, "document", "схема.svg", "image/svg+xml"), (SVG, "document", "схема.png", "image/png"),
    (HTML, "document", "страница.html", "text/html"), (b"\xff\xd8\xff" + HTML, "photo", None, "image/jpeg"), (b"\x89PNG\r\n\x1a\n" + HTML, "document", "a.png", "image/png"),
    (b"\xef\xbb\xbf" + HTML, "document", "a.js", "text/javascript"), (HTML, "voice", None, "audio/ogg"),
], ids=lambda value: value[:12].decode(errors="replace") if isinstance(value, bytes) else value)
def test_what_only_looks_like_a_picture_is_a_download(thread, content, kind, name, type):
    thread.file(content, kind, name, type)
    found = thread.settled()
    assert found["mime"] == "application/octet-stream", found
    for query in ("", "?download=0", "?download=1"):
        answer = thread.get(found["file"], query)
        assert answer.headers["content-type"] == "application/octet-stream" and answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-disposition"].startswith("attachment;") and "sandbox" in answer.headers["content-security-policy"]
        assert answer.content == content
    assert not re.search(r"\.(html?|svg|js)\"?(;|$)", answer.headers["content-disposition"]), "nor does its name open as a page"


class TestTrouble:
    """Each bot has a channel of its own, so that nobody waits for another's file."""

    @pytest.fixture
    def fresh(self, quiet, telegram_api):
        return lambda: Thread(quiet.telegram(telegram_api.bot(), telegram_api))

    @pytest.mark.once
    def test_what_a_provider_does_not_hand_over_at_first_is_asked_for_again(self, fresh):
        picture, threads = jpeg(), {}
        for name, behaviour in {"gone for a moment": error(404, "Not Found"), "broken off": pour([picture[:40]], len(picture)), 
                                "the provider's fault": Behaviour(502, b"Bad Gateway")}.items():
            threads[name] = thread = fresh()
            thread.bot.script("file", behaviour)
            thread.file(picture, "photo")
        threads["too many"] = thread = fresh()
        thread.bot.script("getFile", Behaviour(429, {"ok": False, "error_code": 429, "description": "Too Many Requests: retry after 1", "parameters": {"retry_after": 1}}))
        thread.file(picture, "photo")
        for name, thread in threads.items():
            found = thread.settled(timeout=25)
            assert body(thread.get(found["file"]).content) == body(picture), name
            assert len(thread.bot.all("getFile")) == 2, name

    @pytest.mark.once
    def test_what_will_never_come_is_told(self, fresh):
        thread, longer = fresh(), fresh()
        # A local server gives a path that cannot be asked for.
        thread.bot.script("getFile", Behaviour(200, {"ok": True, "result": {"file_id": "x"}}))
        thread.file(b"x", name="фильм.mkv")
        longer.file(bytes(20_000_001), name="фильм.mkv")
        failed = thread.settled("failed")
        assert failed["name"] == longer.settled("too-large")["name"] == "фильм.mkv", "Telegram gives programs 20 MB, people more"
        thread.get(failed["file"]).problem(404, "not_found")
        thread.say("Ну как?")
        wait_until(lambda: len(thread.account.shown(thread.conversation)) == 2, what="the conversation goes on")

    @pytest.mark.once
    def test_what_is_too_long_is_told_and_not_fetched_whole(self, fresh):
        """More than 25 MB: announced, which costs nothing, and not announced, which ends soon after."""
        announced, poured = fresh(), fresh()
        taken = itertools.count()
        last = [0]

        def endless():
            for last[0] in taken:
                yield bytes(MEGABYTE)
        announced.bot.script("file", pour([bytes(1000)], 25 * MEGABYTE + 1))
        announced.file(b"x", name="a.bin")
        poured.bot.script("file", pour(endless()))
        poured.file(b"x", name="b.bin")
        for thread in (announced, poured):
            found = thread.settled("too-large", timeout=40)
            assert thread.get(found["file"]).status == 404
        stays(lambda: last[0] < 60, 0.2, "the provider may stop sending")
        assert len(announced.bot.all("file")) == len(poured.bot.all("file")) == 1

    @pytest.mark.once
    def test_a_slow_file_holds_nothing_else_up(self, fresh):
        slowly, other = fresh(), fresh()
        slowly.bot.script("file", slow(6))
        slowly.file(jpeg(), "photo")
        slowly.settled("waiting")
        slowly.say("И ещё вопрос")
        wait_until(lambda: len(slowly.account.shown(slowly.conversation)) == 2, 4, "texts do not wait for files")
        other.file(jpeg(), "photo")
        other.settled(timeout=4)
        slowly.account.reply(slowly.conversation, "Смотрим").ok(201)
        slowly.bot.wait(1, slowly.customer.id, timeout=4)
        slowly.settled()

    @pytest.mark.once
    def test_an_album_and_the_same_update_twice(self, fresh):
        thread = fresh()
        id = thread.bot.add_file(jpeg())
        update = thread.customer.message(photo=[{"file_id": id, "file_unique_id": "x", "width": 16, "height": 16, "file_size": 300}])
        assert [thread.channel.deliver(update) for _ in range(3)] == [200] * 3
        thread.settled()
        assert len(thread.attachments()) == 1 and len(thread.bot.all("file")) == 1


# Who may read.

def test_a_file_is_for_its_accounts_people_only(thread, server, quiet):
    thread.file(jpeg(), "photo")
    file = thread.settled()["file"]
    stranger = Account(server)
    foreign, absent = stranger.owner.get(f"/api/v1/files/{file}"), stranger.owner.get(f"/api/v1/files/{ABSENT}")
    assert foreign.problem(404, "not_found")["detail"] == absent.problem(404, "not_found")["detail"]
    server.client().get(f"/api/v1/files/{file}").problem(401)
    allowed, _ = quiet.key("conversation.read")
    assert allowed.get(f"/api/v1/files/{file}").status == 200
    other, _ = quiet.key("knowledge.read")
    other.get(f"/api/v1/files/{file}").problem(403)
    analyst = quiet.invite("analyst")
    assert analyst.get(f"/api/v1/files/{file}").status == 200
    thread.upload(jpeg(), client=analyst).problem(403)
    thread.upload(jpeg(), client=allowed).problem(403)
    upload(stranger.owner, thread.conversation, jpeg()).problem(404)
    upload(server.client(), thread.conversation, jpeg()).problem(401)


def test_the_bytes_lie_sealed(thread, server):
    secret = b"4711-SECRET-CONTENT-" + uuid.uuid4().hex.encode()
    thread.file(secret * 9_000, name=f"{uuid.uuid4().hex}.txt", type="text/plain")
    found = thread.settled()
    sent = thread.upload(b"%PDF-1.7 " + secret, "секрет.pdf").ok(201)
    folder = server.place.data / "files"
    files = [path for path in folder.rglob("*") if path.is_file()]
    mine = [path for path in files if path.name.startswith((found["file"], sent["id"]))]
    assert len(mine) == 2, [str(path) for path in files][:10]
    for path in files:
        content = path.read_bytes()
        assert secret[:20] not in content and b"%PDF" not in content and b"\xff\xd8\xff" not in content[:64], path
    database = b"".join(path.read_bytes() for path in server.place.data.glob("*.sqlite*"))
    assert not [word for word in (secret[:20], found["name"].encode(), "секрет.pdf".encode()) if word in database], "names are sealed as well"
    # One changed byte is noticed, not shown.
    path = next(path for path in mine if path.name.startswith(found["file"]))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)
    start = time.monotonic()
    with pytest.raises(ConnectionError):
        thread.get(found["file"])
    assert time.monotonic() - start < 5, "and nobody waits for the rest"


# Going out.

def test_an_operators_files_arrive(thread, quiet):
    thread.say()
    operator = quiet.invite("operator")
    cases = [(jpeg(), "диван.jpg", "image/jpeg", "sendPhoto", "image", "image/jpeg"), (OGG, "голос.ogg", "audio/ogg", "sendVoice", "voice", "audio/ogg"),
             (PDF, "Договор № 17.pdf", "application/pdf", "sendDocument", "document", "application/pdf"), (MP3, "песня.mp3", "audio/mpeg", "sendAudio", "audio", "audio/mpeg"),
             (GIF, "танец.gif", "image/gif", "sendAnimation", "animation", "image/gif"), (MP4, "зал.mp4", "video/mp4", "sendVideo", "video", "video/mp4"),
             (HTML, "стр.html", "image/png", "sendDocument", "document", "application/octet-stream")]
    for number, (content, name, claimed, method, kind, mime) in enumerate(cases, 1):
        draft = thread.upload(content, name, claimed, client=operator).ok(201)
        assert (draft["kind"], draft["mime"]) == (kind, mime), draft
        assert len(thread.account.shown(thread.conversation)) == number, "a draft is no message"
        made = thread.reply(draft["id"], f"Подпись {number}", client=operator).ok(201)
        assert made["kind"] == "media" and [(a["file"], a["state"], a["kind"]) for a in made["attachments"]] == [(draft["id"], "stored", kind)], made
        sent = thread.bot.wait(number, thread.customer.id)[-1]
        file = sent["file"]
        assert (sent["method"], sent["text"], file.name, file.type) == (method, f"Подпись {number}", draft["name"], mime)
        if content[:3] == b"\xff\xd8\xff":
            assert body(file.content) == body(content) and CAMERA not in file.content and PLACE not in file.content, "our own people's place is nobody's business either"
        elif content is MP4:
            assert PLACE not in file.content and len(file.content) == len(MP4)
        else:
            assert file.content == content
        shown = thread.last("sent")
        assert shown["author"]["type"] == "user" and shown["attachments"][0]["name"] == draft["name"]
        assert operator.get(f"/api/v1/files/{draft['id']}").content == file.content
    # A file alone is a message.
    draft = thread.upload(PDF, "x.pdf").ok(201)
    thread.reply(draft["id"]).ok(201)
    assert thread.bot.wait(len(cases) + 1, thread.customer.id)[-1]["text"] == ""


def test_a_draft_is_used_once_and_where_it_was_made(thread, quiet_telegram):
    thread.say()
    other = Thread(quiet_telegram).say()
    draft = thread.upload(PDF, "x.pdf").ok(201)["id"]
    thread.reply(draft, conversation=other.conversation).problem(404)
    assert len(other.account.shown(other.conversation)) == 1, "nothing was written"
    thread.reply(ABSENT).problem(404)
    thread.reply("not an id").problem(422)
    assert thread.reply(draft, kind="note", text="x").status in (400, 422)
    two = {"id": str(uuid.uuid4()), "kind": "reply", "text": "", "attachments": [draft, draft]}
    assert thread.account.owner.post(f"/api/v1/conversations/{thread.conversation}/messages", two).status in (400, 422)
    assert thread.reply(draft, conversation=ABSENT).status == 404
    id = str(uuid.uuid4())
    thread.reply(draft, id=id).ok(201)
    thread.reply(draft, id=id).ok(200)
    thread.reply(draft).problem(404)
    thread.bot.wait(1, thread.customer.id)
    thread.reply(draft).problem(404)
    # What a customer sent is no draft either.
    thread.file(PDF)
    wait_until(lambda: thread.attachments()[-1]["state"] == "stored", what="the customer's file")
    thread.reply(thread.attachments()[-1]["file"]).problem(404)
    stays(lambda: len(thread.bot.sent()) == 1, 0.5, "one message")


def test_a_failed_message_is_sent_again_with_its_file(thread):
    thread.say()
    thread.bot.script("sendPhoto", blocked())
    draft = thread.upload(jpeg(), "диван.jpg").ok(201)
    made = thread.reply(draft["id"], "Вот он").ok(201)
    thread.last("failed")
    assert not thread.bot.sent()
    thread.account.owner.post(f"/api/v1/messages/{made['id']}/retry").ok()
    thread.last("sent")
    [sent] = thread.bot.sent()
    assert (sent["method"], sent["text"], sent["file"].name) == ("sendPhoto", "Вот он", "диван.jpg") and body(sent["file"].content) == body(jpeg())


@pytest.mark.once
class TestRefused:
    def test_what_is_no_file(self, thread):
        thread.say()
        thread.upload(b"", "empty.pdf").problem(422)
        thread.upload(bytes(25 * MEGABYTE + 1), "long.bin").problem(413, "too_large")
        upload(thread.account.owner, ABSENT, PDF).problem(404)
        assert thread.upload(bytes(25 * MEGABYTE), "fits.bin").status == 201

    def test_a_channel_says_what_it_takes(self, quiet, avito_api):
        seller = avito_api.seller()
        channel = Channel(quiet, seller, {"api_base": avito_api.url, "client_id": seller.client_id, "client_secret": seller.client_secret})
        channel.say(channel.customer(), "Торг уместен?")
        conversation = channel.conversation()
        for content, name in ((PDF, "x.pdf"), (OGG, "x.ogg"), (HTML, "x.jpg"), (b"RIFF\x04\0\0\0WEBP", "x.webp")):
            told = upload(quiet.owner, conversation, content, name, "image/jpeg").problem(422)
            assert "image" in told["detail"] and "24" in str(told) or "22" in str(told), told

    def test_the_web_chat_and_a_removed_channel(self, quiet, telegram_api):
        channel = quiet.telegram(telegram_api.bot(), telegram_api)
        thread = Thread(channel).say()
        conversation, draft = thread.conversation, thread.upload(PDF, "x.pdf").ok(201)["id"]
        quiet.owner.delete(f"/api/v1/channels/{channel.id}").ok(204)
        assert upload(quiet.owner, conversation, PDF).status in (404, 409, 422)
        assert thread.reply(draft, conversation=conversation).status in (201, 404, 409, 422)


NAMES = {
    "../../etc/passwd": "passwd", "C:\\Windows\\System32\\evil.txt": "evil.txt", "счёт\u202efdp.exe": "счётfdp.exe.bin", "a\x01b.pdf": "ab.pdf", "\u200b\u2066скрыто\u2069.pdf": "скрыто.pdf",
    "...": None, "": None, "/": None, "страница.HTML": "страница.HTML.bin", "..hidden.pdf": "hidden.pdf", "два\r\nслова\t.pdf": "дваслова.pdf", 'к"авы<чки>.pdf': None, '"кавычки".pdf': None, "a;b=c,d.pdf": "a;b=c,d.pdf",
    "папка/\u0301счёт.pdf": None, "evil.exe ": "evil.exe.bin", "evil.exe. .": "evil.exe.bin",
}


def acceptable(name: str):
    assert name and len(name) <= 140 and len(name.encode()) <= 600, f"{len(name)} {name[:80]!r}"
    assert not any(letter in name for letter in "/\\:*?\"<>|\0\r\n\u202e\u200b\u2066") and not name.startswith("."), repr(name)
    assert not re.search(r"\.(exe|html|svg|js|scr|bat)[. ]*$", name.lower()), repr(name)


@pytest.mark.once
class TestNames:
    LONG = {"long": "я" * 2_048 + ".pdf", "long latin": "a" * 4_096 + ".docx", "marks": "e" + "\u0301" * 2_000 + ".pdf", "turned around": "\u202e" * 4_000 + "x.pdf", "surrogates": "\U0001f600" * 900 + ".png"}

    def test_of_what_comes_in(self, thread):
        names = [*NAMES, *self.LONG.values()]
        for name in names:
            thread.file(PDF, name=name, type="application/pdf")
        thread.settled(count=len(names), timeout=40)
        found = thread.attachments()
        for given, attachment in zip(names, found):
            acceptable(attachment["name"])
            if expected := NAMES.get(given):
                assert attachment["name"] == expected, (given, attachment["name"])
            answer = thread.get(attachment["file"], "?download=1")
            disposition = answer.headers["content-disposition"]
            assert answer.status == 200 and disposition.isascii() and len(disposition) < 3_000, disposition[:200]
            assert urllib.parse.unquote(disposition.split("filename*=UTF-8''")[1]) == attachment["name"]
            assert disposition.count('"') == 2 and "\r" not in disposition, disposition

    def test_of_what_goes_out(self, thread):
        thread.say()
        for number, name in enumerate([*NAMES, "a\0b.pdf", *(name[:1_000] for name in self.LONG.values())], 1):
            draft = thread.upload(PDF, name, "application/pdf").ok(201)
            acceptable(draft["name"])
            if expected := NAMES.get(name):
                assert draft["name"] == expected
            if number <= 5:
                thread.reply(draft["id"]).ok(201)
                assert thread.bot.wait(number, thread.customer.id)[-1]["file"].name == draft["name"]


# Where files are fetched from.

class Witness(Exchange):
    """Any host: it gives a picture to everybody and remembers what they said."""
    fake: "Stranger"

    def do_GET(self):
        self.fake.heard.append((self.path, dict(self.headers)))
        self.answer(200, jpeg(), "image/jpeg")

    do_POST = do_GET


class Stranger(Fake):
    handler = Witness

    def __init__(self, host: str):
        self.heard = []
        super().__init__(0, host)


@pytest.fixture(scope="module")
def inside():
    """What listens on this machine and in its networks."""
    listener = Listener(host="0.0.0.0", reply=b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: 4\r\n\r\n\xff\xd8\xff\xd9")
    yield listener
    listener.stop()


@pytest.mark.once
class TestHostileLinks:
    def test_a_redirect_to_a_private_address_is_not_followed(self, quiet, telegram_api, inside):
        own = [a for a in subprocess.run(["hostname", "-I"], capture_output=True, text=True).stdout.split() if "." in a and not a.startswith("127.")]
        targets = [f"http://{a}:{inside.port}/x.jpg" for a in own] + [
            f"http://[::1]:{inside.port}/", "http://169.254.169.254/latest/meta-data", f"gopher://127.0.0.1:{inside.port}/x", "http://10.0.0.1/", "ftp://10.0.0.1/x",
            f"http://0.0.0.0:{inside.port}/", f"http://[::ffff:{own[0] if own else '10.0.0.1'}]:{inside.port}/"]
        threads = []
        for target in targets:
            thread = Thread(quiet.telegram(telegram_api.bot(), telegram_api))
            thread.bot.script("file", moved(target))
            thread.file(jpeg(), "photo")
            threads.append((target, thread))
        for target, thread in threads:
            wait_until(lambda: thread.bot.all("file"), what=f"{target} is told")
            wait_until(lambda: thread.attachments()[0]["state"] == "failed", what=f"{target} is not fetched")
            assert inside.connections == 0 and len(thread.bot.all("file")) == 1, target

    def test_a_token_goes_to_its_own_host_only(self, quiet, telegram_api):
        """The path of a file's address holds the bot's token; another host must not learn it, whoever sends us there."""
        with Stranger("127.0.0.9") as stranger:
            for target in (f"{stranger.url}/x.jpg", f"//127.0.0.9:{stranger.port}/x.jpg", f"http://127.0.0.1@127.0.0.9:{stranger.port}/x.jpg"):
                thread = Thread(quiet.telegram(telegram_api.bot(), telegram_api))
                thread.bot.script("file", moved(target, 307))
                thread.file(jpeg(), "photo")
                wait_until(lambda: thread.attachments()[0]["state"] in ("stored", "failed"), what="the file is settled")
                assert thread.bot.token not in json.dumps(stranger.heard) and thread.bot.token.split(":")[1] not in json.dumps(stranger.heard)
            assert not [headers for _, headers in stranger.heard if {"authorization", "cookie", "referer"} & {name.lower() for name in headers}]

    def test_endless_redirects_end(self, quiet, telegram_api):
        thread = Thread(quiet.telegram(telegram_api.bot(), telegram_api))
        id = thread.bot.add_file(jpeg())
        thread.bot.script("file", *[moved(f"{telegram_api.url}/file/bot{thread.bot.token}/files/{id}")] * 4)
        thread.file(jpeg(), "photo")
        wait_until(lambda: len(thread.bot.all("file")) >= 4, what="it is followed")
        stays(lambda: len(thread.bot.all("file")) == 4, 1, "and given up")

    def test_a_link_of_a_customers_message_reaches_nothing_inside(self, strict_server, graph_api, inside):
        """Messenger's attachments are addresses. Whoever holds the app's secret writes them, and so may a fault of Meta's."""
        account, page = Account(strict_server), graph_api.account("facebook")
        account.bot(enabled=False)
        made = account.owner.post("/api/v1/channels", {"kind": "facebook", "name": "Страница", "mode": "webhook", "settings": {
            "access_token": page.token, "app_secret": page.app.secret, "app_id": page.app.id}}).ok(201)
        page.app.callbacks["page"] = {"url": strict_server.url + made["webhook_path"]}
        links = [f"https://{host}:{inside.port}/x.jpg" for host in ("127.0.0.1", "localhost", "0.0.0.0", "2130706433", "0x7f000001", "127.1", "localhost.", "ip6-localhost")] + [
            f"http://127.0.0.1:{inside.port}/x.jpg", "https://169.254.169.254/latest", f"https://user@127.0.0.1:{inside.port}/", "file:///etc/passwd", f"https://[::1]:{inside.port}/"]
        customer = page.customer("Айгуль")
        for link in links:
            assert page.deliver(customer.message(attachments=[{"type": "image", "payload": {"url": link}}])) == 200, link

        def settled():
            found = [a for c in account.conversations() for m in account.shown(c["id"]) for a in m["attachments"]]
            assert len(found) == len(links), found
            assert {a["state"] for a in found} <= {"failed", "none"}, [a["state"] for a in found]
            return True
        wait_until(settled, 30, "every file has failed")
        assert inside.connections == 0


# Other channels.

@pytest.mark.once
class TestOtherChannels:
    """The same way, as each provider wants it."""

    def connected(self, quiet, api, endpoint, **settings) -> tuple[Channel, str]:
        channel = Channel(quiet, endpoint, {"api_base": api.url, **settings})
        channel.say(channel.customer(), "Есть фото?")
        return channel, channel.conversation()

    def send(self, channel, conversation: str, content: bytes, name: str, text: str) -> dict:
        owner = channel.account.owner
        draft = upload(owner, conversation, content, name).ok(201)
        owner.post(f"/api/v1/conversations/{conversation}/messages", {"id": str(uuid.uuid4()), "kind": "reply", "text": text, "attachments": [draft["id"]]}).ok(201)
        return channel.last("sent")

    def test_max_takes_a_file_in_two_steps(self, quiet, max_api):
        bot = max_api.bot()
        channel, conversation = self.connected(quiet, max_api, bot, token=bot.token)
        for number, (content, name, kind) in enumerate(((jpeg(), "диван.jpg", "image"), (PDF, "Договор.pdf", "file"), (MP4, "зал.mp4", "video"), (OGG, "голос.ogg", "audio"))):
            self.send(channel, conversation, content, name, f"Подпись {number}")
            sent = bot.sent()[-1]
            assert [a["type"] for a in sent["attachments"]] == [kind] and sent["text"] == f"Подпись {number}"
            assert sent["file"].name == name and CAMERA not in sent["file"].content and PLACE not in sent["file"].content
            assert content[:3] != b"\xff\xd8\xff" or body(sent["file"].content) == body(content)
        assert len(bot.sent()) == 4
        assert not [call for call in bot.all("upload") if bot.token in json.dumps(call.headers)], "the upload's host gets no token"

    def test_a_lost_upload_is_made_again(self, quiet, max_api):
        bot = max_api.bot()
        channel, conversation = self.connected(quiet, max_api, bot, token=bot.token)
        bot.script("upload", Behaviour(cut="before"))
        self.send(channel, conversation, PDF, "Договор.pdf", "Вот")
        assert len(bot.all("upload")) == 2 and len(bot.sent()) == 1 and bot.sent()[0]["file"].content == PDF

    def test_avito_takes_pictures(self, quiet, avito_api):
        seller = avito_api.seller()
        channel, conversation = self.connected(quiet, avito_api, seller, client_id=seller.client_id, client_secret=seller.client_secret)
        self.send(channel, conversation, jpeg(), "диван.jpg", "Вот такой")
        wait_until(lambda: len(seller.sent()) == 2, what="the picture and its text")
        picture, text = seller.sent()
        assert picture["file"].name == "диван.jpg" and body(picture["file"].content) == body(jpeg()) and PLACE not in picture["file"].content
        assert text["text"] == "Вот такой"

    def test_facebook_takes_an_upload_where_there_is_no_public_address(self, quiet, graph_api):
        page = graph_api.account("facebook")
        channel, conversation = self.connected(quiet, graph_api, page, access_token=page.token, app_secret=page.app.secret, app_id=page.app.id)
        self.send(channel, conversation, jpeg(), "диван.jpg", "Вот такой")
        picture, text = page.sent()
        assert picture["message"]["attachment"]["type"] == "image" and picture["link"] is None
        assert body(picture["file"].content) == body(jpeg()) and text["text"] == "Вот такой"

    @pytest.mark.parametrize("kind", ["instagram", "wappi"])
    def test_without_a_public_address_what_needs_one_fails_and_says_so(self, quiet, graph_api, wappi_api, kind):
        if kind == "instagram":
            endpoint, api = graph_api.account("instagram"), graph_api
            settings = {"access_token": endpoint.token, "app_secret": endpoint.app.secret, "app_id": endpoint.app.id}
        else:
            endpoint, api = wappi_api.profile(), wappi_api
            settings = {"token": endpoint.token, "profile_id": endpoint.id}
        channel, conversation = self.connected(quiet, api, endpoint, **settings)
        draft = upload(quiet.owner, conversation, jpeg(), "диван.jpg").ok(201)
        quiet.owner.post(f"/api/v1/conversations/{conversation}/messages", {"id": str(uuid.uuid4()), "kind": "reply", "text": "", "attachments": [draft["id"]]}).ok(201)
        failed = channel.last("failed")
        assert "address" in failed["failure"]["reason"], failed
        assert not endpoint.sent()


@pytest.fixture(scope="module")
def public(places, engine):
    """An account of an installation behind HTTPS."""
    server = places.server(engine, "--egress-allow", "127.0.0.0/8", "--public-url", "https://inbox.example.kz")
    made = Account(server)
    made.bot(enabled=False)
    yield made
    server.stop()


@pytest.fixture(scope="module")
def link(public, wappi_api) -> str:
    """Of a picture, as Wappi gets it."""
    profile = wappi_api.profile()
    channel = Channel(public, profile, {"api_base": wappi_api.url, "token": profile.token, "profile_id": profile.id})
    customer = channel.customer()
    assert profile.delivery(customer.message("Есть фото?")).altered(url=profile.url.replace("https://inbox.example.kz", public.server.url)).post() == 200
    conversation = channel.conversation()
    draft = upload(public.owner, conversation, jpeg(), "диван.jpg", "image/jpeg").ok(201)
    public.owner.post(f"/api/v1/conversations/{conversation}/messages", {"id": str(uuid.uuid4()), "kind": "reply", "text": "Вот", "attachments": [draft["id"]]}).ok(201)
    [sent] = profile.wait(1)
    assert (sent["text"], sent["name"]) == ("Вот", "диван.jpg")
    return sent["link"]


@pytest.mark.once
class TestLinks:
    """Providers that fetch files themselves get an address that is good for a while. An installation behind HTTPS has one."""

    def path(self, link: str) -> str:
        assert re.fullmatch(r"https://inbox\.example\.kz/files/[A-Za-z0-9_-]{60,90}/file\.jpg", link), link
        return link.removeprefix("https://inbox.example.kz")

    def test_it_works_without_a_session(self, public, link):
        answer = public.server.client().get(self.path(link))
        assert answer.status == 200 and body(answer.content) == body(jpeg()) and PLACE not in answer.content
        assert answer.headers["content-type"] == "image/jpeg" and answer.headers["x-content-type-options"] == "nosniff"
        assert public.server.client().get(self.path(link), headers={"Range": "bytes=10-"}).status == 206

    def test_it_cannot_be_changed(self, public, link):
        client, token = public.server.client(), self.path(link).split("/")[2]
        client.roam = 20
        data = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        assert len(data) == 56
        for place in range(0, 56):
            changed = bytearray(data)
            changed[place] ^= 1
            wrong = base64.urlsafe_b64encode(changed).decode().rstrip("=")
            client.get(f"/files/{wrong}/file.jpg").problem(404, "not_found")
        later = data[:32] + b"\x7f" + bytes(7) + data[40:]
        for wrong in (token[:-1], token + "A", token[::-1], "", "A" * 75, "A" * 2_000, "..%2f..", ABSENT, base64.urlsafe_b64encode(later).decode().rstrip("=")):
            assert client.get(f"/files/{wrong}/file.jpg").status in (400, 404, 414), wrong[:80]
        # Its name decides nothing.
        answer = client.get(f"/files/{token}/page.html")
        assert answer.status in (200, 404) and answer.headers.get("content-type") != "text/html"

    def test_it_ends(self, link):
        """The end is in it; the unit test moves the time."""
        token = self.path(link).split("/")[2]
        end = int.from_bytes(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))[32:40], "big") / 1e6
        assert 0 < end - time.time() <= 3_600

    def test_messenger_gets_one_too(self, public, graph_api):
        page = graph_api.account("facebook")
        made = public.owner.post("/api/v1/channels", {"kind": "facebook", "name": "Страница", "mode": "webhook", "settings": {
            "api_base": graph_api.url, "access_token": page.token, "app_secret": page.app.secret, "app_id": page.app.id}}).ok(201)
        page.app.callbacks["page"] = {"url": public.server.url + made["webhook_path"]}
        customer = page.customer("Данияр")
        assert page.deliver(customer.message("Есть фото?")) == 200
        conversation = wait_until(lambda: next((c for c in public.conversations() if c["channel"]["id"] == made["id"]), None), what="the conversation")["id"]
        draft = upload(public.owner, conversation, jpeg(), "диван.jpg", "image/jpeg").ok(201)
        public.owner.post(f"/api/v1/conversations/{conversation}/messages", {"id": str(uuid.uuid4()), "kind": "reply", "text": "", "attachments": [draft["id"]]}).ok(201)
        [sent] = page.wait(1)
        assert sent["file"] is None and body(public.server.client().get(self.path(sent["link"])).content) == body(jpeg())


# Somewhere else than the data folder.

def store() -> urllib.parse.SplitResult | None:
    address = os.environ.get("SEVENSALES_TEST_S3")
    return urllib.parse.urlsplit(address) if address else None


@pytest.mark.once
@pytest.mark.skipif(store() is None, reason="SEVENSALES_TEST_S3 names no store")
def test_files_may_lie_in_a_bucket(places, engine, telegram_api):
    s3 = store()
    keys = {"SEVENSALES_FILES_ACCESS_KEY": s3.username, "SEVENSALES_FILES_SECRET_KEY": urllib.parse.unquote(s3.password)}
    option = f"s3://{s3.path.strip('/')}/suite-{uuid.uuid4().hex[:8]}?endpoint=http://{s3.hostname}:{s3.port}&region=us-east-1"
    server = places.server(engine, "--egress-allow", "127.0.0.0/8", "--files", option, environment=keys)
    account = Account(server)
    account.bot(enabled=False)
    thread = Thread(account.telegram(telegram_api.bot(), telegram_api))
    content = os.urandom(300_000)
    thread.file(jpeg(), "photo")
    thread.file(content, name="архив.zip")
    thread.settled(count=2)
    picture, archive = (a["file"] for a in thread.attachments())
    assert body(thread.get(picture).content) == body(jpeg())
    assert thread.get(archive).content == content
    answer = thread.get(archive, headers={"Range": "bytes=131073-"})
    assert answer.status == 206 and answer.content == content[131_073:]
    draft = thread.upload(PDF, "Договор.pdf").ok(201)
    thread.reply(draft["id"], "Вот").ok(201)
    [sent] = thread.bot.wait(1, thread.customer.id)
    assert sent["file"].content == PDF
    folder = server.place.data / "files"
    assert not folder.exists() or not [path for path in folder.rglob("*") if path.is_file()], "nothing lies in the data folder"
    assert keys["SEVENSALES_FILES_SECRET_KEY"].encode() not in server.logs()
    server.stop()


@pytest.mark.once
@pytest.mark.parametrize("value, says", [
    ("", "--files"), ("files", "s3://"), ("/var/files", "s3://"), ("s3://", "--files"), ("s3://bucket", "endpoint"), ("s3://bucket?endpoint=https://s3.example.kz", "region"),
    ("https://s3.example.kz/bucket", "s3://"), ("s3://key:secret@bucket?endpoint=https://s3.example.kz&region=x", "s3://"),
    ("s3://bucket?endpoint=https://s3.example.kz&region=x&secret=y", "s3://"), ("s3://bucket?endpoint=s3.example.kz&region=x", "--files"),
    ("s3://bucket?endpoint=https://s3.example.kz&region=x&addressing=both", "addressing"), ("s3://b?endpoint=ftp://s3.example.kz&region=x", "--files"),
])
def test_a_bad_place_for_files_stops_the_start(tmp_path, value, says):
    for environment in ({"SEVENSALES_FILES_ACCESS_KEY": "AKIAEXAMPLE", "SEVENSALES_FILES_SECRET_KEY": "wJalrSECRET"},):
        done = subprocess.run([program("sevensales-server"), "--data", str(tmp_path / "data"), "--listen", "127.0.0.1:0", "--files", value], capture_output=True, text=True, timeout=30,
                              env=clean_environment(**environment))
        lines = done.stderr.strip().splitlines()
        assert done.returncode == 2 and len(lines) == 1 and says in lines[0] and "wJalrSECRET" not in lines[0] and "secret" not in lines[0].replace("SECRET_KEY", ""), done


@pytest.mark.once
def test_a_bucket_without_keys_stops_the_start(tmp_path):
    done = subprocess.run([program("sevensales-server"), "--data", str(tmp_path / "data"), "--listen", "127.0.0.1:0", "--files", "s3://bucket?endpoint=https://s3.example.kz&region=x"],
                          capture_output=True, text=True, timeout=30, env=clean_environment())
    assert done.returncode == 2 and "SEVENSALES_FILES_ACCESS_KEY" in done.stderr and len(done.stderr.strip().splitlines()) == 1, done
