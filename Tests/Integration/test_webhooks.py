"""Outgoing webhooks against a receiver that verifies by itself: signatures, repeats, what was asked of it, and where they never go."""
import time
import uuid

import pytest

from fakes.httpd import Listener
from fakes.receiver import Receiver
from harness.people import Account
from harness.waiting import stays, wait_until

EVERY = ["message.received", "message.sent", "message.failed", "conversation.opened", "conversation.assigned", "conversation.handed_over",
         "conversation.closed", "contact.created", "contact.updated", "channel.changed"]


@pytest.fixture
def receiver():
    with Receiver() as made:
        yield made


@pytest.fixture
def shop(server):
    made = Account(server)
    made.bot(enabled=False)
    made.chat = made.webchat()
    return made


def add(account, receiver, events=("message.received",), path="/hook?token=s3cret"):
    return account.owner.post("/api/v1/webhooks", {"url": receiver.url + path, "events": list(events), "description": "склад"}).ok(201)


def listed(account, id):
    return next(w for w in account.owner.get("/api/v1/webhooks").ok()["items"] if w["id"] == id)


def deliveries(account, id, query=""):
    return account.owner.items(f"/api/v1/webhooks/{id}/deliveries{query}")


def one(account, id, status, timeout=20):
    def find():
        found = deliveries(account, id)
        return found[0] if found and found[0]["status"] == status else None
    return wait_until(find, timeout, f"a {status} delivery")


def test_a_customers_message_reaches_the_receiver_once_and_signed(shop, receiver):
    made = add(shop, receiver)
    assert made["secret"].startswith("whsec_") and "secret" not in listed(shop, made["id"])
    visitor = shop.visitor(shop.chat["public_key"], "Айгуль")
    texts = [f"Вопрос {n}" for n in range(40)]
    for text in texts:
        visitor.say(text)
    wait_until(lambda: len(receiver.of("message.received")) >= len(texts), 30, "every message is told")
    stays(lambda: len(receiver.taken) == len(texts), 2, "nothing is told twice")
    assert len({t.id for t in receiver.taken}) == len(texts)
    assert sorted(t.payload["data"]["text"] for t in receiver.taken) == sorted(texts)
    for taken in receiver.taken:
        assert taken.is_signed_by(made["secret"]) and not taken.is_signed_by("whsec_" + "AAAA" * 10)
        assert abs(time.time() - int(taken.stamp)) < 60 and taken.id.startswith("msg_")
        assert taken.headers["content-type"] == "application/json" and set(taken.payload) == {"type", "timestamp", "data"}
        assert taken.payload["data"]["contact"]["name"] == "Айгуль" and len(taken.raw) < 20_000
    assert one(shop, made["id"], "delivered")["attempts"][0]["code"] == 200


def test_everything_that_happens_is_told(shop, receiver):
    made = add(shop, receiver, EVERY)
    visitor = shop.visitor(shop.chat["public_key"], "Данияр")
    visitor.say("Здравствуйте")
    conversation = shop.conversation("Данияр")
    shop.act(conversation["id"], "assign", {"user_id": shop.user}).ok()
    shop.reply(conversation["id"], "Добрый день").ok(201)
    visitor.wait(1)
    shop.owner.patch(f"/api/v1/contacts/{conversation['contact']['id']}", {"name": "Данияр Б."}).ok()
    shop.act(conversation["id"], "close").ok()
    shop.owner.patch(f"/api/v1/channels/{shop.chat['id']}", {"name": "Чат"}).ok()
    wanted = {"contact.created", "conversation.opened", "message.received", "conversation.assigned", "message.sent", "contact.updated", "conversation.closed", "channel.changed"}
    wait_until(lambda: wanted <= {t.payload["type"] for t in receiver.taken}, 20, "all of them")
    stays(lambda: len(receiver.taken) == len(wanted), 1.5, f"each once: {[t.payload['type'] for t in receiver.taken]}")
    assert all(t.is_signed_by(made["secret"]) for t in receiver.taken)
    sent = receiver.of("message.sent")[0].payload["data"]
    assert sent["text"] == "Добрый день" and sent["status"] == "sent" and sent["author"]["type"] == "user" and sent["channel_id"] == shop.chat["id"]
    assert receiver.of("contact.updated")[0].payload["data"]["name"] == "Данияр Б."
    closed = receiver.of("conversation.closed")[0].payload["data"]
    assert closed["state"] == "closed" and closed["conversation_id"] == conversation["id"]


def test_the_catalogue_says_what_a_payload_holds(shop, receiver):
    catalogue = {entry["event"]: entry for entry in shop.owner.get("/api/v1/webhook-events").ok()["items"]}
    assert set(catalogue) == {*EVERY, "webhook.ping"}
    add(shop, receiver, ["message.received"])
    shop.visitor(shop.chat["public_key"], "Каталог").say("?")
    wait_until(lambda: receiver.taken, what="a delivery")
    known = {field.split(".")[0].rstrip("?").removesuffix("[]") for field in catalogue["message.received"]["fields"]}
    assert set(receiver.taken[0].payload["data"]) <= known
    needed = {field.split(".")[0] for field in catalogue["message.received"]["fields"] if not field.endswith("?") and "[]" not in field}
    assert needed <= set(receiver.taken[0].payload["data"])


def test_a_failure_is_repeated_under_its_id_with_a_new_time(shop, receiver):
    receiver.script = [(500, {}, b"the database is away")]
    made = add(shop, receiver)
    shop.visitor(shop.chat["public_key"]).say("?")
    wait_until(lambda: len(receiver.taken) == 2, 20, "a second try after about five seconds")
    first, second = receiver.taken
    assert first.id == second.id and first.raw == second.raw and second.is_signed_by(made["secret"])
    assert 4 <= second.at - first.at <= 9 and int(second.stamp) > int(first.stamp)
    done = one(shop, made["id"], "delivered")
    shown = shop.owner.get(f"/api/v1/webhook-deliveries/{done['id']}").ok()
    assert [a["code"] for a in shown["attempts"]] == [500, 200] and shown["attempts"][0]["answer"] == "the database is away"
    assert done["webhook_id"] == first.id


def test_410_disables_and_a_replay_brings_what_was_missed(shop, receiver):
    receiver.status = 410
    made = add(shop, receiver)
    shop.visitor(shop.chat["public_key"]).say("?")
    wait_until(lambda: listed(shop, made["id"])["state"] == "disabled", what="it is disabled")
    assert listed(shop, made["id"])["reason"] == "gone"
    shop.owner.post(f"/api/v1/webhooks/{made['id']}/test").problem(409, "conflict")
    receiver.status = 200
    shop.owner.patch(f"/api/v1/webhooks/{made['id']}", {"state": "active"}).ok()
    stays(lambda: len(receiver.taken) == 1, 1, "nothing leaves by itself")
    count = shop.owner.post(f"/api/v1/webhooks/{made['id']}/replay", {"since": "2020-01-01T00:00:00Z"}).ok(202)["count"]
    assert count == 1
    wait_until(lambda: len(receiver.taken) == 2, what="it came")
    assert receiver.taken[0].id == receiver.taken[1].id
    delivery = one(shop, made["id"], "delivered")
    shop.owner.post(f"/api/v1/webhook-deliveries/{delivery['id']}/replay").ok(202)
    wait_until(lambda: len(receiver.taken) == 3, what="one delivery again")


def test_both_secrets_sign_after_a_rotation(shop, receiver):
    made = add(shop, receiver)
    fresh = shop.owner.post(f"/api/v1/webhooks/{made['id']}/rotate", {"overlap_hours": 1}).ok()
    last = shop.owner.post(f"/api/v1/webhooks/{made['id']}/test").ok(202)
    wait_until(lambda: receiver.taken, what="the test")
    taken = receiver.taken[0]
    assert taken.is_signed_by(made["secret"]) and taken.is_signed_by(fresh["secret"]) and len(taken.signatures) == 2
    assert taken.payload["type"] == "webhook.ping" and last["event"] == "webhook.ping"
    at_once = shop.owner.post(f"/api/v1/webhooks/{made['id']}/rotate", {"overlap_hours": 0}).ok()
    shop.owner.post(f"/api/v1/webhooks/{made['id']}/test").ok(202)
    wait_until(lambda: len(receiver.taken) == 2, what="the second test")
    assert receiver.taken[1].is_signed_by(at_once["secret"]) and not receiver.taken[1].is_signed_by(made["secret"])


def test_a_slow_receiver_does_not_hold_the_others(shop):
    with Receiver(delay=6) as slow, Receiver() as quick:
        for _ in range(3):
            add(shop, slow)
        made = add(shop, quick)
        visitor = shop.visitor(shop.chat["public_key"])
        began = time.monotonic()
        for n in range(12):
            visitor.say(str(n))
        wait_until(lambda: len(quick.taken) == 12, 5, "the quick one has everything while the slow one thinks")
        assert time.monotonic() - began < 6 and all(t.is_signed_by(made["secret"]) for t in quick.taken)


@pytest.mark.slow
def test_an_answer_that_does_not_come_is_a_failure_after_15_seconds(shop):
    with Receiver(delay=25) as hung:
        made = add(shop, hung)
        shop.owner.post(f"/api/v1/webhooks/{made['id']}/test").ok(202)
        attempt = one(shop, made["id"], "failed", 30)["attempts"][0]
        assert attempt["failure"] == "timeout" and 14_000 <= attempt["duration"] <= 17_000


def test_retry_after_is_honoured(shop, receiver):
    receiver.script = [(429, {"Retry-After": "9"}, b"later")]
    made = add(shop, receiver)
    visitor = shop.visitor(shop.chat["public_key"])
    visitor.say("раз")
    wait_until(lambda: receiver.taken, what="the first try")
    visitor.say("два")
    stays(lambda: len(receiver.taken) == 1, 5, "it is left alone")
    wait_until(lambda: len(receiver.taken) == 3, 15, "then both come")
    assert receiver.taken[1].at - receiver.taken[0].at >= 8.5
    assert all(d["status"] == "delivered" for d in deliveries(shop, made["id"]))


def test_the_answer_never_shows_the_secret(shop, receiver):
    made = add(shop, receiver)
    receiver.script = [(200, {}, f"your secret is {made['secret']} or {made['secret'][6:]}".encode())]
    shop.owner.post(f"/api/v1/webhooks/{made['id']}/test").ok(202)
    done = one(shop, made["id"], "delivered")
    answer = shop.owner.get(f"/api/v1/webhook-deliveries/{done['id']}").ok()["attempts"][0]["answer"]
    assert answer.startswith("your secret is") and made["secret"][6:] not in answer


def test_who_may_and_what_is_refused(shop, receiver):
    made = add(shop, receiver)
    operator = shop.invite("operator")
    for method, path in (("GET", ""), ("GET", f"/{made['id']}/deliveries"), ("POST", f"/{made['id']}/test"), ("DELETE", f"/{made['id']}")):
        operator.request(method, f"/api/v1/webhooks{path}").problem(403, "forbidden")
    reader, _ = shop.key("webhook.read")
    assert reader.get("/api/v1/webhooks").ok()["items"][0]["url"].startswith(receiver.url)
    reader.post(f"/api/v1/webhooks/{made['id']}/rotate", {}).problem(403, "forbidden")
    for body in ({"url": receiver.url, "events": []}, {"url": receiver.url, "events": ["message.eaten"]}, {"url": "ftp://x.example", "events": EVERY},
                 {"url": receiver.url, "events": EVERY, "description": "x" * 201}, {"url": "https://user:pw@x.example", "events": EVERY}):
        assert shop.owner.post("/api/v1/webhooks", body).status == 422, body
    for overlap in (-1, 169):
        shop.owner.post(f"/api/v1/webhooks/{made['id']}/rotate", {"overlap_hours": overlap}).problem(422, "invalid")
    for _ in range(19):
        add(shop, receiver)
    shop.owner.post("/api/v1/webhooks", {"url": receiver.url, "events": EVERY}).problem(409, "conflict")
    lines = [line["action"] for line in shop.owner.items("/api/v1/audit")]
    assert lines.count("webhook.added") == 20
    shop.owner.delete(f"/api/v1/webhooks/{made['id']}").ok(204)
    shop.owner.get(f"/api/v1/webhooks/{made['id']}/deliveries").problem(404, "not_found")


def test_pages_follow_each_other(shop, receiver):
    made = add(shop, receiver)
    for _ in range(7):
        shop.owner.post(f"/api/v1/webhooks/{made['id']}/test").ok(202)
    # On PostgreSQL one that is put down in the moment in which the pump ends waits for the minute's look at what is overdue.
    wait_until(lambda: len(receiver.taken) == 7, 110, "seven tests")
    seen, after = [], ""
    while True:
        page = shop.owner.get(f"/api/v1/webhooks/{made['id']}/deliveries?limit=3{after}").ok()
        seen += [d["id"] for d in page["items"]]
        if not page["next"]:
            break
        after = f"&after={page['next']}"
    assert len(seen) == len(set(seen)) == 7 and seen == sorted(seen, reverse=True)
    assert not deliveries(shop, made["id"], "?status=failed")
    shop.owner.get(f"/api/v1/webhooks/{made['id']}/deliveries?after=x").problem(422, "invalid")


PRIVATE = ["https://127.0.0.1:{port}/", "http://127.0.0.1:{port}/", "https://[::1]:{port}/", "http://[::1]:{port}/", "http://localhost:{port}/", "https://localhost:{port}/",
           "https://localhost/", "https://2130706433:{port}/", "http://0x7f000001:{port}/", "https://127.1:{port}/", "http://[::ffff:127.0.0.1]:{port}/", "https://10.0.0.1/",
           "https://192.168.0.1/", "https://172.16.0.1/", "https://169.254.169.254/latest/meta-data", "http://169.254.169.254/latest/meta-data", "https://[fd00:ec2::254]/",
           "https://100.64.0.1/", "http://user:x@127.0.0.1:{port}/", "file:///etc/passwd", "https://127.0.0.1:{port}#shop.example", "http://127.0.0.1.nip.io.localhost:{port}/"]


@pytest.mark.once
@pytest.mark.parametrize("allowed", [None, "192.0.2.0/24"], ids=["as on the internet", "another network is allowed"])
def test_private_addresses_are_never_reached(engine, places, allowed):
    """With another network allowed, http and any port may be typed in, so the refusal has to come where the name is resolved."""
    running = places.server(engine, *(("--egress-allow", allowed) if allowed else ()))
    account, target, tried = Account(running), Listener(host="0.0.0.0"), 0
    for url in PRIVATE:
        made = account.owner.post("/api/v1/webhooks", {"url": url.format(port=target.port), "events": ["message.received"]})
        assert made.status in (201, 422), f"{url}: {made}"
        if made.status == 201:
            tried += 1
            id = made.json["id"]
            account.owner.post(f"/api/v1/webhooks/{id}/test").ok(202)
            attempt = one(account, id, "failed")["attempts"][0]
            assert attempt["failure"] in ("blocked", "unresolved"), f"{url}: {attempt}"
            account.owner.delete(f"/api/v1/webhooks/{id}").ok(204)
        assert target.connections == 0, f"{url} was reached"
    assert tried >= (2 if allowed else 1), "some names are refused only once they are resolved"
    target.stop()
    running.stop()


def test_a_redirect_is_not_followed(shop):
    target = Listener()
    for code in (301, 302, 303, 307, 308):
        with Receiver() as receiver:
            receiver.script = [(code, {"Location": f"http://127.0.0.1:{target.port}/"}, b"")]
            made = add(shop, receiver)
            shop.owner.post(f"/api/v1/webhooks/{made['id']}/test").ok(202)
            assert one(shop, made["id"], "failed")["attempts"][0]["code"] == code
    assert target.connections == 0
    target.stop()


def test_what_waits_survives_a_kill(engine, places):
    """The server dies while deliveries wait; the next one brings them, under the same ids."""
    first = places.server(engine, "--egress-allow", "127.0.0.0/8")
    account = Account(first)
    account.bot(enabled=False)
    chat = account.webchat()
    with Receiver(status=503) as receiver:
        made = add(account, receiver)
        visitor = account.visitor(chat["public_key"])
        for n in range(5):
            visitor.say(f"{n} {uuid.uuid4().hex}")
        wait_until(lambda: len({t.id for t in receiver.taken}) == 5, 20, "each was tried")
        receiver.status = 200
        first.kill()
        places.keep(first.restarted())
        wait_until(lambda: sum(1 for t in receiver.taken if t.is_signed_by(made["secret"])) >= 10, 60, "they came")
        assert len({t.id for t in receiver.taken}) == 5
