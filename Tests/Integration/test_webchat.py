"""The web chat: a visitor writes in a page, the bot answers with its source, everything live."""
import json
import uuid

import pytest

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
