"""Quiet hours and caps through the real server: what is held, refused, overridden and shown."""
import datetime
import time
import uuid

import pytest

from harness.people import Account
from harness.waiting import stays, wait_until

UTC = datetime.timezone.utc
EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]


def around_now(minutes: int = 90) -> dict:
    """Quiet hours that this moment lies in the middle of."""
    now = datetime.datetime.now(UTC)
    clock = [(now + datetime.timedelta(minutes=m)).strftime("%H:%M") for m in (-minutes, minutes)]
    return {"time_zone": "UTC", "quiet_hours": [{"days": EVERY_DAY, "from": clock[0], "to": clock[1]}], "daily_cap": None}


NO_RULES = {"time_zone": "UTC", "quiet_hours": [], "daily_cap": None}


class Talk:
    """A conversation in which the customer last wrote three days ago: what we say now is no answer."""

    def __init__(self, account, telegram):
        self.account, self.telegram, self.owner = account, telegram, account.owner
        self.customer = telegram.customer()
        assert telegram.deliver(self.customer.message("Я подумаю", date=int(time.time()) - 3 * 86_400)) == 200
        self.conversation = account.conversation(self.customer.name)["id"]

    def write(self, text="Здравствуйте", client=None, id=None, **more):
        draft = {"id": id or str(uuid.uuid4()), "kind": "reply", "text": text, **more}
        return (client or self.owner).post(f"/api/v1/conversations/{self.conversation}/messages", draft)

    def sent(self) -> list[str]:
        return [message["text"] for message in self.telegram.bot.sent(self.customer.id)]

    def show(self, id: str) -> dict:
        return next(m for m in self.account.messages(self.conversation) if m["id"] == id)


@pytest.fixture
def talk(server, telegram_api):
    account = Account(server)
    return Talk(account, account.telegram(telegram_api.bot(), telegram_api))


def test_a_persons_message_is_refused_with_the_time_and_may_be_planned_or_overridden(talk):
    view = talk.owner.put("/api/v1/sending-rules", around_now()).ok()
    assert view["quiet_until"] and view["own"] == view["rules"]
    id = str(uuid.uuid4())
    refusal = talk.write(id=id).problem(409, "quiet_hours")
    assert refusal["until"] == view["quiet_until"]
    assert not any(m["id"] == id for m in talk.account.messages(talk.conversation)), "nothing is stored"
    operator = talk.account.invite("operator")
    talk.write(client=operator, override=True).problem(403, "forbidden")
    planned = talk.write("Потом", client=operator, id=id, send_at=refusal["until"]).ok(201)
    assert planned["status"] == "scheduled"
    operator.post(f"/api/v1/messages/{id}/send-now").problem(409, "quiet_hours")
    operator.post(f"/api/v1/messages/{id}/send-now", {"override": True}).problem(403, "forbidden")
    assert talk.sent() == []
    talk.write("Срочно", override=True).ok(201)
    talk.owner.post(f"/api/v1/messages/{id}/send-now", {"override": True}).ok()
    wait_until(lambda: sorted(talk.sent()) == ["Потом", "Срочно"], what="both leave in spite of the rule")
    lines = [line for line in talk.owner.items("/api/v1/audit") if line["action"] == "message.rules-overridden"]
    assert len(lines) == 2


def test_an_answer_leaves_at_any_hour(talk):
    talk.owner.put("/api/v1/sending-rules", around_now() | {"daily_cap": 1}).ok()
    talk.telegram.say(talk.customer, "Вы открыты?")
    wait_until(lambda: len([m for m in talk.account.messages(talk.conversation) if m["direction"] == "in"]) == 2, what="the question is stored")
    for text in ("Да", "До восьми"):
        talk.write(text).ok(201)
    wait_until(lambda: talk.sent() == ["Да", "До восьми"], what="answers leave")


def test_what_falls_due_in_quiet_hours_is_held_and_shown_until_rules_change(talk):
    at = (datetime.datetime.now(UTC) + datetime.timedelta(seconds=2)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    id = talk.write("Скидка до пятницы", send_at=at).ok(201)["id"]
    view = talk.owner.put("/api/v1/sending-rules", around_now()).ok()
    held = wait_until(lambda: (m := talk.show(id))["status"] == "held" and m, what="it is held")
    assert held["hold"] == {"until": view["quiet_until"], "reason": "quiet_hours"} and held["failure"] is None
    stays(lambda: talk.sent() == [], 1, "it does not leave")
    talk.owner.put("/api/v1/sending-rules", NO_RULES).ok()
    wait_until(lambda: talk.sent() == ["Скидка до пятницы"], what="it leaves once the rule is gone")
    wait_until(lambda: talk.show(id)["status"] == "sent", what="it is shown as sent")


def test_a_held_message_is_taken_back(talk):
    at = (datetime.datetime.now(UTC) + datetime.timedelta(seconds=2)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    ids = [talk.write(f"Скидка {n}", send_at=at, cancel_on_reply=n == 1).ok(201)["id"] for n in (0, 1)]
    talk.owner.put("/api/v1/sending-rules", around_now()).ok()
    for id in ids:
        wait_until(lambda id=id: talk.show(id)["status"] == "held", what="it is held")
    assert talk.owner.post(f"/api/v1/messages/{ids[0]}/cancel").ok()["status"] == "cancelled"
    talk.telegram.say(talk.customer, "Беру")
    wait_until(lambda: talk.show(ids[1])["failure"] and talk.show(ids[1])["failure"]["code"] == "customer_replied", what="the answer stops the other")
    talk.owner.put("/api/v1/sending-rules", NO_RULES).ok()
    stays(lambda: talk.sent() == [], 1, "neither leaves")


def test_the_daily_cap_counts_what_is_no_answer(talk):
    talk.owner.put("/api/v1/sending-rules", NO_RULES | {"daily_cap": 2}).ok()
    for n in range(2):
        talk.write(f"Новость {n}").ok(201)
        wait_until(lambda n=n: len(talk.sent()) == n + 1, what="it leaves")
    assert talk.write("Новость 2").problem(409, "daily_cap")["until"].endswith("T00:00:00.000Z")
    other = Talk(talk.account, talk.telegram)
    other.write("Здравствуйте").ok(201)
    wait_until(lambda: other.sent() == ["Здравствуйте"], what="another contact has a day of their own")


def test_a_channels_own_rules_and_what_is_refused(talk):
    owner, path = talk.owner, f"/api/v1/channels/{talk.telegram.id}/sending-rules"
    owner.put("/api/v1/sending-rules", around_now()).ok()
    assert owner.get(path).ok()["own"] is None and owner.get(path).ok()["quiet_until"]
    assert owner.put(path, NO_RULES).ok()["quiet_until"] is None
    talk.write("Можно").ok(201)
    assert owner.request("DELETE", path).ok()["own"] is None
    talk.write("Нельзя").problem(409, "quiet_hours")
    for rules in (NO_RULES | {"time_zone": "Mars/Olympus"}, NO_RULES | {"daily_cap": 0}, NO_RULES | {"quiet_hours": [{"days": EVERY_DAY, "from": "00:00", "to": "00:00"}]},
                  NO_RULES | {"quiet_hours": [{"days": [9], "from": "21:00", "to": "09:00"}]}, NO_RULES | {"quiet_hours": [{"days": [1], "from": "25:00", "to": "09:00"}]}):
        owner.put("/api/v1/sending-rules", rules).problem(422, "invalid")
    talk.account.invite("operator").put("/api/v1/sending-rules", NO_RULES).problem(403)
