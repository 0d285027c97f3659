"""Sending later: what waits, leaves once at its time, and is taken back by an answer, through the real server."""
import datetime
import threading
import uuid

import pytest

from harness.waiting import stays, wait_until


def later(**time) -> str:
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**time)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@pytest.fixture
def talk(quiet, quiet_telegram):
    customer = quiet_telegram.customer()
    quiet_telegram.say(customer, "Добрый день")
    conversation = quiet.conversation(customer.name)["id"]

    class Talk:
        account, telegram = quiet, quiet_telegram

        def plan(self, text="Вы ещё думаете?", expect=201, **more) -> dict:
            draft = {"id": str(uuid.uuid4()), "kind": "reply", "text": text, **more}
            return quiet.owner.post(f"/api/v1/conversations/{conversation}/messages", draft).ok(expect)

        def sent(self) -> list[str]:
            return [message["text"] for message in quiet_telegram.bot.sent(customer.id)]

        def show(self, message: dict) -> dict:
            return next(m for m in quiet.messages(conversation) if m["id"] == message["id"])
    found = Talk()
    found.customer, found.conversation = customer, conversation
    return found


def test_it_waits_and_leaves_at_its_time_once(talk):
    planned = talk.plan(send_at=later(seconds=2))
    assert planned["status"] == "scheduled" and planned["schedule"]["cancel_on_reply"] is False
    assert talk.account.show(talk.conversation)["last_message"]["text"] == "Добрый день", "it is not said yet"
    assert talk.sent() == []
    wait_until(lambda: talk.sent() == ["Вы ещё думаете?"], what="it leaves")
    stays(lambda: talk.sent() == ["Вы ещё думаете?"], 1, "once")
    wait_until(lambda: talk.show(planned)["status"] == "sent", what="it is shown as sent")
    assert talk.show(planned)["schedule"] is None


def test_an_answer_takes_it_back(talk):
    stopped = talk.plan("А если скидка?", send_at=later(seconds=3), cancel_on_reply=True)
    kept = talk.plan("Ждём вас завтра", send_at=later(seconds=3))
    talk.telegram.say(talk.customer, "Беру")
    wait_until(lambda: talk.show(stopped)["status"] == "cancelled", what="the answer is stored")
    assert talk.show(stopped)["failure"]["code"] == "customer_replied"
    wait_until(lambda: talk.sent() == ["Ждём вас завтра"], what="the other one leaves")
    stays(lambda: talk.sent() == ["Ждём вас завтра"], 1, "only the other one")
    assert talk.show(kept)["status"] == "sent"


def test_people_change_send_and_cancel_it(talk):
    owner = talk.account.owner
    planned = talk.plan("Старые слова", send_at=later(hours=5))
    path = f"/api/v1/messages/{planned['id']}"
    at = later(hours=6)
    changed = owner.patch(f"{path}/schedule", {"send_at": at, "text": "Новые слова", "cancel_on_reply": True}).ok()
    assert (changed["text"], changed["schedule"]) == ("Новые слова", {"at": at[:-4] + "Z", "cancel_on_reply": True})
    assert owner.post(f"{path}/send-now").ok()["status"] in ("queued", "sent")
    wait_until(lambda: talk.sent() == ["Новые слова"], what="it is sent now")
    assert talk.account.show(talk.conversation)["owner"] == "human"
    for path in (f"{path}/send-now", f"{path}/cancel"):
        owner.post(path).problem(409, "conflict")
    other = talk.plan("Лишнее", send_at=later(seconds=2))
    for _ in range(2):
        assert owner.post(f"/api/v1/messages/{other['id']}/cancel").ok()["status"] == "cancelled"
    stays(lambda: talk.sent() == ["Новые слова"], 3, "what was cancelled does not leave")
    actions = {line["action"] for line in owner.items("/api/v1/audit")}
    assert {"message.scheduled", "message.rescheduled", "message.sent-early", "message.cancelled"} <= actions


def test_what_is_no_time_to_come_is_refused(talk):
    def refused(**draft):
        body = {"id": str(uuid.uuid4()), "kind": "reply", "text": "x", **draft}
        return talk.account.owner.post(f"/api/v1/conversations/{talk.conversation}/messages", body).problem(422, "invalid")
    refused(send_at=later(seconds=-1))
    refused(send_at=later(days=400))
    refused(send_at=later(hours=1), kind="note")
    analyst = talk.account.invite("analyst")
    planned = talk.plan(send_at=later(hours=1))
    for deed in ("send-now", "cancel"):
        analyst.post(f"/api/v1/messages/{planned['id']}/{deed}").problem(403)


def test_a_hundred_cancellations_and_releases_at_once_send_it_once_or_not_at_all(talk):
    """Whoever is first decides; what is shown is what happened."""
    planned = [talk.plan(f"Гонка {n}", send_at=later(hours=1)) for n in range(10)]

    def race(message: dict, deed: str):
        talk.account.owner.post(f"/api/v1/messages/{message['id']}/{deed}")
    threads = [threading.Thread(target=race, args=(message, deed)) for message in planned for deed in ("send-now", "cancel") * 5]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_until(lambda: all(talk.show(message)["status"] in ("sent", "cancelled") for message in planned), what="all are decided", timeout=60)
    went = sorted(message["text"] for message in planned if talk.show(message)["status"] == "sent")
    wait_until(lambda: sorted(talk.sent()) == went, what="what is shown as sent was sent, once each")
