"""A Wappi profile: the channel contract for WhatsApp, then envelopes, statuses, platforms and what only Wappi has."""
import base64
import itertools
import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from fakes.provider import slow
from fakes.wappi_api import PICTURE
from harness.channels import Channel
from harness.contract import ChannelContract, wrong_secrets
from harness.waiting import stays, wait_until


def key(endpoint) -> str:
    return endpoint.webhook["url"].split("?key=", 1)[1]


class TestWappi(ChannelContract):
    api = "wappi_api"
    counts_seconds = True
    # A gateway's 5xx says nothing about the messenger behind it: there is no error after which a message is sent again unasked.
    test_an_error_that_did_nothing_is_tried_again = None

    def endpoint(self):
        return self.fake.profile()

    def settings(self, profile):
        return {"token": profile.token, "profile_id": profile.id}

    def secrets(self, profile):
        return [profile.token, key(profile)]

    def genuine(self, profile, content):
        return profile.delivery({}).altered(content=content)

    def forgeries(self, channel, other, update):
        genuine, right = channel.endpoint.delivery(update), key(channel.endpoint)
        bare = genuine.altered(url=channel.url)
        return {
            **{name: genuine.altered(url=f"{channel.url}?key={quote(wrong, safe='')}") for name, wrong in wrong_secrets(right, key(other.endpoint)).items()},
            "missing": bare, "a wrong header": bare.with_headers(Authorization=right + "x"), "the API's token": bare.with_headers(Authorization=channel.endpoint.token),
            "a right header beside a wrong key": genuine.altered(url=f"{channel.url}?key=x").with_headers(Authorization=right),
            "by another name": bare.altered(url=f"{channel.url}?Key={right}"),
        }

    def strange(self, profile):
        said = profile.customer().message("x")
        return {
            "a group": {**said, "chatId": "120363@g.us", "chat_type": "group"}, "a status": {**said, "chatId": "status@broadcast"},
            "another profile": {**said, "profile_id": "00000000-0000"}, "unknown kind": {**said, "wh_type": "profile_dreamt"},
            "a system row": {**said, "type": "system"}, "a bot": {**said, "is_bot": True}, "a taken call": {**profile.customer().call(), "type": "call_accept"},
        }

    def refusal(self, profile):
        return profile.error(400, "recipient not found"), "unknown-recipient"

    def typed_elsewhere(self, profile, customer, text):
        return profile.typed_on_phone(customer, text)

    def test_the_profile_reports_everything_to_an_address_with_a_key(self, channel):
        profile = channel.endpoint
        assert profile.url == f"{channel.url}?key={key(profile)}" and len(key(profile)) >= 22
        assert {"incoming_message", "delivery_status", "outgoing_message_api", "outgoing_message_phone", "incoming_call"} <= profile.types

    @pytest.mark.once
    def test_a_long_text_is_split_within_the_providers_unit(self, quiet):
        """WhatsApp takes more in one message than the inbox lets people write: Telegram splits at 4,096."""
        profile = self.fake.profile("telegram")
        channel = Channel(quiet, profile, {"api_base": self.fake.url, **self.settings(profile)})
        channel.say(channel.customer(), "Расскажите всё")
        self.text_limit = 4_096
        super().test_a_long_text_is_split_within_the_providers_unit(channel)

    def test_every_envelope_is_read(self, channel):
        for envelope in ("list", "object", "bare"):
            channel.endpoint.envelope = envelope
            customer = channel.customer(f"Айгуль {envelope}")
            channel.say(customer, f"Конверт {envelope}")
            channel.shows(f"Конверт {envelope}", customer=customer)

    def test_a_secret_in_the_header_will_do_for_an_address_entered_by_hand(self, channel):
        delivery = channel.endpoint.delivery(channel.customer().message("Вручную")).altered(url=channel.url)
        assert delivery.with_headers(Authorization=key(channel.endpoint)).post() == 200
        assert delivery.with_headers(Authorization="Bearer " + key(channel.endpoint)).post() == 200
        channel.shows("Вручную")

    @pytest.mark.once
    def test_statuses_in_every_order_only_rise(self, quiet):
        """F-10: read before delivered before sent, and each of them twice."""
        for order in itertools.permutations(("sent", "delivered", "read")):
            channel = self.connect(quiet)
            channel.say(channel.customer(), "Есть?")
            channel.reply("Есть")
            [sent] = channel.endpoint.wait(1)
            channel.last("sent")
            for status in (*order, order[0], "pending"):
                assert channel.deliver(channel.endpoint.status(sent, status)) == 200
            channel.last("read")

    @pytest.mark.once
    def test_a_status_that_overtakes_the_answer_is_kept(self, open_channel):
        """WhatsApp tells of the delivery while the request is still under way."""
        profile = open_channel.endpoint
        profile.script("send", slow(0.1))
        open_channel.reply("Секунду")
        [sent] = profile.wait(1)
        assert open_channel.deliver(profile.status(sent, "read")) == 200
        open_channel.last("read")

    @pytest.mark.once
    def test_a_status_without_its_chat_finds_the_message(self, open_channel):
        """Seen in the wild: nothing but the profile, the id, the status and the time."""
        profile = open_channel.endpoint
        open_channel.reply("Без чата")
        [sent] = profile.wait(1)
        open_channel.last("sent")
        whole = profile.status(sent, "read")
        bare = {name: whole[name] for name in ("profile_id", "id", "status", "time")} | {"wh_type": "messages_status"}
        assert open_channel.deliver(bare | {"id": "3EB0UNKNOWN"}) == open_channel.deliver(bare) == 200
        open_channel.last("read")

    @pytest.mark.once
    def test_what_was_not_delivered_is_said_so(self, open_channel):
        open_channel.reply("Дойдёт?")
        [sent] = open_channel.endpoint.wait(1)
        open_channel.last("sent")
        assert open_channel.deliver(open_channel.endpoint.status(sent, "undelivered")) == 200
        open_channel.last("failed")

    @pytest.mark.once
    def test_a_phone_that_is_away_keeps_the_message(self, open_channel):
        profile = open_channel.endpoint
        profile.script("send", profile.error(400, "recipient not found"))
        profile.app_status = "close"
        open_channel.reply("Подождём телефон")
        wait_until(lambda: profile.all("send"), what="the refused call")
        stays(lambda: open_channel.shown()[-1]["status"] in ("queued", "sending"), 1, "kept until the phone is back")
        assert open_channel.show()["state"] == "active" and not profile.sent()

    @pytest.mark.once
    def test_an_account_that_was_signed_out_fails_the_channel(self, open_channel):
        open_channel.endpoint.authorized = False
        result = open_channel.test()
        assert not result["ok"] and "signed out" in result["problem"], result
        open_channel.reply("Скоро вернёмся")
        wait_until(lambda: open_channel.show()["state"] == "failed", what="the channel has failed")
        assert open_channel.shown()[-1]["status"] == "queued" and not open_channel.endpoint.sent()

    @pytest.mark.once
    def test_an_unpaid_profile_is_told(self, channel):
        channel.endpoint.paid_until = time.time() - 1
        result = channel.test()
        assert not result["ok"] and "paid" in result["problem"], result

    @pytest.mark.once
    @pytest.mark.parametrize("platform", ["telegram", "max"])
    def test_the_messenger_is_found_out(self, quiet, platform):
        profile = self.fake.profile(platform)
        channel = Channel(quiet, profile, {"api_base": self.fake.url, **self.settings(profile)})
        customer = channel.customer()
        channel.say(customer, "Сәлеметсіз бе, жеткізу бар ма?")
        channel.reply("Бар, Алматы бойынша 5 000 ₸")
        [sent] = profile.wait(1, customer.chat)
        assert sent["bot_id"].startswith("7s-"), "the mark by which its echo is known"
        assert channel.deliver(profile.echo(sent)) == 200
        assert [m["direction"] for m in channel.shown()] == ["in", "out"]

    @pytest.mark.once
    def test_the_same_number_in_two_chats_is_two_messages(self, quiet):
        """Telegram's and MAX's message ids count per account."""
        profile = self.fake.profile("telegram")
        channel = Channel(quiet, profile, {"api_base": self.fake.url, **self.settings(profile)})
        first, second = channel.customer("Данияр"), channel.customer("Асель")
        one, two = first.message("От Данияра"), second.message("От Асели")
        two["id"] = one["id"]
        assert channel.deliver(one) == channel.deliver(two) == 200
        channel.shows("От Данияра", customer=first)
        channel.shows("От Асели", customer=second)

    @pytest.mark.once
    def test_telegrams_service_chat_is_never_shown(self, quiet):
        """It gets sign-in codes."""
        profile = self.fake.profile("telegram")
        channel = Channel(quiet, profile, {"api_base": self.fake.url, **self.settings(profile)})
        code = {**channel.customer().message("Login code: 12345"), "chatId": "777000", "from": "777000"}
        assert channel.deliver(code) == 200
        channel.say(channel.customer(), "Салем")
        channel.shows("Салем")

    @pytest.mark.once
    def test_voices_calls_and_big_bodies_are_stored(self, channel):
        customer = channel.customer()
        voice = customer.voice()
        voice["body"] = "T2dn" * 200_000
        assert channel.deliver(voice) == channel.deliver(customer.call()) == 200
        wait_until(lambda: [[a["kind"] for a in m["attachments"]] for m in channel.shown()] == [["voice"]], what="a voice")
        lines = lambda: [m["service"] for m in channel.account.messages(channel.conversation()) if m["kind"] == "service"]
        wait_until(lambda: lines() == ["missed-call"], what="a missed call")
        assert "T2dn" not in json.dumps(channel.shown()), "base64 is no text"

    @pytest.mark.once
    def test_a_missed_call_waits_for_a_person_and_not_for_the_bot(self, answering):
        customer = answering.customer()
        assert answering.deliver(customer.call()) == 200
        called = wait_until(lambda: (found := answering.conversations()) and found[0], what="a conversation")
        assert (called["unread"], called["needs_human"], called["last_message"]["service"]) == (1, False, "missed-call")
        stays(lambda: not answering.endpoint.all("send"), 1, "the bot has nothing to say")

    @pytest.mark.once
    def test_a_picture_of_three_megabytes_is_stored(self, channel):
        picture = channel.customer().message("/9j/" * (1 << 20), type="image", mimetype="image/jpeg", caption="Такой диван")
        assert channel.deliver(picture) == 200
        channel.shows("Такой диван")

    def test_requests_of_one_profile_never_overlap(self, channel):
        """Sends, looks of people, repairs and another process: one at a time, whoever makes them."""
        profile = channel.endpoint
        profile.script("status", *(slow(0.15) for _ in range(20)))
        with ThreadPoolExecutor(8) as pool:
            jobs = [pool.submit(ask) for ask in [channel.test, channel.connect, channel.test, channel.connect]]
            place, owner = channel.account.place, channel.account.name
            jobs += [pool.submit(place.cli, "channel", "test", "--account", owner, channel.id, "--json", "--egress-allow", "127.0.0.0/8",
                                 "--public-url", channel.account.server.url) for _ in range(3)]
            customer = channel.customer()
            channel.say(customer, "Алло")
            channel.reply("Слушаю")
            for job in jobs:
                job.result()
        profile.wait(1)
        assert len(profile.all("status")) >= 7 and profile.most_at_once == 1, profile.most_at_once

    @pytest.mark.once
    def test_a_wrong_token_is_told(self, quiet):
        channel = Channel(quiet, self.fake.profile(), {"api_base": self.fake.url, "token": "wrong", "profile_id": "4c1d77a2-9e05"}, connect=False)
        for result in (channel.test(), channel.connect()):
            assert not result["ok"] and "token" in result["problem"], result


class TestSigningIn:
    """A Wappi account is signed in here: by QR code, or by number and codes."""

    @pytest.fixture
    def signed_out(self, quiet, wappi_api):
        def make(platform="whatsapp", password=None) -> Attempt:
            profile = wappi_api.profile(platform)
            profile.sign_out()
            profile.cloud_password = password
            return Attempt(Channel(quiet, profile, {"api_base": wappi_api.url, "token": profile.token, "profile_id": profile.id}, connect=False))
        return make

    @pytest.mark.parametrize("platform", ["whatsapp", "telegram", "max"])
    def test_a_scanned_picture_connects_the_channel(self, signed_out, platform):
        attempt = signed_out(platform)
        profile, channel = attempt.profile, attempt.channel
        # Connecting finds out which messenger the profile belongs to.
        for told in (channel.connect(), channel.test()):
            assert not told["ok"] and told["code"] == "signed-out", told
        view = attempt.begin("picture").ok()
        assert view["state"] == "picture" and base64.b64decode(view["picture"].removeprefix("data:image/png;base64,")) == PICTURE
        assert attempt.until("waiting")["state"] == "waiting"
        profile.scan()
        assert attempt.until("signed-in")["attempt"] == view["attempt"]
        attempt.look().problem(404, "not_found")
        assert profile.url == f"{channel.url}?key={key(profile)}", "it is subscribed at once"
        shown = channel.show()
        assert shown["state"] == "active" and shown["health"]["state"] == "healthy" and not shown.get("problem"), shown
        channel.say(channel.customer(), "Работает?")
        channel.shows("Работает?")

    def test_codes_and_passwords_are_passed_on_and_kept_nowhere(self, signed_out):
        attempt = signed_out("telegram", password="облако-7741902")
        profile, server = attempt.profile, attempt.channel.account.server
        profile.login_code = "90817263"
        view = attempt.begin("phone", "+7 701 000 00 01").ok()
        assert (view["state"], view["question"]) == ("asks", "code")
        wrong = attempt.answer("11111").ok()
        assert (wrong["state"], wrong["question"]) == ("asks", "code") and "wrong" in wrong["reason"]["en"]
        view = attempt.answer(" 90817263 ").ok()
        assert (view["state"], view["question"]) == ("asks", "password") and not view.get("reason")
        assert attempt.answer("облако-7741902").ok()["state"] == "signed-in" and profile.authorized
        assert [call.parameters.get("auth_code") for call in profile.all("code")] == ["11111", "90817263"]
        for secret in ("90817263", "облако-7741902"):
            assert secret.encode() not in server.logs()
            assert not any(secret.encode() in path.read_bytes() for path in server.place.data.rglob("*") if path.is_file()), "kept"
        actions = [entry["action"] for entry in attempt.channel.account.owner.items("/api/v1/audit")]
        assert {"channel.risk-accepted", "channel.sign-in-begun", "channel.sign-in-answered", "channel.signed-in"} <= set(actions)

    @pytest.mark.once
    def test_a_pairing_code_is_shown_and_entered_on_the_phone(self, signed_out):
        attempt = signed_out()
        view = attempt.begin("phone", "8 701 000-00-01").ok()
        assert (view["state"], view["code"]) == ("code", attempt.profile.pairing_code)
        assert attempt.profile.all("pairing")[0].parameters["phone"] == "77010000001"
        attempt.profile.sign_in()
        attempt.until("signed-in")

    @pytest.mark.once
    def test_a_password_after_the_picture(self, signed_out):
        attempt = signed_out("max", password="secret-cloud")
        attempt.begin("picture").ok()
        attempt.profile.scan()
        asked = attempt.until("asks", timeout=40)
        assert asked["question"] == "password"
        assert attempt.answer("secret-cloud").ok()["state"] == "signed-in"

    @pytest.mark.once
    def test_nobody_guesses_a_code(self, signed_out):
        attempt = signed_out("telegram")
        attempt.begin("phone", "77010000001").ok()
        states = [attempt.answer(f"{number:05}").ok()["state"] for number in range(5)]
        assert states == ["asks"] * 4 + ["failed"], states
        attempt.answer("12345").problem(404, "not_found")
        assert len(attempt.profile.all("code")) == 5 and not attempt.profile.authorized

    @pytest.mark.once
    def test_what_cannot_be_is_refused(self, signed_out, quiet, telegram_api):
        attempt = signed_out("max")
        attempt.look().problem(404, "not_found")
        failed = attempt.begin("phone", "77010000001").ok()
        assert failed["state"] == "failed" and "QR" in failed["reason"]["en"]
        assert attempt.begin("phone", "12").ok()["state"] == "failed"
        attempt.begin("dream").problem(422, "invalid")
        attempt.begin("picture").ok()
        attempt.answer("").problem(422, "invalid")
        attempt.answer("x" * 257).problem(422, "invalid")
        attempt.answer("1", attempt=str(uuid.uuid4())).problem(409, "conflict")
        bot = quiet.telegram(telegram_api.bot(), telegram_api)
        quiet.owner.post(f"/api/v1/channels/{bot.id}/sign-in", {"method": "picture"}).problem(422, "invalid")
        operator = quiet.invite("operator", f"Оператор {uuid.uuid4().hex[:6]}")
        operator.post(f"/api/v1/channels/{attempt.channel.id}/sign-in", {"method": "picture"}).problem(403, "forbidden")

    @pytest.mark.once
    def test_the_risk_is_accepted_by_somebody_or_nothing_is_connected(self, quiet, wappi_api):
        profile = wappi_api.profile()
        wish = {"kind": "wappi", "name": "Wappi", "settings": {"api_base": wappi_api.url, "token": profile.token, "profile_id": profile.id}}
        for given in ({}, {"risk_accepted": False}, {"risk_accepted": None}):
            assert quiet.owner.post("/api/v1/channels", {**wish, **given}).problem(422, "invalid")["errors"][0]["field"] == "risk_accepted"
        made = quiet.owner.post("/api/v1/channels", {**wish, "risk_accepted": True}).ok(201)
        entry = next(entry for entry in quiet.owner.items("/api/v1/audit") if entry["action"] == "channel.risk-accepted" and made["id"] in entry["object"])
        assert entry["actor"] and entry["at"], entry


class Attempt:
    """Somebody signs the account of a channel in."""

    def __init__(self, channel: Channel):
        self.channel, self.profile = channel, channel.endpoint
        self.path, self.owner, self.id = f"/api/v1/channels/{channel.id}/sign-in", channel.account.owner, None

    def begin(self, method: str, phone: str | None = None):
        answer = self.owner.post(self.path, {"method": method, **({"phone": phone} if phone else {})})
        if answer.status == 200:
            self.id = answer.ok()["attempt"]
        return answer

    def look(self):
        return self.owner.get(self.path)

    def answer(self, text: str, attempt: str | None = None):
        return self.owner.post(self.path + "/answer", {"attempt": attempt or self.id, "answer": text})

    def until(self, state: str, timeout: float = 15) -> dict:
        """Looks as a browser does."""
        def found():
            view = self.look().ok()
            return view["state"] == state and view
        return wait_until(found, timeout, f"it is {state}")
