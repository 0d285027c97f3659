"""The web chat: a visitor writes in a page, the bot answers with its source, everything live."""
import hashlib
import json
import time
import uuid

import pytest

from harness.identity import signed
from harness.media import PDF, jpeg
from harness.people import QUESTION, SOURCE, Visitor
from harness.programs import in_parallel
from harness.waiting import stays, wait_until


@pytest.fixture(scope="module")
def chat(account):
    return account.webchat(color="#2a5bd7", greeting="Здравствуйте!", language="ru")


@pytest.mark.core
def test_a_visitor_is_answered_with_a_source_live_on_both_sides(account, chat):
    visitor = account.visitor(chat["public_key"], "Дана Live")
    with visitor.events() as page, account.owner.events() as inbox:
        assert page.status == 200 and page.kind.startswith("text/event-stream")
        inbox.wait("hello")
        own = visitor.say(QUESTION)
        answer = page.data(page.wait(lambda e: e.get("event") == "message" and json.loads(e["data"])["direction"] == "out", what="the answer"))
        assert answer["author"] == "bot" and SOURCE in answer["text"].replace("\u00a0", " ")
        assert answer["citations"] and SOURCE in answer["citations"][0]["quote"].replace("\u00a0", " ") and answer["citations"][0]["title"] == "Прайс-лист"
        added = inbox.data(inbox.wait(lambda e: e.get("event") == "message.added" and json.loads(e["data"])["message_id"] == own, what="own message in the inbox"))
        inbox.wait(lambda e: e.get("event") == "message.added" and json.loads(e["data"])["message_id"] == answer["id"], what="the answer in the inbox")
        inbox.wait("conversation.changed")
        assert set(added) == {"conversation_id", "message_id"}, "events carry ids only"
    stored = {m["id"]: m for m in account.shown(added["conversation_id"])}
    assert stored[own]["text"] == QUESTION and stored[answer["id"]]["citations"]
    assert account.show(added["conversation_id"])["contact"]["name"] == "Дана Live"
    assert [m["direction"] for m in visitor.messages()] == ["in", "out"]


def test_the_page_a_visitor_writes_on_is_shown_if_it_is_the_sites_own(account, chat):
    visitor = account.visitor(chat["public_key"], "Гость страницы")
    def write(text: str, page: dict, origin: str | None = "https://shop.example"):
        headers = {"Origin": origin} if origin else {}
        visitor.client.post(f"/webchat/{chat['public_key']}/messages", {"id": str(uuid.uuid4()), "text": text, "page": page}, headers=headers).ok(202)
    landing = {"url": "https://shop.example/?utm_source=instagram&utm_campaign=may#top", "title": "Диваны"}
    write("Здравствуйте", landing)
    sofa = {"url": "https://shop.example/oslo", "title": "Диван «Осло»"}
    write("Сколько стоит?", sofa)
    write("Ау", {"url": "https://evil.example/", "title": "Войдите снова"})
    write("И так", {"url": "javascript:alert(1)", "title": ""}, None)
    conversation = account.conversation("Гость страницы")["id"]
    said = wait_until(lambda: len(found := [m for m in account.shown(conversation) if m["direction"] == "in"]) == 4 and found, what="four messages")
    first = {"source": "page", "reference": None, "campaign": "instagram / may", "title": "Диваны", "url": landing["url"].removesuffix("#top")}
    second = {"source": "page", "reference": None, "campaign": None, **sofa}
    assert [m["referral"] for m in said] == [first, second, None, None]
    assert account.show(conversation)["referral"] == second | {"campaign": "instagram / may"}
    # The preview and the demo run on our own pages: that says nothing of a customer.
    inside = account.visitor(chat["public_key"], "Гость демо")
    own = account.server.url
    inside.client.post(f"/webchat/{chat['public_key']}/messages", {"id": str(uuid.uuid4()), "text": "Тут", "page": {"url": own + "/demo", "title": "SevenSales"}}, headers={"Origin": own}).ok(202)
    assert account.conversation("Гость демо")["referral"] is None


def test_config_is_public_and_complete(account, chat):
    answer = account.server.client().get(f"/webchat/{chat['public_key']}/config")
    config = answer.ok()
    assert (config["title"], config["color"], config["greeting"], config["language"]) == ("Мебель", "#2a5bd7", "Здравствуйте!", "ru")
    assert len(config["ai_notice"]) >= 10
    assert answer.headers["access-control-allow-origin"] == "*" and "access-control-allow-credentials" not in answer.headers


def test_browsers_may_call_it_from_any_page(account, chat):
    client = account.server.client()
    for path in ("config", "visitors", "messages", "events", "typing"):
        answer = client.request("OPTIONS", f"/webchat/{chat['public_key']}/{path}", headers={
            "Origin": "https://shop.example", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"})
        assert answer.status in (200, 204), answer
        allowed = answer.headers["access-control-allow-headers"].lower()
        assert answer.headers["access-control-allow-origin"] == "*" and "authorization" in allowed and "content-type" in allowed
    refused = client.get(f"/webchat/{chat['public_key']}/messages")
    assert refused.status == 401 and refused.headers["access-control-allow-origin"] == "*", "the widget can read why"


def test_a11_a_visitor_sees_nothing_of_another(account, chat):
    one, two = account.visitor(chat["public_key"], "Первый"), account.visitor(chat["public_key"], "Второй")
    with two.events() as foreign:
        secret = one.say("мой секрет 4711")
        wait_until(one.messages, what="stored")
        two.say(QUESTION)
        foreign.wait(lambda e: e.get("event") == "message" and json.loads(e["data"])["direction"] == "out", what="the second's own answer")
        assert "мой секрет" not in str(foreign.drain()) and secret not in str(foreign.seen)
    assert "мой секрет" not in str(two.messages())
    client = account.server.client()
    for token in ("", "x", one.token[:-1], one.id, two.id):
        client.bearer = token or None
        client.get(f"/webchat/{chat['public_key']}/messages").problem(401, "unauthenticated")
    assert one.token != two.token and len(one.token) >= 32


def test_a_visitors_token_works_in_its_own_chat_only(account, chat):
    other = account.webchat()
    visitor = account.visitor(chat["public_key"])
    visitor.client.get(f"/webchat/{other['public_key']}/messages").problem(401)
    visitor.client.get("/webchat/wk_nothing/messages").problem(404, "not_found")
    visitor.client.get("/api/v1/conversations").problem(401)


def test_the_same_message_id_is_one_message(account, chat):
    visitor = account.visitor(chat["public_key"], "Повтор")
    id = str(uuid.uuid4())
    in_parallel(8, lambda _: visitor.say(QUESTION, id))
    visitor.wait(1)
    stays(lambda: len(visitor.messages()) == 2, 0.7, "one question, one answer")
    assert visitor.messages()[0]["id"] == id


@pytest.mark.core
def test_a_person_answers_and_the_visitor_sees_it_live(account, chat):
    visitor = account.visitor(chat["public_key"], "Тамара")
    visitor.say("Здравствуйте")
    conversation = account.conversation("Тамара")["id"]
    with visitor.events() as page:
        made = account.reply(conversation, "Чем помочь?").ok(201)
        event = page.data(page.wait(lambda e: e.get("event") == "message" and json.loads(e["data"])["id"] == made["id"], what="the person's reply"))
        assert event["author"] == "person" and event["author_name"], event
        note = account.reply(conversation, "заметка для своих", "note").ok(201)
        second = account.reply(conversation, "Ещё вопрос?").ok(201)
        page.wait(lambda e: e.get("event") == "message" and json.loads(e["data"])["id"] == second["id"], what="the second reply")
        assert note["id"] not in str(page.drain()), "notes never leave"
    assert "заметка" not in str(visitor.messages())


def test_a_broken_stream_resumes_after_the_last_message(account, chat):
    visitor = account.visitor(chat["public_key"], "Возврат")
    visitor.say("Здравствуйте")
    conversation = account.conversation("Возврат")["id"]
    first = account.reply(conversation, "раз").ok(201)
    with visitor.events() as page:
        page.wait("hello")
    account.reply(conversation, "два").ok(201)
    account.reply(conversation, "три").ok(201)
    with visitor.events(headers={"Last-Event-ID": first["id"]}) as page:
        page.wait(lambda e: e.get("event") == "message" and "три" in e["data"], what="what was missed")
        texts = [json.loads(e["data"])["text"] for e in page.drain() if e.get("event") == "message"]
    assert texts == ["два", "три"]


def test_typing_reaches_the_inbox_as_an_event(account, chat):
    visitor = account.visitor(chat["public_key"], "Печатает")
    visitor.say("Здравствуйте")
    account.conversation("Печатает")
    visitor.client.post(f"/webchat/{chat['public_key']}/typing", {"on": True}).ok(204)


@pytest.mark.parametrize("body", [{"id": "x", "text": "a"}, {"text": "a"}, {"id": str(uuid.uuid4())}, {"id": str(uuid.uuid4()), "text": ""},
                                  {"id": str(uuid.uuid4()), "text": " \n\t"}, {"id": str(uuid.uuid4()), "text": {"$ne": 1}},
                                  {"id": str(uuid.uuid4()), "text": 5}, [], None],
                         ids=["bad id", "no id", "no text", "empty", "blank", "operator object", "number", "list", "nothing"])
def test_bad_messages_are_refused_and_leave_nothing(account, chat, body):
    visitor = account.visitor(chat["public_key"])
    answer = visitor.client.post(f"/webchat/{chat['public_key']}/messages", body)
    assert answer.status in (400, 422), answer
    assert visitor.messages() == []


def test_visitors_are_limited_by_network(account, chat):
    client = account.server.client()
    answers = [client.post(f"/webchat/{chat['public_key']}/visitors", {"language": "ru"}) for _ in range(120)]
    refused = [a for a in answers if a.status == 429]
    assert refused and all(int(a.headers["retry-after"]) >= 1 for a in refused), "an anonymous flood is slowed down"
    assert answers[0].status == 201
    wait_until(lambda: account.server.client().get(f"/webchat/{chat['public_key']}/config").status == 200, what="others are not affected")


def test_unicode_survives(account, chat):
    """F-24."""
    visitor = Visitor(account.server.client(), chat["public_key"], "Ағатай 😀", "kk")
    texts = ["👨‍👩‍👧‍👦 семья", "e\u0301 и \u00e9", "\u202eсправа налево\u202c", "z\u200bw", "ҚАЗАҚША ӘІҢҒҮҰҚӨҺ", "a" + "\u0301" * 500, "<b>&amp;</b>", "'; DROP TABLE x; --", "\\u0041 \\"]
    for text in texts:
        visitor.say(text)
    conversation = account.conversation("Ағатай 😀")["id"]
    stored = wait_until(lambda: len(m := [m["text"] for m in account.shown(conversation) if m["direction"] == "in"]) == len(texts) and m, what="all stored")
    assert stored == texts


def test_files_go_both_ways_and_to_nobody_else(account, chat):
    visitor, other = account.visitor(chat["public_key"], "Файлы"), account.visitor(chat["public_key"], "Чужой")
    photo = jpeg()
    sent = visitor.upload(photo, "дом.jpg").ok(201)
    assert (sent["kind"], sent["mime"]) == ("image", "image/jpeg") and sent["size"] > 0
    visitor.file(sent["id"]).problem(404)
    with account.owner.events() as inbox:
        inbox.wait("hello")
        own = visitor.say("Мой дом", files=[sent["id"]])
        inbox.wait(lambda e: e.get("event") == "message.added" and json.loads(e["data"])["message_id"] == own, what="the picture in the inbox")
    conversation = account.conversation("Файлы")["id"]
    shown = next(m for m in account.shown(conversation) if m["id"] == own)
    [attachment] = shown["attachments"]
    assert (shown["text"], attachment["state"], attachment["file"], attachment["name"]) == ("Мой дом", "stored", sent["id"], "дом.jpg")
    inside = account.owner.get(f"/api/v1/files/{sent['id']}")
    assert inside.status == 200 and inside.headers["content-type"] == "image/jpeg"
    # The other way, with the policy that lets nothing in a file run.
    upload = account.owner.post(f"/api/v1/conversations/{conversation}/files?name=price.pdf", raw=PDF).ok(201)
    with visitor.events() as page:
        answer = account.owner.post(f"/api/v1/conversations/{conversation}/messages", {"id": str(uuid.uuid4()), "kind": "reply", "text": "Прайс", "attachments": [upload["id"]]}).ok(201)
        event = page.data(page.wait(lambda e: e.get("event") == "message" and json.loads(e["data"])["id"] == answer["id"], what="the file at the visitor's"))
    assert [(a["id"], a["state"], a["mime"]) for a in event["attachments"]] == [(upload["id"], "stored", "application/pdf")]
    file = visitor.file(upload["id"])
    assert file.status == 200 and file.content == PDF and "sandbox" in file.headers["content-security-policy"]
    assert file.headers["content-disposition"].startswith("attachment") and file.headers["access-control-allow-origin"] == "*"
    assert visitor.file(sent["id"]).status == 200
    # Nobody else: another visitor, no token, a token in the address, another chat's visitor.
    secret = account.owner.post(f"/api/v1/conversations/{conversation}/files?name=draft.pdf", raw=PDF).ok(201)["id"]
    visitor.file(secret).problem(404)
    for id in (sent["id"], upload["id"], secret):
        other.file(id).problem(404, "not_found")
        account.server.client().get(f"/webchat/{chat['public_key']}/files/{id}").problem(401)
        account.server.client().get(f"/webchat/{chat['public_key']}/files/{id}?token={visitor.token}").problem(401)
        visitor.client.get(f"/api/v1/files/{id}").problem(401)
    refused = other.client.post(f"/webchat/{chat['public_key']}/messages", {"id": str(uuid.uuid4()), "text": "", "attachments": [sent["id"]]})
    refused.problem(422)
    assert other.messages() == []


def test_uploads_are_limited_and_are_what_their_bytes_say(account, chat):
    visitor = account.visitor(chat["public_key"], "Загрузки")
    page = visitor.upload(b"<html><script>alert(1)</script></html>", "photo.jpg", "image/jpeg").ok(201)
    assert page["mime"] == "application/octet-stream" and page["kind"] == "document"
    visitor.upload(b"", "a.jpg").problem(422)
    visitor.upload(PDF + b" " * (10 << 20), "a.pdf", "application/pdf").problem(413)
    ids = [visitor.upload(PDF, f"{n}.pdf", "application/pdf").ok(201)["id"] for n in range(6)]
    visitor.client.post(f"/webchat/{chat['public_key']}/messages", {"id": str(uuid.uuid4()), "text": "", "attachments": ids}).problem(422)
    visitor.client.post(f"/webchat/{chat['public_key']}/messages", {"id": str(uuid.uuid4()), "text": "", "attachments": [ids[0], ids[0]]}).problem(422)
    visitor.say("", files=ids[:5])
    visitor.wait(1, "in")
    account.owner.patch(f"/api/v1/channels/{chat['id']}", {"web_chat": {"files": False}}).ok()
    try:
        wait_until(lambda: visitor.upload(PDF, "a.pdf", "application/pdf").status == 422, what="the chat takes no files any more")
    finally:
        account.owner.patch(f"/api/v1/channels/{chat['id']}", {"web_chat": {"files": True}}).ok()


def test_a11_a_signed_visitor_is_one_person_and_no_other(account):
    chat = account.webchat()
    path = f"/api/v1/channels/{chat['id']}/identity-secret"
    assert account.owner.get(path).ok() == {"exists": False, "since": None, "previous_until": None}
    enter = lambda identity: account.server.client().post(f"/webchat/{chat['public_key']}/visitors", {"language": "ru", "identity": identity})
    enter(signed("", {"sub": "7"})).problem(422)
    made = account.owner.post(path, {"keep_previous": False}).ok(201)
    secret = made.pop("secret")
    assert made["since"] and account.owner.get(path).ok() == {"exists": True} | made, "it is told once"
    me = {"sub": "7", "name": "Айгуль Верная", "email": "aigul@shop.kz"}
    phone = Visitor(account.server.client(), chat["public_key"], None, "ru", signed(secret, me))
    phone.say("С телефона")
    laptop = Visitor(account.server.client(), chat["public_key"], None, "ru", signed(secret, me | {"aud": chat["public_key"]}))
    laptop.wait(1, "in")
    assert phone.id == laptop.id and [m["text"] for m in laptop.messages() if m["direction"] == "in"] == ["С телефона"]
    shown = account.conversation("Айгуль Верная")
    assert shown["verified"] is True
    # Neither way round: a stranger's token, a stranger's claim, another site's signature.
    stranger = account.visitor(chat["public_key"], "Айгуль Верная")
    stranger.say("Я тоже она")
    assert wait_until(stranger.messages, what="stored")[0]["text"] == "Я тоже она" and "С телефона" not in str(stranger.messages())
    assert "Я тоже она" not in str(phone.messages())
    now = int(time.time())
    for forged in (signed("x", me), signed(secret, me, {"alg": "none"}), signed(secret, me, {"alg": "none"}).rsplit(".", 1)[0] + ".", signed(secret, me | {"exp": now - 1}),
                   signed(secret, me | {"exp": now + 200_000}), signed(secret, me | {"exp": None}), signed(secret, me | {"aud": "wk_other"}), signed(secret, me, {"alg": "HS512"}), "a.b.c"):
        answer = enter(forged)
        answer.problem(422)
        assert answer.headers["access-control-allow-origin"] == "*"
    other = account.webchat()
    account.owner.post(f"/api/v1/channels/{other['id']}/identity-secret", {"keep_previous": False}).ok(201)
    account.server.client().post(f"/webchat/{other['public_key']}/visitors", {"identity": signed(secret, me)}).problem(422)
    phone.client.get(f"/webchat/{other['public_key']}/messages").problem(401)
    # A stolen secret: with the new one everybody who came in by the old one is out.
    account.owner.post(path, {"keep_previous": True}).ok(201)
    assert phone.client.get(f"/webchat/{chat['public_key']}/messages").status == 200 and enter(signed(secret, me)).status == 201
    assert account.owner.get(path).ok()["previous_until"]
    account.owner.post(path, {"keep_previous": False}).ok(201)
    phone.client.get(f"/webchat/{chat['public_key']}/messages").problem(401)
    wait_until(lambda: enter(signed(secret, me)).status == 422, what="the old secret is over")
    assert stranger.client.get(f"/webchat/{chat['public_key']}/messages").status == 200
    account.invite("operator", "Оператор С").post(path, {"keep_previous": True}).problem(403)


def test_nobody_writes_before_the_form_is_answered_and_its_text_agreed_to(account):
    chat = account.webchat()
    account.owner.patch(f"/api/v1/channels/{chat['id']}", {"web_chat": {
        "pre_chat": {"name": "required", "email": "optional", "phone": "required"}, "rating": True, "offline_message": {"ru": "Ответим утром"},
        "consent": {"text": {"ru": "Согласен на обработку данных"}, "link": "https://shop.example/policy"}}}).ok()
    visitor = account.visitor(chat["public_key"])
    path = f"/webchat/{chat['public_key']}"
    assert visitor.client.get(f"{path}/visitor").ok() == {"verified": False, "owes": ["name", "phone", "consent"], "state": "none", "rating": None}
    write = lambda: visitor.client.post(f"{path}/messages", {"id": str(uuid.uuid4()), "text": "Пустите"})
    write().problem(409, "conflict")
    visitor.upload(PDF, "a.pdf", "application/pdf").problem(409)
    form = lambda **said: visitor.client.post(f"{path}/form", {"language": "ru"} | said)
    for bad, field in (({"email": "nobody"}, "email"), ({"phone": "позвоните"}, "phone"), ({"consent": 7}, "consent")):
        assert form(**bad).problem(422)["errors"][0]["field"] == field
    assert form(name="Айдана Форма", email="aidana@example.kz", phone="8 701 123 45 67").ok()["owes"] == ["consent"]
    write().problem(409)
    assert form(consent=1).ok()["owes"] == []
    visitor.say("Здравствуйте")
    shown = account.conversation("Айдана Форма")
    contact = account.owner.get(f"/api/v1/contacts/{shown['contact']['id']}").ok()
    assert {(i["channel_kind"], i["handle"]) for i in contact["identities"]} >= {("email", "aidana@example.kz"), ("phone", "+77011234567")}
    consents = wait_until(lambda: account.owner.get(f"/api/v1/privacy/consents?contact={shown['contact']['id']}").ok()["items"], what="the consent is in the ledger")
    digest = hashlib.sha256("Согласен на обработку данных\nhttps://shop.example/policy".encode()).hexdigest()
    assert [(c["purpose"], c["given"], c["source"], c["text_version"], c["text_hash"]) for c in consents] == [("processing", True, "webchat", "1", digest)]
    # A new wording is asked for anew, and becomes a second word.
    account.owner.patch(f"/api/v1/channels/{chat['id']}", {"web_chat": {"consent": {"text": {"ru": "Согласен и на рассылку"}, "link": ""}}}).ok()
    wait_until(lambda: write().status == 409, what="the new text is asked for")
    assert form(consent=2).ok()["owes"] == []
    visitor.say("Я снова здесь")
    wait_until(lambda: [c["text_version"] for c in account.owner.get(f"/api/v1/privacy/consents?contact={shown['contact']['id']}").ok()["items"]] == ["1", "2"], what="the second word")
    assert "Айдана" not in str(account.server.client().get(f"{path}/config").ok())


def test_a_closed_conversation_is_rated(account):
    chat = account.webchat()
    account.owner.patch(f"/api/v1/channels/{chat['id']}", {"web_chat": {"rating": True}}).ok()
    visitor, other = account.visitor(chat["public_key"], "Оценщик"), account.visitor(chat["public_key"], "Сосед")
    visitor.say("Здравствуйте")
    conversation = account.conversation("Оценщик")["id"]
    rate = lambda who, **said: who.client.post(f"/webchat/{chat['public_key']}/rating", said)
    rate(visitor, score=5).problem(409)
    with visitor.events() as page:
        page.wait("hello")
        account.owner.post(f"/api/v1/conversations/{conversation}/close").ok()
        page.wait(lambda e: e.get("event") == "conversation" and json.loads(e["data"])["state"] == "closed", what="the visitor hears that it is closed")
    for bad in ({"score": 0}, {"score": 6}, {"score": "5"}, {"score": 4.5}, {}, {"score": 5, "comment": "x" * 1_001}):
        assert rate(visitor, **bad).status in (400, 422), bad
    rate(other, score=1).problem(409)
    assert rate(visitor, score=4, comment="Быстро ответили").ok()["rating"] == 4
    shown = account.show(conversation)
    assert (shown["rating"]["score"], shown["rating"]["comment"]) == (4, "Быстро ответили")
    assert "rated.4" in [m["text"] for m in account.messages(conversation)]
    assert next(c for c in account.conversations("closed") if c["id"] == conversation)["rating"]["score"] == 4
    assert "rated" not in str(visitor.messages()), "lines for colleagues do not leave"


def test_typing_is_seen_on_both_sides(account, chat):
    visitor, other = account.visitor(chat["public_key"], "Пишет"), account.visitor(chat["public_key"], "Рядом")
    visitor.say("Здравствуйте")
    other.say("Здравствуйте")
    conversation = account.conversation("Пишет")["id"]
    account.conversation("Рядом")
    with visitor.events() as page, other.events() as beside, account.owner.events() as inbox:
        page.wait("hello"), beside.wait("hello"), inbox.wait("hello")
        visitor.client.post(f"/webchat/{chat['public_key']}/typing", {"on": True}).ok(204)
        assert inbox.data(inbox.wait("contact.typing")) == {"conversation_id": conversation, "on": True}
        account.owner.post(f"/api/v1/conversations/{conversation}/typing", {}).ok(204)
        assert page.data(page.wait(lambda e: e.get("event") == "typing" and json.loads(e["data"])["author"] == "person", what="a person writes")) == {"on": True, "author": "person"}
        stays(lambda: '"person"' not in str([e for e in beside.drain() if e.get("event") == "typing"]), 0.5, "the other visitor sees nothing of it")
    account.owner.post(f"/api/v1/conversations/{uuid.uuid4()}/typing", {}).problem(404)
