"""An Avito account: the channel contract, then tokens, tariffs and what only Avito has."""
import time
from urllib.parse import quote

import pytest

from fakes.avito_api import DAY, STUB
from harness.channels import Channel
from harness.contract import ChannelContract, wrong_secrets
from harness.waiting import stays, wait_until


def key(endpoint) -> str:
    return endpoint.webhook["url"].split("?key=", 1)[1]


class TestAvito(ChannelContract):
    api = "avito_api"
    text_limit = 1000
    # There are neither edits nor read marks in the webhook.
    changes = ("delete",)
    counts_seconds = True

    def endpoint(self):
        return self.fake.seller()

    def settings(self, seller):
        return {"client_id": seller.client_id, "client_secret": seller.client_secret}

    def secrets(self, seller):
        return [seller.client_secret, key(seller), *seller.tokens]

    def genuine(self, seller, content):
        return seller.delivery({}).altered(content=content)

    def forgeries(self, channel, other, update):
        """Avito documents no signature: the key in the address is all there is."""
        genuine, right = channel.endpoint.delivery(update), key(channel.endpoint)
        bare = genuine.altered(url=channel.url)
        return {
            **{name: genuine.altered(url=f"{channel.url}?key={quote(wrong, safe='')}") for name, wrong in wrong_secrets(right, key(other.endpoint)).items()},
            "missing": bare, "in a header": bare.with_headers(Authorization=f"Bearer {right}", Key=right), "by another name": bare.altered(url=f"{channel.url}?Key={right}"),
            "as a list": bare.altered(url=f"{channel.url}?key[]={right}"), "in the path": bare.altered(url=f"{channel.url}/{right}"),
        }

    def typed_elsewhere(self, seller, customer, text):
        return seller.envelope(seller.add(customer.chat, seller.id, "text", {"text": text}), seller.chats[customer.chat])

    def strange(self, seller):
        customer, service = seller.customer(), type(seller.customer())(seller, kind="a2u")
        seen = customer.message("x")
        return {
            "Avito's own chat": service.message("Ваше объявление одобрено"), "unknown kind": {**seen, "payload": {"type": "chat_read", "value": {}}},
            "a ping": {}, "a null": {**seen, "payload": None},
        }

    def test_only_the_current_address_stays_registered(self, channel):
        """Avito goes on delivering to every address it was ever given."""
        seller = channel.endpoint
        assert seller.webhooks == [f"{channel.url}?key={key(seller)}"] and len(key(seller)) >= 22
        foreign = "https://crm.example.ru/avito"
        seller.webhooks[:] = [foreign, f"{channel.url}?key=outdated", *seller.webhooks]
        assert channel.connect()["ok"]
        assert seller.webhooks == [foreign, f"{channel.url}?key={key(seller)}"], "ours is replaced, another program's is left alone"
        assert seller.ping() == 200, "how Avito tries an address"

    @pytest.mark.once
    @pytest.mark.parametrize("status", [403, 401])
    def test_an_expired_token_is_replaced_and_the_message_sent_once(self, open_channel, status):
        seller = open_channel.endpoint
        open_channel.reply("Да, ещё продаём")
        open_channel.last("sent")
        before = len(seller.all("token"))
        if status == 403:
            seller.expire_tokens()
        else:
            seller.tokens.clear()
            self.fake.sellers[seller.client_id] = seller
        open_channel.reply("Торг уместен")
        open_channel.last("sent")
        assert [s["text"] for s in seller.sent()] == ["Да, ещё продаём", "Торг уместен"]
        assert len(seller.all("token")) == before + 1, "one new token"

    @pytest.mark.once
    def test_one_token_serves_a_day(self, open_channel):
        seller = open_channel.endpoint
        for number in range(3):
            open_channel.reply(f"Ответ {number}")
        seller.wait(3)
        assert len(seller.all("token")) == 1, "connecting got the only one"
        [grant] = seller.all("token")
        assert grant.result["expires_in"] == DAY and "authorization" not in grant.headers

    @pytest.mark.once
    def test_keys_that_were_revoked_fail_the_channel_until_new_ones_come(self, quiet, open_channel):
        seller = open_channel.endpoint
        good = seller.client_secret
        seller.client_secret = "another now"
        seller.expire_tokens()
        open_channel.reply("Сейчас проверю")
        wait_until(lambda: open_channel.show()["state"] == "failed", what="the channel has failed")
        assert "keys" in open_channel.show()["problem"] and open_channel.shown()[-1]["status"] == "queued" and not seller.sent()
        seller.client_secret = good
        assert open_channel.test()["ok"], "the keys are good again"

    # The same by another name: a token has no life of its own here.
    test_a_revoked_token_fails_the_channel_and_keeps_the_message = None

    @pytest.mark.once
    def test_wrong_keys_are_told(self, quiet):
        seller = self.endpoint()
        channel = Channel(quiet, seller, {"api_base": self.fake.url, "client_id": seller.client_id, "client_secret": "wrong"}, connect=False)
        for result in (channel.test(), channel.connect()):
            assert not result["ok"] and "keys" in result["problem"], result
        assert seller.webhooks == []

    @pytest.mark.once
    def test_a_customer_who_cannot_be_reached_is_said_so(self, open_channel):
        """Avito says 403 for a chat that is closed as for a token that ran out: it is asked for a new token, then whether chats can be listed."""
        seller = open_channel.endpoint
        next(iter(seller.chats.values()))["blocked"] = True
        before = len(seller.calls)
        open_channel.reply("Ждём вас")
        assert open_channel.last("failed")["failure"]["code"] == "blocked"
        assert open_channel.show()["state"] == "active"
        made = [call.name for call in seller.calls[before:]]
        assert [name for name in made if name in ("send", "token")] == ["send", "token", "send"] and made[-1] == "chats", made

    @pytest.mark.once
    def test_a_tariff_without_the_api_stops_the_channel_for_a_while_and_says_so(self, open_channel):
        seller = open_channel.endpoint
        seller.paid = False
        result = open_channel.test()
        assert not result["ok"] and "tariff" in result["problem"], result
        open_channel.reply("Есть в наличии")
        wait_until(lambda: seller.all("send"), what="the refused call")
        stays(lambda: len(seller.all("send")) == 1 and not seller.sent(), 1.5, "it waits for an hour")
        assert open_channel.shown()[-1]["status"] in ("queued", "sending")

    @pytest.mark.once
    def test_the_text_in_place_of_hidden_chats_is_no_message(self, channel):
        customer = channel.customer()
        assert channel.deliver(customer.message(STUB)) == 200
        channel.say(channel.customer(), "Здравствуйте")
        channel.shows("Здравствуйте")

    @pytest.mark.once
    def test_avitos_own_words_are_no_customers(self, answering):
        """Nobody answers a listing card, a system message or a missed call; people see them."""
        customer = answering.customer()
        said, called = customer.system("Покупатель открыл телефон"), customer.message(kind="call", content={"call": {"status": "missed"}})
        card = customer.message(kind="item", content={"item": {"title": "Диван «Осло»", "item_url": "https://avito.ru/1", "price_string": "189 000 ₸"}})
        # Most chats begin with cards and hold nothing else: only the call makes a conversation.
        for update in (card, called, said):
            assert answering.deliver(update) == 200
        lines = lambda: [m for m in answering.account.messages(answering.conversation()) if m["kind"] == "service"]
        wait_until(lambda: len(lines()) == 2, what="two lines")
        assert [(m["service"], m["text"], m["direction"], m["author"]["type"]) for m in lines()] == [
            ("missed-call", "", "internal", "system"), ("notice", "Покупатель открыл телефон", "internal", "system")]
        card["id"] = card["payload"]["value"]["id"] = "another-card"
        assert answering.deliver(card) == 200
        shown = wait_until(lambda: len(lines()) == 3 and lines()[2], what="the card")
        [link] = shown["attachments"]
        assert (shown["service"], link["kind"], link["note"], link["url"]) == ("card", "link", "Диван «Осло», 189 000 ₸", "https://avito.ru/1")
        listed = answering.conversations()[0]
        assert (listed["unread"], listed["owner"], listed["last_message"]["service"]) == (1, "bot", "missed-call")
        stays(lambda: not answering.endpoint.all("send"), 1, "no answer")

    @pytest.mark.once
    def test_the_listing_stands_above_its_conversation(self, channel):
        """The webhook tells a number; what the listing is called comes with the buyer's name, for each of their chats."""
        customer = channel.customer()
        channel.say(customer, "Ещё продаёте?")
        conversation = channel.conversation()
        shown = lambda: channel.account.show(conversation)["referral"]
        listing = wait_until(lambda: (found := shown()) and found["title"] and found, what="the listing's name")
        assert listing == {"source": "listing", "reference": str(customer.item), "campaign": None, "title": "Диван «Осло», 189 000 ₸",
                           "url": f"https://avito.ru/item_{customer.item}"}
        channel.say(customer, "А торг?")
        wait_until(lambda: len(channel.shown()) == 2, what="both messages")
        assert shown() == listing and [m["referral"] for m in channel.shown()] == [None, None]

    @pytest.mark.once
    @pytest.mark.parametrize("content,kind", [
        ({"image": {"sizes": {"1280x960": "https://img.k.avito.ru/1280x960/50.jpg", "140x105": "https://img.k.avito.ru/140x105/50.jpg"}}}, "image"),
        ({"voice": {"voice_id": "a1b2c3d4"}}, "voice"), ({"location": {"kind": "street", "lat": 43.24, "lon": 76.89, "title": "Алматы", "text": "Абая, 10"}}, "location"),
        ({"link": {"text": "habr.com", "url": "habr.com", "preview": None}}, "link"), ({"video": {}}, "unsupported"),
    ], ids=["image", "voice", "location", "link", "video"])
    def test_every_kind_of_message_is_stored(self, channel, content, kind):
        customer = channel.customer()
        name = next(iter(content))
        assert channel.deliver(customer.message(kind=name, content={} if name == "video" else content)) == 200
        [message] = channel.shown()
        assert [a["kind"] for a in message["attachments"]] == [kind], message

    @pytest.mark.once
    def test_a_message_of_another_account_is_not_taken(self, channel):
        """After the keys were changed the old account may still deliver here: nobody could answer there."""
        update = channel.customer().message("Чужой вопрос")
        update["payload"]["value"]["user_id"] += 1
        assert channel.deliver(update) == 200
        channel.say(channel.customer(), "Свой вопрос")
        channel.shows("Свой вопрос")

    @pytest.mark.once
    def test_polling_reads_what_no_webhook_brought(self, quiet):
        seller = self.endpoint()
        channel = Channel(quiet, seller, {"api_base": self.fake.url, **self.settings(seller)}, mode="polling")
        # What was said before the first round is not news, and times are whole seconds.
        customer, soon = seller.customer(), int(time.time()) + 2
        for number in range(3):
            customer.message(f"Вопрос {number}", at=soon + number)
        channel.shows(*(f"Вопрос {number}" for number in range(3)), timeout=25)
        assert channel.account.conversation(customer.name), "the list of chats tells names"
