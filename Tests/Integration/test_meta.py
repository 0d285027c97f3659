"""Facebook Messenger and Instagram: the channel contract for both, then signatures, batches, tokens and windows."""
import base64
import hashlib
import hmac
import itertools
import json
import urllib.parse

import pytest

from fakes.graph_api import App, error
from fakes.provider import Delivery, Undeliverable
from harness.channels import Channel
from harness.contract import ChannelContract
from harness.waiting import stays, wait_until


class MetaContract(ChannelContract):
    api = "graph_api"
    lookup = "conversations"
    kind: str

    def endpoint(self):
        return self.fake.account(self.kind)

    def settings(self, account):
        return {"access_token": account.token, "app_secret": account.app.secret, "app_id": account.app.id}

    def secrets(self, account):
        return [*account.issued, account.app.secret, account.webhook["verify_token"]]

    def genuine(self, account, content):
        return account.delivery({}).altered(content=content).with_headers(X_Hub_Signature_256=account.app.signature(content))

    def edit_time(self):
        return {}

    def refusal(self, account):
        return account.blocked(), "unreachable"

    def typed_elsewhere(self, account, customer, text):
        return account.typed_in_inbox(customer, text)

    def forgeries(self, channel, other, update):
        app, genuine = channel.endpoint.app, channel.endpoint.delivery(update)
        content, right = genuine.content, app.signature(genuine.content)
        code = right.removeprefix("sha256=")
        first = "0" if code[0] != "0" else "1"

        def signed(signature: str | None) -> Delivery:
            return genuine.with_headers(X_Hub_Signature_256=signature)

        def keyed(key: str) -> Delivery:
            return signed(app.signature(content, key))

        def changed(body: bytes) -> Delivery:
            return genuine.altered(content=body)

        sha1 = hmac.new(app.secret.encode(), content, hashlib.sha1).hexdigest()
        return {
            "missing": signed(None), "empty": signed(""), "the prefix alone": signed("sha256="), "without the prefix": signed(code),
            "upper-case prefix": signed("SHA256=" + code), "another prefix": signed("sha512=" + code), "upper-case digits": signed("sha256=" + code.upper()),
            "truncated": signed(right[:-2]), "longer": signed(right + "00"), "another first digit": signed("sha256=" + first + code[1:]), "twice": signed(f"{right},{right}"),
            "base64": signed("sha256=" + base64.b64encode(bytes.fromhex(code)).decode()), "SHA-1": signed("sha1=" + sha1),
            "the old header": signed(None).with_headers(X_Hub_Signature="sha1=" + sha1), "no key": keyed(""), "another app's key": keyed(other.endpoint.app.secret),
            "the token as key": keyed(channel.endpoint.token), "the verify token as key": keyed(channel.endpoint.webhook["verify_token"]),
            "a hash without a key": signed("sha256=" + hashlib.sha256(content).hexdigest()), "of other bytes": signed(app.signature(b"{}")),
            "changed after signing": changed(content.replace(b'"text":"', b'"text":"!')), "unescaped": changed(json.dumps(json.loads(content), ensure_ascii=False, separators=(",", ":")).encode()),
            "with spaces": changed(json.dumps(json.loads(content)).encode()), "with a byte order mark": changed(b"\xef\xbb\xbf" + content), "with a line end": changed(content + b"\n"),
        }

    def strange(self, account):
        customer = account.customer()
        return {
            "unknown kind": customer.event(dream={"a": [None]}), "another account's": {**customer.message("чужое"), "recipient": {"id": "4711"}},
            "an opt-in": customer.event(optin={"type": "notification_messages"}), "handover": customer.event(take_thread_control={"new_owner_app_id": "1"}),
            "a message without an id": customer.event(message={"text": "x"}), "nobody": {"timestamp": 1, "message": {"mid": "m", "text": "x"}},
        }

    def test_meta_proves_the_address_before_it_delivers(self, channel):
        """A-37."""
        account = channel.endpoint
        token = account.webhook["verify_token"]
        assert len(token) >= 22 and {"messages", "messaging_postbacks"} <= set(account.fields)
        assert account.app.handshake(channel.url, token) == (200, "text/plain; charset=utf-8", "")
        for wrong in ("", token[:-1], token + "a", token.swapcase(), account.app.secret):
            assert account.app.handshake(channel.url, wrong)[0] in (401, 403, 404), wrong
        client = channel.account.server.client()
        for query in (f"hub.mode=subscribe&hub.challenge=<script>alert(1)</script>&hub.verify_token={token}", f"hub.mode=unsubscribe&hub.challenge=1&hub.verify_token={token}",
                      f"hub.challenge=1&hub.verify_token={token}", f"hub.mode=subscribe&hub.verify_token={token}"):
            assert client.get(f"{channel.path}?{query}").status in (400, 401, 403, 404), query

    def test_a_batch_is_taken_apart(self, channel):
        """Up to a thousand updates come at once, of several people, and again when one of them was not acknowledged."""
        account = channel.endpoint
        people = [account.customer() for _ in range(5)]
        items = [person.message(f"{index}.{number}") for number in range(8) for index, person in enumerate(people)]
        body = account.batch(items)
        assert account.signed(body).post() == account.signed(body).post() == 200

        def all_there():
            found = sorted([m["text"] for m in channel.account.shown(c["id"])] for c in channel.conversations())
            return found == [[f"{index}.{number}" for number in range(8)] for index in range(5)]
        wait_until(all_there, what="each person's eight messages, in order")

    @pytest.mark.once
    def test_what_is_not_for_the_inbox_leaves_nothing(self, channel):
        account, customer = channel.endpoint, channel.customer()
        said, other = customer.message("x"), "instagram" if account.object == "page" else "page"
        sample = {"field": "messages", "value": {"sender": {"id": "12334"}, "recipient": {"id": "23245"}, "timestamp": "1527459824", "message": {"mid": "random_mid", "text": "random_text"}}}
        bodies = [{"object": account.object, "entry": [{"id": account.id, "time": 1, "standby": [said]}]}, {"object": account.object, "entry": [{"id": "0", "time": 1, "changes": [sample]}]},
                  {"object": other, "entry": [{"id": account.id, "time": 1, "messaging": [said]}]}, {"object": account.object, "entry": []}]
        for body in bodies:
            assert account.signed(body).post() == 200, body
        channel.say(customer, "Настоящее")
        channel.shows("Настоящее")

    def test_a_button_and_an_advertisement_are_shown(self, channel):
        customer = channel.customer()
        update = customer.press("GET_STARTED")
        assert channel.deliver(update) == channel.deliver(update) == 200
        advertised = customer.message("Цена?", referral={"ref": "may_promo", "ad_id": "6302572858686", "source": "ADS", "type": "OPEN_THREAD"})
        assert channel.deliver(advertised) == 200
        channel.shows("Начать", "Цена?")
        ad = {"source": "ad", "reference": "6302572858686", "campaign": "may_promo", "title": None, "url": None}
        assert [m["referral"] for m in channel.shown()] == [None, ad] and channel.conversations()[0]["referral"] == ad

    ERRORS = [
        ("window", lambda a: a.window_closed(), "failed", "window-closed"), ("nobody", lambda a: error(400, 100, "(#100) No matching user found", 2_018_001), "failed", "unknown-contact"),
        ("odd text", lambda a: error(400, 100, "(#100) Invalid parameter"), "failed", "content-refused"), ("unknown", lambda a: error(500, 1, "An unknown error occurred"), "uncertain", "outcome-unknown"),
        ("odd answer", lambda a: error(400, 1, "Invalid JSON reply", 1_357_046), "uncertain", "outcome-unknown"),
        ("error in a success", lambda a: error(200, 100, "(#100) No matching user found", 2_018_001), "failed", "unknown-contact"),
    ]

    @pytest.mark.once
    def test_errors_mean_what_metas_table_says(self, quiet):
        channels = []
        for name, behaviour, status, code in self.ERRORS:
            channel = self.connect(quiet)
            channel.say(channel.customer(), name)
            channel.endpoint.script("send", behaviour(channel.endpoint))
            channel.reply("Ответ")
            channels.append((channel, name, status, code))
        for channel, name, status, code in channels:
            message = channel.last(status)
            assert message["failure"]["code"] == code, f"{name}: {message}"
            assert len(channel.endpoint.all("send")) == 1 and not channel.endpoint.sent(), name

    @pytest.mark.once
    @pytest.mark.parametrize("code", [10, 200, 102])
    def test_a_missing_permission_is_the_owners_to_mend(self, open_channel, code):
        open_channel.endpoint.script("send", error(403, code, "(#%d) Requires permission" % code))
        open_channel.reply("Минуту")
        wait_until(lambda: open_channel.show()["state"] == "failed", what="the channel has failed")
        assert open_channel.show()["problem"] and open_channel.shown()[-1]["status"] == "queued"

    @pytest.mark.once
    def test_an_app_that_meta_unsubscribed_is_noticed_and_connects_again(self, channel):
        channel.change(state="paused")
        with pytest.raises(Undeliverable):
            channel.endpoint.deliver_until_accepted(channel.customer().message("Алло?"), clock=1e-6)
        channel.change(state="active")
        assert not channel.test()["ok"]
        assert channel.connect()["ok"] and channel.test()["ok"]

    @pytest.mark.once
    def test_fields_that_meta_does_not_know_are_left_out(self, quiet):
        channel = self.connect(quiet, connect=False)
        account = channel.endpoint
        account.script("subscribe", error(400, 100, '(#100) Param subscribed_fields[2] must be one of {messages, messaging_postbacks, message_reactions} - got "x".'))
        assert channel.connect()["ok"]
        assert account.fields == ["messages", "messaging_postbacks", "message_reactions"], account.fields

    @pytest.mark.once
    def test_a_wrong_app_or_token_is_told(self, quiet):
        account = self.endpoint()
        for wrong, word in (({"app_secret": "wrong"}, "app"), ({"access_token": "EAAGwrong"}, "token")):
            channel = Channel(quiet, account, {"api_base": self.fake.url, **self.settings(account), **wrong}, connect=False)
            result = channel.connect()
            assert not result["ok"] and word in result["problem"].lower(), result


class TestOneAppForAll:
    """An app has one address for all its Pages and Instagram accounts."""

    @pytest.fixture
    def app(self, graph_api, quiet):
        app = App()

        def connect(kind, account=quiet, **settings):
            endpoint = graph_api.account(kind, app)
            return Channel(account, endpoint, {"api_base": graph_api.url, "access_token": endpoint.token, "app_secret": app.secret, "app_id": app.id, **settings})
        app.connect = connect
        return app

    @staticmethod
    def batch(*items):
        """One delivery with entries of several accounts of one kind."""
        first = items[0][0].endpoint
        body = first.batch([])
        for channel, update in items:
            body["entry"] += channel.endpoint.batch([update])["entry"]
        return first.signed(body)

    def test_each_page_has_its_own_conversations(self, app):
        first, second, instagram = app.connect("facebook"), app.connect("facebook"), app.connect("instagram")
        assert first.path == second.path == instagram.path
        assert sorted(second.show()["shared_with"]) == sorted([first.made["name"], instagram.made["name"]])
        assert app.callbacks["page"]["url"] == app.callbacks["instagram"]["url"] == first.url
        aigul, boris, dana = first.customer(), second.customer(), instagram.customer()
        both = self.batch((first, aigul.message("Первой странице")), (second, boris.message("Второй странице")), (first, aigul.message("И ещё")))
        assert [both.post() for _ in range(3)] == [200, 200, 200]
        assert instagram.deliver(dana.message("Аккаунту")) == 200
        first.shows("Первой странице", "И ещё")
        second.shows("Второй странице")
        instagram.shows("Аккаунту")
        for channel in (first, second, instagram):
            channel.reply("Ответ")
            [sent] = channel.endpoint.wait(1)
            assert sent["text"] == "Ответ"

    def test_the_address_outlives_the_channel_it_was_made_for(self, app, quiet):
        first, second = app.connect("facebook"), app.connect("facebook")
        quiet.owner.delete(f"/api/v1/channels/{first.id}").ok(204)
        second.say(second.customer(), "Вы ещё здесь?")
        second.shows("Вы ещё здесь?")
        assert second.show()["shared_with"] == []
        assert app.handshake(second.url, app.callbacks["page"]["verify_token"])[0] == 200

    def test_a_page_that_nobody_connected_is_acknowledged_and_not_stored(self, app, graph_api):
        channel, nobody = app.connect("facebook"), graph_api.account("facebook", app)
        stranger = nobody.signed(nobody.batch([nobody.customer().message("Никому")]))
        before = skipped(channel)
        assert stranger.post() == 200
        assert skipped(channel) == before + 1
        channel.say(channel.customer(), "Своей странице")
        channel.shows("Своей странице")
        assert len(channel.conversations()) == 1

    def test_another_accounts_page_of_the_same_app_hears_nothing(self, app, account):
        mine = app.connect("facebook")
        theirs = app.connect("facebook", account)
        assert theirs.path != mine.path
        update = theirs.customer().message("Чужое")
        body = theirs.endpoint.batch([update])
        content = json.dumps(body).encode()
        stray = Delivery.of(mine.url, body, ascii_only=True).altered(content=content).with_headers(X_Hub_Signature_256=app.signature(content))
        assert stray.post() == 200
        stays(lambda: not mine.conversations() and not theirs.conversations(), 0.5, "the other account's event went nowhere")


    def test_a_person_who_wants_their_data_deleted_sees_what_became_of_it(self, app, quiet):
        channel = app.connect("facebook")
        customer = channel.customer()
        channel.say(customer, "Здравствуйте")
        channel.shows("Здравствуйте")
        client = quiet.server.client()
        form = app.signed_request(customer.id)

        def post(body, path="data-deletion"):
            return client.post(f"{channel.path}/{path}", raw=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
        assert post(app.signed_request(customer.id, App().secret)).status == 401
        answer = post(form).ok()
        assert post(form).ok() == answer
        page = urllib.parse.urlsplit(answer["url"]).path
        assert page.endswith(answer["confirmation_code"])
        shown = client.get(page + "?lang=ru")
        assert shown.status == 200 and "Ещё не сделано" in shown.text and customer.id not in shown.text
        assert "script-src" not in shown.headers["content-security-policy"] and "default-src 'none'" in shown.headers["content-security-policy"]
        [request] = [r for r in quiet.owner.get("/api/v1/erasures").ok()["items"] if r["channel_id"] == channel.id]
        assert request["settled_at"] is None and request["removed"] >= 1
        quiet.owner.post(f"/api/v1/erasures/{request['id']}/settle").ok(204)
        assert "компания сообщила" in client.get(page + "?lang=ru").text
        assert client.get("/data-deletion/" + "0" * 32).status == 404

    def test_an_app_that_lost_its_rights_asks_to_be_connected_again(self, app, quiet):
        channels = [app.connect("facebook"), app.connect("instagram")]
        client = quiet.server.client()
        answer = client.post(f"{channels[0].path}/deauthorize", raw=app.signed_request("218471"), headers={"Content-Type": "application/x-www-form-urlencoded"})
        assert answer.status == 200
        for channel in channels:
            shown = channel.show()
            assert shown["state"] == "failed" and [n["code"] for n in shown["health"]["notices"]] == ["deauthorized"]


def skipped(channel) -> float:
    """How many events the server has acknowledged for addresses that nobody connected."""
    lines = channel.account.server.client().get("/metrics").text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("sevensales_webhook_skipped_events_total") and 'reason="unclaimed"' in line)


class TestFacebook(MetaContract):
    kind = "facebook"
    text_limit = 2000
    changes = ("edit",)

    def test_our_messages_carry_the_mark_by_which_they_are_known(self, open_channel):
        made = open_channel.reply("С пометкой")
        [sent] = open_channel.endpoint.wait(1)
        assert sent["metadata"] == f"7s:{made['id']}" and sent["kind"] == "RESPONSE" and sent["tag"] is None

    @pytest.mark.once
    def test_receipts_by_id_and_by_moment_only_rise(self, quiet):
        for order in itertools.permutations(("delivered", "read")):
            channel = self.connect(quiet)
            account, customer = channel.endpoint, channel.customer()
            channel.say(customer, "Есть?")
            for text in ("Есть", "Два цвета"):
                channel.reply(text)
            first, second = account.wait(2)
            channel.last("sent")
            receipts = {"delivered": account.delivered(customer, [first["id"], second["id"]]), "read": account.event(customer, read={"watermark": int(2e12)})}
            for name in (*order, order[0]):
                assert channel.deliver(receipts[name]) == 200
            wait_until(lambda: [m["status"] for m in channel.shown()] == ["received", "read", "read"], what=f"{order}: both are read")

    @pytest.mark.once
    def test_one_receipt_for_several_messages_counts_for_each(self, open_channel):
        account = open_channel.endpoint
        customer = next(iter(account.people.values()))
        for text in ("Раз", "Два", "Три"):
            open_channel.reply(text)
        sent = account.wait(3)
        open_channel.last("sent")
        assert open_channel.deliver(account.delivered(customer, [s["id"] for s in sent])) == 200
        wait_until(lambda: [m["status"] for m in open_channel.shown()][1:] == ["delivered"] * 3, what="all three are delivered")


class TestInstagram(MetaContract):
    kind = "instagram"
    text_limit = 1000

    @staticmethod
    def size(text):
        return len(text.encode())

    @pytest.mark.once
    def test_connecting_renews_the_token_once(self, channel):
        assert len(channel.endpoint.all("renew")) == 1

    def test_a_token_is_renewed_and_the_renewed_one_used(self, quiet):
        channel = self.connect(quiet)
        account = channel.endpoint
        renewed = account.all("renew")[-1].result["access_token"]
        account.expire_token()
        channel.say(channel.customer(), "Есть?")
        channel.reply("Есть")
        account.wait(1)
        assert [call.headers["authorization"] for call in account.all("send")] == [f"Bearer {renewed}"]
        assert channel.test()["ok"], "the entered token has expired, the renewed one has not"
        account.expire_token(renewed)
        assert not channel.test()["ok"], "an expired token cannot be renewed"

    @pytest.mark.once
    def test_a_token_of_less_than_a_day_is_used_as_it_is(self, quiet):
        account = self.endpoint()
        account.issued[account.token] += 2 * 86_400 - 60
        channel = Channel(quiet, account, {"api_base": self.fake.url, **self.settings(account)})
        assert [call.status for call in account.all("renew")][:1] == [400]
        channel.say(channel.customer(), "Есть?")
        channel.reply("Есть")
        account.wait(1)

    @pytest.mark.once
    def test_a_dead_renewed_token_falls_back_to_the_entered_one(self, open_channel):
        account = open_channel.endpoint
        account.expire_token(account.all("renew")[-1].result["access_token"])
        open_channel.reply("Есть")
        open_channel.last("sent")
        assert [call.status for call in account.all("send")] == [400, 200] and len(account.sent()) == 1

    @pytest.mark.once
    def test_either_of_two_secrets_signs(self, quiet):
        """Meta does not say whether its app's or Instagram's own secret signs."""
        account = self.endpoint()
        channel = Channel(quiet, account, {"api_base": self.fake.url, **self.settings(account), "instagram_app_secret": account.app.instagram_secret})
        customer = channel.customer()
        for number, key in enumerate((account.app.secret, account.app.instagram_secret)):
            assert account.signed(account.batch([customer.message(f"Секрет {number}")]), key).post() == 200
        assert account.signed(account.batch([customer.message("Чужой секрет")]), App().secret).post() == 401
        channel.shows("Секрет 0", "Секрет 1")

    @pytest.mark.once
    def test_an_empty_second_secret_opens_nothing(self, quiet):
        """A-34: the field is optional, and forms send it empty."""
        account = self.endpoint()
        channel = Channel(quiet, account, {"api_base": self.fake.url, **self.settings(account), "instagram_app_secret": ""})
        assert account.signed(account.batch([channel.customer().message("Без ключа")]), "").post() == 401
        channel.say(channel.customer(), "С ключом")
        channel.shows("С ключом")

    @pytest.mark.once
    def test_read_receipts_name_one_message(self, open_channel):
        account = open_channel.endpoint
        customer = next(iter(account.people.values()))
        open_channel.reply("Прочтите")
        [sent] = account.wait(1)
        assert open_channel.deliver(account.read(customer, sent["id"])) == 200
        open_channel.last("read")

    @pytest.mark.once
    def test_through_its_page_an_account_is_connected_the_same(self, quiet):
        account = self.fake.account("instagram", through_page=True)
        channel = Channel(quiet, account, {"api_base": self.fake.url, **self.settings(account), "through_page": "true"})
        assert "messaging_seen" not in account.fields, "the Page's edge refuses it"
        channel.say(channel.customer(), "Через страницу")
        channel.reply("Видим")
        [sent] = account.wait(1)
        assert sent["kind"] == "RESPONSE"
        channel.shows("Через страницу", "Видим")

    @pytest.mark.once
    def test_a_story_and_its_picture_are_shown_as_a_link(self, channel):
        story = {"story": {"id": "17912345678901234", "url": "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1"}}
        assert channel.deliver(channel.customer().message("Цена?", reply_to=story)) == 200
        [message] = channel.shown()
        assert message["text"] == "Цена?" and [a["kind"] for a in message["attachments"]] == ["link"]
        assert (message["referral"]["source"], message["referral"]["reference"]) == ("story", "17912345678901234")
        assert channel.conversations()[0]["referral"] is None, "a story is what one message is about"
        stays(lambda: not channel.endpoint.all("send"), 0.3, "nobody answered")
