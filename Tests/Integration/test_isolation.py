"""A-01, A-02, A-04, A-09, T-01: two accounts with everything in them. The matrix is made from the server's own route document, so a
new route is tested the day it appears: every route x every id of the other account -> 404, the same as for an id that does not exist."""
import json
import re
import urllib.parse
import uuid

import pytest

from harness.media import PDF, jpeg
from harness.people import QUESTION, Account
from harness.waiting import wait_until

ABSENT = "0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000"

#: A good body for each changing route, so that nothing but the id is wrong. `new` makes an id where the client chooses it.
BODIES = {
    "patch /api/v1/me": lambda: {"theme": "dark"},
    "patch /api/v1/users/{id}": lambda: {"role": "analyst"},
    "put /api/v1/me/password": lambda: {"current": "not it", "new": "длинная фраза про диван"},
    "post /api/v1/invitations": lambda: {"email": f"{uuid.uuid4().hex}@example.kz", "role": "operator"},
    "post /api/v1/api-keys": lambda: {"name": "x", "permissions": ["conversation.read"]},
    "post /api/v1/conversations/{id}/messages": lambda: {"id": str(uuid.uuid4()), "kind": "reply", "text": "взлом"},
    "put /api/v1/channels/{id}/sending-rules": lambda: {"time_zone": "UTC", "quiet_hours": []},
    "patch /api/v1/messages/{id}/schedule": lambda: {"cancel_on_reply": True},
    "post /api/v1/conversations/{id}/assign": lambda: {"user_id": None},
    "post /api/v1/knowledge/entries": lambda: {"title": "x", "text": "x", "language": "ru"},
    "put /api/v1/knowledge/entries/{id}": lambda: {"title": "взлом", "text": "взлом", "language": "ru"},
    "post /api/v1/bot/ask": lambda: {"text": "x"},
    "post /api/v1/channels": lambda: {"kind": "webchat", "name": "x", "settings": {}},
    "post /api/v1/channels/{id}/sign-in": lambda: {"method": "picture"},
    "post /api/v1/channels/{id}/sign-in/answer": lambda: {"attempt": str(uuid.uuid4()), "answer": "12345"},
    "patch /api/v1/channels/{id}": lambda: {"name": "взлом", "state": "paused"},
    "post /api/v1/channels/{id}/installation-check": lambda: {"url": "https://shop.example/"},
    "patch /api/v1/contacts/{id}": lambda: {"name": "Взлом"},
    "post /api/v1/conversations/{id}/files": lambda: PDF,
    "post /api/v1/webhooks": lambda: {"url": "https://shop.example/hook", "events": ["message.received"]},
    "patch /api/v1/webhooks/{id}": lambda: {"url": "https://evil.example/hook", "state": "disabled"},
    "post /api/v1/webhooks/{id}/rotate": lambda: {"overlap_hours": 0},
    "post /api/v1/webhooks/{id}/replay": lambda: {"since": "2020-01-01T00:00:00Z"},
    "post /api/v1/conversations/{id}/typing": lambda: {},
    "post /api/v1/channels/{id}/identity-secret": lambda: {"keep_previous": False},
}


class Full:
    """An account with at least one of everything that has an id."""

    def __init__(self, server, telegram_api, word: str):
        self.word = word
        self.account = account = Account(server, f"Фирма {word}")
        self.entry = account.teach(f"Прайс {word}", f"Диван {word} стоит 189 000 ₸.")
        account.bot(burst_wait_ms=0, instructions=f"Инструкция {word}")
        self.telegram = account.telegram(telegram_api.bot(), telegram_api)
        self.customer = self.telegram.customer(f"Клиент {word}")
        self.telegram.say(self.customer, f"Сколько стоит диван {word}?")
        self.telegram.bot.wait(1, self.customer.id)
        self.chat = account.webchat(title=f"Чат {word}")
        self.visitor = account.visitor(self.chat["public_key"], f"Гость {word}")
        self.visitor.say(QUESTION)
        self.conversation = account.conversation(self.customer.name)
        self.operator = account.invite("operator", f"Оператор {word}")
        self.invitation = account.owner.post("/api/v1/invitations", {"email": f"wait-{word}@example.kz".lower(), "role": "analyst"}).ok(201)
        _, self.key = account.key("conversation.read")
        from fakes import bot_api
        self.telegram.bot.script("sendMessage", bot_api.blocked())
        self.reply = account.reply(self.conversation["id"], f"Ответ {word}").ok(201)
        account.reply(self.conversation["id"], f"Заметка {word}", "note").ok(201)
        wait_until(lambda: account.shown(self.conversation["id"])[-1]["status"] == "failed", what="a failed message to retry")
        photo = {"file_id": self.telegram.bot.add_file(jpeg()), "file_unique_id": "x", "width": 16, "height": 16}
        assert self.telegram.deliver(self.customer.message(photo=[photo], caption=f"Фото {word}")) == 200
        self.photo = wait_until(lambda: next((a["file"] for m in account.shown(self.conversation["id"]) for a in m["attachments"] if a["state"] == "stored"), None), what="the photo is stored")
        self.draft = account.owner.post(f"/api/v1/conversations/{self.conversation['id']}/files?name={word}.pdf", raw=PDF).ok(201)["id"]
        self.resource = account.owner.post("/api/v1/calendar/resources", {"name": f"Мастер {word}", "kind": "staff"})
        # Nobody listens there: the delivery waits for its next try.
        self.webhook = account.owner.post("/api/v1/webhooks", {"url": f"http://127.0.0.1:9/{word}", "events": ["message.received"], "description": word}).ok(201)
        self.visitor.say(f"Для вебхука {word}")
        self.delivery = wait_until(lambda: next((d["id"] for d in account.owner.items(f"/api/v1/webhooks/{self.webhook['id']}/deliveries")), None), what="a delivery")
        self.ids = self.collect()

    def collect(self) -> dict[str, str]:
        owner = self.account.owner
        messages = self.account.messages(self.conversation["id"])
        ids = {
            "account": self.account.id, "user": self.account.user, "operator": self.operator.session["user"]["id"], "conversation": self.conversation["id"],
            "contact": self.conversation["contact"]["id"], "channel": self.telegram.id, "chat channel": self.chat["id"], "entry": self.entry["id"], "invitation": self.invitation["id"],
            "key": self.key["id"], "failed message": self.reply["id"], "first message": messages[0]["id"], "note": next(m["id"] for m in messages if m["kind"] == "note"), "visitor": self.visitor.id,
            "photo": self.photo, "draft": self.draft, "webhook": self.webhook["id"], "delivery": self.delivery,
        }
        if self.resource.status == 201:
            ids["resource"] = self.resource.json["id"]
        calls = owner.items("/api/v1/ai-calls")
        if calls:
            ids["ai call"] = calls[0]["id"]
        ids["audit line"] = owner.items("/api/v1/audit")[0]["id"]
        return ids

    def state(self) -> str:
        """Everything that must not change under another account's hands."""
        owner = self.account.owner
        parts = [self.account.messages(self.conversation["id"]), owner.items("/api/v1/conversations"), owner.items("/api/v1/channels"), owner.items("/api/v1/knowledge/entries"),
                 owner.get(f"/api/v1/knowledge/entries/{self.entry['id']}").ok(), owner.items("/api/v1/users"), owner.items("/api/v1/invitations"), [k["id"] for k in owner.items("/api/v1/api-keys")],
                 owner.items("/api/v1/contacts"), owner.get("/api/v1/bot").ok(), owner.get("/api/v1/conversations/counters").ok(),
                 [{k: w[k] for k in ("id", "url", "events", "state", "former_secret_until")} for w in owner.items("/api/v1/webhooks")]]
        return json.dumps(parts, ensure_ascii=False, sort_keys=True)


@pytest.fixture(scope="module")
def both(server, telegram_api):
    return Full(server, telegram_api, "Альфа" + uuid.uuid4().hex[:6]), Full(server, telegram_api, "Бета" + uuid.uuid4().hex[:6])


@pytest.fixture(scope="module")
def document(server):
    return server.client().get("/api/v1/openapi.json").ok()


def operations(document, predicate=lambda path, method, operation: True):
    for path, found in sorted(document["paths"].items()):
        for method, operation in sorted(found.items()):
            if path.startswith("/api/v1/") and {"session": []} in operation["security"] and predicate(path, method, operation):
                yield path, method, operation


def shape(answer):
    """What an attacker can compare: status, body without the request's own id, header names."""
    body = answer.json if answer.content else {}
    body = {k: v for k, v in body.items() if k != "request_id"}
    return answer.status, json.dumps(body, sort_keys=True), sorted(n.lower() for n, _ in answer.fields if n.lower() not in ("date", "content-length"))


def test_a01_every_route_with_every_foreign_id_is_like_an_absent_one(both, document):
    mine, theirs = both
    before, checked, wrong = theirs.state(), 0, []
    for path, method, _ in operations(document, lambda path, *_: "{" in path):
        key = f"{method} {path}"
        parameters = re.findall(r"{(\w+)}", path)
        for position in range(len(parameters)):
            if parameters[position] == "version":
                continue
            # Values of the other parameters: for a version any number will do.
            fill = {p: "1" if p == "version" else ABSENT for p in parameters}

            def ask(id):
                real = path
                for name in parameters:
                    real = real.replace("{%s}" % name, urllib.parse.quote(id if name == parameters[position] else fill[name]), 1)
                body = BODIES[key]() if key in BODIES else None
                return mine.account.owner.request(method.upper(), real, **({"raw": body} if isinstance(body, bytes) else {"body": body}))
            absent = ask(ABSENT)
            if absent.status != 404:
                wrong.append((key, "absent id", absent.status, absent.text[:200]))
                continue
            for name, id in theirs.ids.items():
                answer = ask(id)
                checked += 1
                if shape(answer) != shape(absent):
                    wrong.append((key, name, answer.status, answer.text[:300], "absent:", absent.text[:200]))
                if theirs.word in answer.text:
                    wrong.append((key, name, "LEAK", answer.text[:300]))
    assert not wrong, "\n".join(map(str, wrong[:30]))
    assert checked >= 200, f"only {checked} combinations"
    assert theirs.state() == before, "something of the other account changed"


def test_the_matrix_would_notice(both):
    """The test of the test: the same routes do answer to their own account."""
    _, theirs = both
    for path in (f"/api/v1/conversations/{theirs.ids['conversation']}", f"/api/v1/contacts/{theirs.ids['contact']}", f"/api/v1/knowledge/entries/{theirs.ids['entry']}"):
        assert theirs.word in theirs.account.owner.get(path).text, path


def test_a02_foreign_ids_in_bodies(both):
    mine, theirs = both
    before = theirs.state()
    conversation = mine.ids["conversation"]
    owner = mine.account.owner
    absent = owner.post(f"/api/v1/conversations/{conversation}/assign", {"user_id": ABSENT})
    for id in (theirs.ids["user"], theirs.ids["operator"]):
        answer = owner.post(f"/api/v1/conversations/{conversation}/assign", {"user_id": id})
        assert answer.status == 404 and shape(answer) == shape(absent), answer
    assert (mine.account.show(conversation).get("assignee") or {}).get("id") not in (theirs.ids["user"], theirs.ids["operator"])

    # Extra members of a body move nothing to another account.
    extra = {"account_id": theirs.ids["account"], "account": {"id": theirs.ids["account"]}, "user_id": theirs.ids["user"], "channel_id": theirs.ids["channel"], "conversation_id": theirs.ids["conversation"],
             "contact_id": theirs.ids["contact"], "id": theirs.ids["entry"], "owner_id": theirs.ids["user"]}
    for method, path, body in (("POST", "/api/v1/knowledge/entries", {"title": "своё", "text": "своё", "language": "ru"}), ("POST", "/api/v1/invitations", {"email": f"{uuid.uuid4().hex}@example.kz", "role": "operator"}),
                               ("POST", "/api/v1/api-keys", {"name": "x", "permissions": ["conversation.read"]}), ("PATCH", f"/api/v1/channels/{mine.ids['channel']}", {"name": "своё"}),
                               ("POST", "/api/v1/channels", {"kind": "webchat", "name": "своё", "settings": {}}), ("PATCH", "/api/v1/me", {"theme": "dark"})):
        answer = owner.request(method, path, {**extra, **body} if "id" not in body else body)
        assert answer.status in (200, 201, 400, 404, 422) and theirs.word not in answer.text, answer
    if "resource" in theirs.ids:
        booking = {"resource_id": theirs.ids["resource"], "contact_id": None, "start": "2030-01-01T10:00:00.000Z", "end": "2030-01-01T11:00:00.000Z"}
        foreign, missing = owner.post("/api/v1/calendar/bookings", booking), owner.post("/api/v1/calendar/bookings", {**booking, "resource_id": ABSENT})
        assert foreign.status in (404, 422) and shape(foreign) == shape(missing), foreign
        own = {**booking, "resource_id": mine.ids["resource"], "contact_id": theirs.ids["contact"]}
        foreign, missing = owner.post("/api/v1/calendar/bookings", own), owner.post("/api/v1/calendar/bookings", {**own, "contact_id": ABSENT})
        assert foreign.status in (404, 422) and shape(foreign) == shape(missing), foreign
    consent = {"contact": theirs.ids["contact"], "purpose": "marketing", "given": True, "source": "web", "text_hash": "0" * 64, "text_version": "1"}
    foreign, missing = owner.post("/api/v1/privacy/consents", consent), owner.post("/api/v1/privacy/consents", {**consent, "contact": ABSENT})
    assert foreign.status in (404, 422) and shape(foreign) == shape(missing), foreign
    foreign, missing = (owner.get(f"/api/v1/privacy/consents?contact={id}") for id in (theirs.ids["contact"], ABSENT))
    assert shape(foreign) == shape(missing), foreign
    # A file of another account, in an answer of one's own.
    for id in (theirs.ids["photo"], theirs.ids["draft"]):
        def attach(file):
            return owner.post(f"/api/v1/conversations/{conversation}/messages", {"id": str(uuid.uuid4()), "kind": "reply", "text": "", "attachments": [file]})
        foreign, missing = attach(id), attach(ABSENT)
        assert foreign.status == 404 and shape(foreign) == shape(missing), foreign
    assert theirs.state() == before, "something of the other account changed"


def test_lists_never_hold_foreign_things(both, document):
    """Every list route, every page, for the owner and for a key."""
    mine, theirs = both
    key, _ = mine.account.key(*mine.account.session["permissions"])
    secret = [theirs.word, *[v for k, v in theirs.ids.items() if k != "account"]]
    checked = 0
    for path, method, _ in operations(document, lambda path, method, _: method == "get" and "{" not in path and not path.endswith(("/events",))):
        for client in (mine.account.owner, key):
            for query in ("", f"?q={urllib.parse.quote(theirs.word)}", f"?account_id={theirs.ids['account']}&account={theirs.ids['account']}", "?limit=100", f"?contact={theirs.ids['contact']}"):
                answer = client.get(path + query)
                if answer.status == 429:
                    wait_until(lambda: (a := client.get(path + query)).status != 429 and a, what="the limit")
                    answer = client.get(path + query)
                leaked = [s for s in secret if s in answer.text]
                assert not leaked, f"{path}{query}: {leaked}: {answer.text[:400]}"
                assert answer.status < 500, answer
                checked += answer.status == 200
    assert checked >= 60


def test_a09_search_counters_and_cursors_are_no_oracle(both):
    mine, theirs = both
    owner = mine.account.owner
    word = urllib.parse.quote(theirs.word)
    assert owner.get(f"/api/v1/search/messages?q={word}").ok()["items"] == []
    assert theirs.account.owner.get(f"/api/v1/search/messages?q={word}").ok()["items"], "while its own account finds it"
    assert not any(theirs.word in h["quote"] for h in owner.get(f"/api/v1/knowledge/search?q={word}&top=50").ok()["items"])
    answer = owner.post("/api/v1/bot/ask", {"text": f"Сколько стоит диван {theirs.word}?"}).ok()
    assert theirs.word not in json.dumps(answer, ensure_ascii=False).replace(f"диван {theirs.word}", "")
    # A cursor of another account leads nowhere in it.
    page = theirs.account.owner.get("/api/v1/conversations?limit=1").ok()
    if page.get("next"):
        stolen = owner.get(f"/api/v1/conversations?after={urllib.parse.quote(page['next'])}&limit=100")
        assert theirs.word not in stolen.text
    messages = theirs.account.owner.get(f"/api/v1/conversations/{theirs.ids['conversation']}/messages?limit=1").ok()
    owner.get(f"/api/v1/conversations/{theirs.ids['conversation']}/messages?before={urllib.parse.quote(messages.get('next') or '')}").problem(404)
    before = owner.get("/api/v1/conversations/counters").ok()
    customer = theirs.telegram.customer(f"Ещё {theirs.word}")
    theirs.telegram.say(customer, "новое")
    theirs.account.conversation(customer.name)
    assert owner.get("/api/v1/conversations/counters").ok() == before


def test_a08_events_of_another_account_do_not_come(both):
    mine, theirs = both
    with mine.account.owner.events() as stream:
        stream.wait("hello")
        theirs.account.reply(theirs.ids["conversation"], "тайное", "note").ok(201)
        own = mine.account.reply(mine.ids["conversation"], "своё", "note").ok(201)
        stream.wait(lambda e: e.get("event") == "message.added" and own["id"] in e["data"], what="one's own event")
        assert theirs.ids["conversation"] not in str(stream.drain())
    last = theirs.account.owner.get("/api/v1/events/poll").ok()["last"]
    theirs.account.reply(theirs.ids["conversation"], "тайное", "note").ok(201)
    answer = mine.account.owner.get(f"/api/v1/events/poll?after={urllib.parse.quote(str(last))}")
    assert theirs.ids["conversation"] not in answer.text
    with mine.account.owner.events(headers={"Last-Event-ID": str(last)}) as stream:
        stream.wait("hello")
        own = mine.account.reply(mine.ids["conversation"], "своё", "note").ok(201)
        stream.wait(lambda e: e.get("event") in ("message.added", "resync"), what="something of one's own")
        assert theirs.ids["conversation"] not in str(stream.drain())


def test_a_key_reaches_its_account_only(both):
    mine, theirs = both
    key, _ = mine.account.key(*mine.account.session["permissions"])
    for path in (f"conversations/{theirs.ids['conversation']}", f"contacts/{theirs.ids['contact']}", f"knowledge/entries/{theirs.ids['entry']}", f"conversations/{theirs.ids['conversation']}/messages"):
        key.get(f"/api/v1/{path}").problem(404, "not_found")
    key.post(f"/api/v1/messages/{theirs.ids['failed message']}/retry").problem(404)


def test_one_accounts_channel_cannot_be_used_through_anothers(both):
    """A-34: the other channel's secret; A-11: the other chat's key with one's own visitor."""
    mine, theirs = both
    assert theirs.telegram.deliver(theirs.customer.message("подлог"), mine.telegram.secret) == 401
    mine.visitor.client.get(f"/webchat/{theirs.chat['public_key']}/messages").problem(401)
    mine.visitor.client.post(f"/webchat/{theirs.chat['public_key']}/messages", {"id": str(uuid.uuid4()), "text": "подлог"}).problem(401)
    assert "подлог" not in str(theirs.account.messages(theirs.ids["conversation"]))


def test_a03_nothing_is_ownerless(both):
    """A third, empty account sees only what it made itself."""
    empty = Account(both[0].account.server)
    for path in ("conversations", "contacts", "channels", "knowledge/entries", "api-keys", "invitations", "ai-calls"):
        assert empty.owner.get(f"/api/v1/{path}").ok()["items"] == [], path
    assert [u["id"] for u in empty.owner.get("/api/v1/users").ok()["items"]] == [empty.user]
    assert empty.owner.get("/api/v1/conversations/counters").ok() == {"all": 0, "mine": 0, "unassigned": 0, "waiting": 0, "closed": 0, "unread": 0}
    usage = empty.owner.get("/api/v1/usage").ok()
    assert usage["ai_calls"] == 0 and usage["messages_in"] == 0


def test_the_same_words_answer_from_ones_own_knowledge(server):
    """A-10: no cache is shared."""
    one, two = Account(server), Account(server)
    one.teach("Прайс", "Диван «Осло» стоит 111 000 ₸.")
    two.teach("Прайс", "Диван «Осло» стоит 222 000 ₸.")
    for _ in range(2):
        for account, price in ((one, "111 000"), (two, "222 000")):
            assert price in account.owner.post("/api/v1/bot/ask", {"text": QUESTION}).ok()["text"].replace("\u00a0", " ")


def test_a02_a_message_id_that_another_account_has_already(both):
    """Its message is neither shown nor touched. The last test here: the id is one's own afterwards."""
    mine, theirs = both
    before = theirs.state()
    for id in (theirs.ids["failed message"], theirs.ids["first message"], theirs.ids["note"]):
        answer = mine.account.owner.post(f"/api/v1/conversations/{mine.ids['conversation']}/messages", {"id": id, "kind": "note", "text": "совпало"})
        assert answer.status in (201, 404, 409, 422) and theirs.word not in answer.text, answer
    assert theirs.state() == before
