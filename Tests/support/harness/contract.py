"""What every channel owes its customers, whoever the provider is. A provider's suite inherits these tests and adds its own.

A subclass says how to connect, in which unit texts are counted, how a delivery is authenticated and what its provider's errors mean.
"""
import base64
import hashlib
import itertools
import json
import time

import pytest

from fakes.provider import Delivery, Endpoint, cut_after, cut_before, garbage, slow
from .channels import Channel, Retrying, refused
from .people import QUESTION, SOURCE, Account, pretty
from .programs import in_parallel
from .waiting import stays, wait_until


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def wrong_secrets(right: str, others: str) -> dict[str, str]:
    """Twenty that are nearly right, as header values and in addresses."""
    middle = len(right) // 2
    return {
        "empty": "", "wrong": "x" * len(right), "one letter": right[:1], "half": right[:middle], "without the first": right[1:],
        "without the last": right[:-1], "one more": right + "a", "one before": "a" + right, "twice": right + right, "a list": f"{right},{right}",
        "upper case": right.upper(), "lower case": right.lower(), "swapped case": right.swapcase(), "reversed": right[::-1],
        "another first": ("b" if right[0] == "a" else "a") + right[1:], "another last": right[:-1] + ("b" if right[-1] == "a" else "a"),
        "another in the middle": right[:middle] + ("b" if right[middle] == "a" else "a") + right[middle + 1:], "another channel's": others,
        "base64": base64.b64encode(right.encode()).decode(), "its hash": hashlib.sha256(right.encode()).hexdigest(),
    }


class ChannelContract:
    #: The fixture that is the provider's server.
    api: str
    #: What one message holds, by `size`.
    text_limit: int
    #: How the provider tells of changes by customers: methods of its `Customer`.
    changes: tuple[str, ...] = ("edit", "delete")
    #: The fake's call that looks a message up after an unknown outcome.
    lookup = "messages"

    @staticmethod
    def size(text: str) -> int:
        return len(text.encode("utf-16-le")) // 2

    def endpoint(self) -> Endpoint:
        """A new account at the provider."""
        raise NotImplementedError

    def settings(self, endpoint: Endpoint) -> dict:
        raise NotImplementedError

    def secrets(self, endpoint: Endpoint) -> list[str]:
        """What must never be shown again."""
        raise NotImplementedError

    def genuine(self, endpoint: Endpoint, content: bytes) -> Delivery:
        """Any bytes, delivered as the provider would."""
        raise NotImplementedError

    def forgeries(self, channel: Channel, other: Channel, update) -> dict[str, Delivery]:
        """Twenty-five deliveries of `update` that are not the provider's."""
        raise NotImplementedError

    def strange(self, endpoint: Endpoint) -> dict[str, dict]:
        """Updates that are no customer's message."""
        raise NotImplementedError

    def refusal(self, endpoint: Endpoint):
        """The answer for a customer who cannot be written to, and the code that the message shows."""
        return endpoint.blocked(), "blocked"

    @pytest.fixture(autouse=True)
    def provider(self, request):
        self.fake = request.getfixturevalue(self.api)

    def connect(self, account: Account, **more) -> Channel:
        endpoint = self.endpoint()
        return Channel(account, endpoint, {"api_base": self.fake.url, **self.settings(endpoint)}, **more)

    @pytest.fixture
    def channel(self, quiet) -> Channel:
        """With the bot switched off."""
        return self.connect(quiet)

    @pytest.fixture
    def answering(self, account) -> Channel:
        return self.connect(account)

    @pytest.fixture
    def open_channel(self, channel) -> Channel:
        """Somebody has written."""
        channel.say(channel.customer(), "Здравствуйте, вы работаете в воскресенье?")
        channel.conversation()
        return channel

    # Connecting.

    @pytest.mark.core
    def test_connecting_registers_the_webhook(self, quiet, channel):
        assert channel.endpoint.webhook["url"].startswith(channel.url), channel.endpoint.webhook
        result = channel.test()
        assert result["ok"] and not result.get("problem") and result["detail"] == channel.connected["detail"], result
        assert channel.connect()["ok"], "connecting again changes nothing"
        listed = quiet.owner.get("/api/v1/channels").text
        assert not [secret for secret in self.secrets(channel.endpoint) if secret in listed]

    @pytest.mark.once
    def test_a_removed_channel_is_gone(self, quiet, channel):
        quiet.owner.delete(f"/api/v1/channels/{channel.id}").ok(204)
        assert channel.deliver(channel.customer().message("есть кто?")) == 404

    # Unknown outcomes.

    @pytest.fixture(scope="class")
    def doubtful(self, request, quiet) -> Channel:
        """A message arrived, but its answer did not. Made early, as the host takes its time before it looks."""
        self.fake = request.getfixturevalue(self.api)
        channel = self.connect(quiet)
        channel.say(channel.customer(), "Есть стол «Тромсё»?")
        channel.endpoint.script("send", cut_after())
        channel.reply("Есть, 56 000 ₸")
        return channel

    @pytest.mark.once
    def test_an_unknown_outcome_is_never_repeated_blindly(self, quiet, doubtful):
        """F-01: no provider has an idempotency key. What may have arrived is looked up; otherwise a person decides."""
        cases = {"cut before": cut_before(), "not the API's answer": garbage(), "the provider's own timeout": None}
        channels = {"cut after": doubtful}
        for name, behaviour in cases.items():
            channel = channels[name] = self.connect(quiet)
            channel.say(channel.customer(), "Есть кресло «Берген»?")
            channel.endpoint.script("send", behaviour or channel.endpoint.timed_out())
            channel.reply("Есть, 74 500 ₸")
        uncertain = {name: channel.last("uncertain") for name, channel in channels.items() if name in cases}

        def unrepeated():
            return all(len(channel.endpoint.all("send")) == 1 for channel in channels.values())
        stays(unrepeated, 1.5, "not sent again without looking it up")
        for name, message in uncertain.items():
            quiet.owner.post(f"/api/v1/messages/{message['id']}/retry").ok()
            channels[name].last("sent")
            assert len(channels[name].endpoint.sent()) == 1, f"{name}: {channels[name].endpoint.sent()}"

    # Receiving and answering.

    @pytest.mark.core
    def test_a_question_is_answered_once_with_its_source(self, account, answering):
        customer = answering.customer()
        answering.say(customer, QUESTION)
        [sent] = answering.endpoint.wait(1, customer.chat)
        assert SOURCE in plain(sent["text"]), sent
        answer = answering.last("sent")
        question = answering.shown()[0]
        assert (question["direction"], question["author"]["type"], question["text"]) == ("in", "customer", QUESTION)
        assert (answer["direction"], answer["author"]["type"], answer["text"]) == ("out", "bot", sent["text"])
        assert answer["citations"] and SOURCE in plain(answer["citations"][0]["quote"])
        stays(lambda: len(answering.endpoint.sent()) == 1 and len(answering.endpoint.all("send")) == 1, 0.5, "one answer")

    def test_customers_are_shown_by_their_names(self, channel):
        """Some webhooks tell none: then the provider is asked, once. What a person calls a customer stays."""
        customer = channel.customer()
        channel.say(customer, "Здравствуйте")
        conversation = channel.conversation(customer)
        owner = channel.account.owner
        contact = owner.get(f"/api/v1/conversations/{conversation}").ok()["contact"]
        owner.request("PATCH", f"/api/v1/contacts/{contact['id']}", {"name": "Постоянный покупатель"}).ok()
        channel.say(customer, "Ещё вопрос")
        wait_until(lambda: len(channel.account.shown(conversation)) == 2, what="both messages")
        assert owner.get(f"/api/v1/contacts/{contact['id']}").ok()["name"] == "Постоянный покупатель"

    @pytest.mark.core
    def test_the_same_delivery_ten_times_at_once_is_one_message_and_one_reply(self, answering):
        customer = answering.customer()
        delivery = answering.endpoint.delivery(customer.message(QUESTION))
        assert in_parallel(10, lambda _: delivery.post()) == [200] * 10
        answering.endpoint.wait(1, customer.chat)
        assert delivery.post() == 200, "and again, later"
        stays(lambda: len(answering.endpoint.sent()) == 1, 0.7, "one reply")
        assert [m["author"]["type"] for m in answering.shown()] == ["customer", "bot"]

    def test_what_came_late_stands_where_it_was_said(self, channel):
        """F-11: more than a minute late, a message stands at its own time and not at its arrival."""
        customer, now = channel.customer(), int(time.time()) - 600
        scale = 1 if self.counts_seconds else 1000
        said = [customer.message(f"Сообщение {number}", at=(now + number) * scale) for number in range(5)]
        for update in (said[4], said[1], said[3], said[0], said[2], said[4]):
            assert channel.deliver(update) == 200
        channel.shows(*(f"Сообщение {number}" for number in range(5)))

    counts_seconds = False

    @pytest.mark.core
    def test_every_order_of_changes_ends_in_the_same_state(self, channel):
        """F-10: what was said, how it was changed, and that it was taken back, in each order, some of it twice."""
        events = ("message", *self.changes)
        orders = list(itertools.permutations(events))
        for order in orders:
            customer = channel.customer()
            said = {"message": customer.message("Нужна 1 штука")}
            if "edit" in self.changes:
                said["edit"] = customer.edit(said["message"], "Нужно 2 штуки", **self.edit_time())
            if "delete" in self.changes:
                said["delete"] = customer.delete(json.loads(json.dumps(said["message"])))
            for name in (*order, order[0]):
                assert channel.deliver(said[name]) == 200, f"{order}: {name}"

        def states():
            return [[(m["direction"], m["text"], m["deleted"]) for m in channel.account.shown(c["id"])] for c in channel.conversations()]
        text = "" if "delete" in self.changes else "Нужно 2 штуки"
        expected = [[("in", text, "delete" in self.changes)]] * len(orders)
        wait_until(lambda: states() == expected, what=f"all orders end as {expected[0]}")

    def edit_time(self) -> dict:
        return {"at": int(time.time()) + 5 if self.counts_seconds else int(time.time() * 1000) + 5_000}

    @pytest.mark.once
    def test_the_providers_retries_bring_what_was_refused_meanwhile(self, quiet, channel):
        channel.change(state="paused")
        update = channel.customer().message("Пока пауза")
        assert channel.deliver(update) >= 500
        retries = Retrying(channel, update, clock=0.004)
        wait_until(lambda: retries.is_alive(), what="the provider tries again")
        channel.change(state="active")
        assert retries.finish() >= 1
        channel.shows("Пока пауза")

    @pytest.mark.once
    def test_updates_that_are_no_customers_message_leave_nothing(self, channel):
        for name, update in self.strange(channel.endpoint).items():
            assert channel.deliver(update) == 200, f"{name}: refusing it would make the provider repeat it"
        channel.say(channel.customer(), "Есть доставка в Астану?")
        channel.shows("Есть доставка в Астану?")

    @pytest.mark.once
    def test_what_is_no_update_is_refused_without_harm(self, channel):
        bodies = [b"", b"[", b"null", b"[]", b"1", b'"text"', b"\xff\xfe", b"[" * 10_000, b'{"a":' * 200, b"{" + b'"a":0,' * 30_000 + b'"b":0}', b"\x00" * 100,
                  b'{"messages":1}', b'{"object":1,"entry":1}', b'{"update_type":5,"timestamp":"x"}', b'{"payload":[]}', b'{"payload":{"type":"message"}}']
        answers = {body[:30]: self.genuine(channel.endpoint, body).post() for body in bodies}
        assert set(answers.values()) <= {200, 400, 413}, answers
        assert channel.conversations() == []
        channel.say(channel.customer(), "Вы открыты?")

    # Whom it believes.

    @pytest.mark.once
    @pytest.mark.core
    def test_forged_deliveries_are_refused_and_leave_nothing(self, quiet, channel):
        """A-34, A-35, T-08."""
        other = self.connect(quiet)
        update = channel.customer().message("Я — настоящий клиент")
        forged = self.forgeries(channel, other, update)
        assert len(forged) == 25, len(forged)
        assert refused(forged) == {}
        assert channel.conversations() == [] and other.conversations() == []
        assert channel.deliver(update) == 200, "the genuine one is taken"
        channel.shows("Я — настоящий клиент")

    # Sending.

    @pytest.mark.once
    @pytest.mark.core
    def test_people_answer_in_order(self, open_channel):
        """I4: a slow provider and an error in between change nothing about the order."""
        open_channel.endpoint.script("send", slow(0.2), open_channel.endpoint.too_many(1))
        for number in range(3):
            open_channel.reply(f"Часть {number}, «Осло» — 189 000 ₸ 🛋")
        sent = open_channel.endpoint.wait(3, timeout=30)
        assert [s["text"] for s in sent] == [f"Часть {number}, «Осло» — 189 000 ₸ 🛋" for number in range(3)]
        assert open_channel.last("sent")["author"]["type"] == "user"

    @pytest.mark.once
    def test_a_long_text_is_split_within_the_providers_unit(self, open_channel):
        lines = [f"Строка {number}: диван «Осло» 🛋, құны 189 000 ₸" for number in range(2 * self.text_limit // 45)]
        text = "\n".join(lines)
        # The second part is refused once: the first must not come again with it.
        open_channel.endpoint.script("send", slow(0), open_channel.endpoint.too_many(1))
        open_channel.reply(text)
        open_channel.last("sent", timeout=30)
        parts = [s["text"] for s in open_channel.endpoint.sent()]
        assert len(parts) >= 2 and all(self.size(part) <= self.text_limit for part in parts), [self.size(part) for part in parts]
        assert "".join("".join(parts).split()) == "".join(text.split()), "nothing is lost, nothing doubled, order kept"

    @pytest.mark.once
    def test_429_is_waited_out_and_sent_once(self, open_channel):
        endpoint = open_channel.endpoint
        endpoint.script("send", endpoint.too_many(2))
        open_channel.reply("Да, с 10:00 до 20:00")
        open_channel.last("sent")
        first, *later = endpoint.all("send")
        assert len(later) == 1 and later[0].at - first.at >= 1.9, "waited for what the provider says"
        assert [s["text"] for s in endpoint.sent()] == ["Да, с 10:00 до 20:00"]

    @pytest.mark.once
    def test_an_error_that_did_nothing_is_tried_again(self, open_channel):
        open_channel.endpoint.script("send", open_channel.endpoint.unavailable())
        open_channel.reply("Да, работаем")
        open_channel.last("sent")
        assert len(open_channel.endpoint.sent()) == 1 and len(open_channel.endpoint.all("send")) == 2

    # What comes back.

    @pytest.mark.once
    @pytest.mark.core
    def test_our_own_messages_come_back_without_doubling(self, answering):
        customer = answering.customer()
        answering.say(customer, QUESTION)
        [sent] = answering.endpoint.wait(1)
        echo = answering.endpoint.echo(sent)
        assert [answering.deliver(echo) for _ in range(3)] == [200] * 3
        answering.last("sent")
        stays(lambda: [m["author"]["type"] for m in answering.shown()] == ["customer", "bot"], 0.7, "no message of its own")
        answering.say(customer, "Сколько стоит кресло?")
        assert "74 500" in plain(answering.endpoint.wait(2)[1]["text"]), "an echo of its own does not silence the bot"

    @pytest.mark.once
    def test_a_person_who_answers_elsewhere_silences_the_bot(self, answering):
        endpoint, customer = answering.endpoint, answering.customer()
        typed = self.typed_elsewhere(endpoint, customer, "Здравствуйте, это Данияр. Отвечу сам.")
        answering.say(customer, "Здравствуйте")
        endpoint.wait(1)
        assert answering.deliver(typed) == answering.deliver(typed) == 200
        wait_until(lambda: answering.shown()[-1]["text"] == "Здравствуйте, это Данияр. Отвечу сам.", what="the person's words are shown")
        answering.say(customer, QUESTION)
        stays(lambda: len(endpoint.sent()) == 1, 1, "the bot never speaks after a person")

    def typed_elsewhere(self, endpoint: Endpoint, customer, text: str):
        """The update about what a person wrote in the provider's own app."""
        raise NotImplementedError

    @pytest.mark.once
    def test_a_customer_who_cannot_be_reached_is_said_so(self, open_channel):
        behaviour, code = self.refusal(open_channel.endpoint)
        open_channel.endpoint.script("send", behaviour)
        open_channel.reply("Ждём вас")
        failed = open_channel.last("failed")
        assert failed["failure"]["code"] == code and failed["failure"]["reason"], pretty(failed)
        assert open_channel.show()["state"] == "active", "one customer is no reason to stop the channel"
        stays(lambda: len(open_channel.endpoint.all("send")) == 1, 0.5, "not tried again")

    @pytest.mark.once
    def test_a_revoked_token_fails_the_channel_and_keeps_the_message(self, open_channel):
        # Twice: an older token may still be tried.
        open_channel.endpoint.script("send", open_channel.endpoint.revoked(), open_channel.endpoint.revoked())
        open_channel.reply("Ответим позже")
        failed = wait_until(lambda: (c := open_channel.show())["state"] == "failed" and c, what="the channel has failed")
        assert failed["problem"]
        assert open_channel.shown()[-1]["status"] == "queued" and not open_channel.endpoint.sent(), "kept until the token is mended"

    @pytest.mark.once
    def test_what_arrived_without_an_answer_is_found_in_the_history(self, doubtful):
        doubtful.last("sent")
        assert doubtful.endpoint.all(self.lookup) and len(doubtful.endpoint.all("send")) == 1 and len(doubtful.endpoint.sent()) == 1
