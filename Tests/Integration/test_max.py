"""A MAX bot: the channel contract, then what only MAX has."""
import pytest

from fakes.max_api import TYPES
from fakes.provider import Delivery, Undeliverable, cut_before, slow
from harness.channels import Channel
from harness.contract import ChannelContract, wrong_secrets
from harness.people import pretty
from harness.waiting import stays, wait_until


class TestMax(ChannelContract):
    api = "max_api"
    text_limit = 4000
    # A bot is told neither of its own messages nor of what people write in its name.
    test_our_own_messages_come_back_without_doubling = None
    test_a_person_who_answers_elsewhere_silences_the_bot = None

    def endpoint(self):
        return self.fake.bot()

    def settings(self, bot):
        return {"token": bot.token}

    def secrets(self, bot):
        return [bot.token, bot.webhook["secret"]]

    def genuine(self, bot, content):
        return bot.delivery({}).altered(content=content)

    def forgeries(self, channel, other, update):
        genuine, right = channel.endpoint.delivery(update), channel.endpoint.webhook["secret"]
        without = genuine.with_headers(X_Max_Bot_Api_Secret=None)
        return {
            **{name: genuine.with_headers(X_Max_Bot_Api_Secret=wrong) for name, wrong in wrong_secrets(right, other.endpoint.webhook["secret"]).items()},
            "missing": without, "the bot's token": genuine.with_headers(X_Max_Bot_Api_Secret=channel.endpoint.token),
            "another header": without.with_headers(Authorization=right), "Telegram's header": without.with_headers(X_Telegram_Bot_Api_Secret_Token=right),
            "in the address": without.altered(url=f"{without.url}?secret={right}&X-Max-Bot-Api-Secret={right}"),
        }

    def strange(self, bot):
        customer = bot.customer()
        group = {"sender": customer.user, "recipient": {"chat_id": -71, "chat_type": "chat"}, "timestamp": 1, "body": bot.body_of("в группе")}
        post = {"recipient": {"chat_id": -72, "chat_type": "channel"}, "timestamp": 1, "body": bot.body_of("пост")}
        own = {"sender": bot.user, "recipient": {"chat_id": customer.chat, "chat_type": "dialog", "user_id": customer.id}, "timestamp": 1, "body": bot.body_of("от бота")}
        return {
            "a group": customer.update("message_created", message=group), "a channel's post": customer.update("message_created", message=post),
            "a bot's message": customer.update("message_created", message=own), "unknown kind": customer.update("message_dreamt", dream={"a": [None]}),
            "no body": customer.update("message_created", message={"sender": customer.user, "recipient": {"chat_id": 1, "chat_type": "dialog"}, "body": None}),
            "muted": customer.update("dialog_muted", chat_id=customer.chat, user=customer.user, muted_until=1),
        }

    def test_the_subscription_asks_for_what_the_inbox_shows(self, channel):
        hook = channel.endpoint.webhook
        assert hook["url"] == channel.url and len(hook["secret"]) >= 32
        wanted = {"message_created", "message_edited", "message_removed", "message_callback", "bot_started", "bot_stopped"}
        assert wanted <= set(hook["update_types"]) <= TYPES

    @pytest.mark.once
    def test_a_bot_that_max_unsubscribed_is_noticed_and_connects_again(self, channel):
        """After eight hours of failures MAX stops delivering, and says nothing."""
        channel.change(state="paused")
        with pytest.raises(Undeliverable):
            channel.endpoint.deliver_until_accepted(channel.customer().message("Алло?"), clock=1e-6)
        channel.change(state="active")
        result = channel.test()
        assert not result["ok"] and "Connect it again" in result["problem"], result
        assert channel.connect()["ok"] and channel.test()["ok"]
        channel.say(channel.customer(), "Теперь слышно?")
        channel.shows("Теперь слышно?")

    def test_a_pressed_button_is_shown_and_answered(self, channel):
        customer = channel.customer()
        channel.say(customer, "Когда можно приехать?")
        update = customer.press("slot:2026-10-06T11:00")
        assert channel.deliver(update) == channel.deliver(update) == 200
        channel.shows("Когда можно приехать?", "slot:2026-10-06T11:00")
        wait_until(lambda: channel.endpoint.all("answer"), what="the button stops spinning")
        stays(lambda: len(channel.endpoint.all("answer")) == 1, 0.3, "answered once")
        assert channel.endpoint.all("answer")[0].parameters["callback_id"] == update["callback"]["callback_id"]

    def test_the_start_of_a_dialog_is_its_first_message(self, channel):
        customer = channel.customer()
        update = customer.start("ad_instagram_42")
        assert channel.deliver(update) == channel.deliver(update) == 200
        channel.shows("/start ad_instagram_42")
        channel.reply("Здравствуйте! Чем помочь?")
        channel.endpoint.wait(1, customer.chat)

    @pytest.mark.once
    def test_a_shared_contact_is_shown(self, channel):
        customer = channel.customer()
        assert channel.deliver(customer.contact("77015550011")) == 200
        [message] = channel.shown()
        assert [a["kind"] for a in message["attachments"]] == ["contact"] and "+77015550011" in message["attachments"][0]["note"], pretty(message)

    @pytest.mark.once
    def test_who_stopped_the_bot_is_not_written_to_again_and_again(self, open_channel):
        customer = next(iter(open_channel.endpoint.people.values()))
        assert open_channel.deliver(customer.stop()) == 200
        open_channel.reply("Вернитесь, у нас скидки")
        open_channel.last("failed")
        assert len(open_channel.endpoint.all("send")) <= 1 and not open_channel.endpoint.sent()

    @pytest.mark.once
    def test_polling_brings_each_update_once(self, quiet):
        bot = self.endpoint()
        bot.do_subscribe({"url": "https://other.example.kz/hook"})
        channel = Channel(quiet, bot, {"api_base": self.fake.url, **self.settings(bot)}, mode="polling")
        assert bot.subscriptions == [], "beside a subscription polling brings nothing"
        customer = bot.customer()
        for number in range(5):
            bot.report(customer.message(f"Вопрос {number}"))
        channel.shows(*(f"Вопрос {number}" for number in range(5)))
        stays(lambda: len(channel.shown()) == 5, 1, "each once")
        channel.reply("Ответ на всё")
        bot.wait(1, customer.chat)

    @pytest.mark.once
    @pytest.mark.parametrize("ending", ["uncertain", "failed"])
    def test_a_person_who_retries_half_a_message_sends_the_other_half(self, open_channel, ending):
        bot = open_channel.endpoint
        parts = [f"{letter}" * 3_990 for letter in "абв"]
        bot.script("send", slow(0), cut_before() if ending == "uncertain" else bot.blocked())
        made = open_channel.reply("\n".join(parts))
        open_channel.last(ending)
        assert [s["text"].strip() for s in bot.sent()] == parts[:1]
        open_channel.account.owner.post(f"/api/v1/messages/{made['id']}/retry").ok()
        open_channel.last("sent")
        assert [s["text"].strip() for s in bot.sent()] == parts

    @pytest.mark.once
    def test_a_wrong_token_is_told(self, quiet):
        channel = Channel(quiet, self.endpoint(), {"api_base": self.fake.url, "token": "f9LHodWrong"}, connect=False)
        for result in (channel.test(), channel.connect()):
            assert not result["ok"] and "token" in result["problem"], result

    @pytest.mark.once
    def test_ids_beyond_a_doubles_precision_are_kept(self, channel):
        """`seq` and dialog ids are 64 bits wide."""
        customer = channel.customer()
        update = customer.message("Большие числа")
        customer.chat = update["message"]["recipient"]["chat_id"] = 9_007_199_254_740_993
        channel.endpoint.people[customer.chat] = customer
        assert Delivery.of(channel.url, update, {"X-Max-Bot-Api-Secret": channel.endpoint.webhook["secret"]}).post() == 200
        channel.reply("Получили")
        [sent] = channel.endpoint.wait(1)
        assert sent["chat"] == 9_007_199_254_740_993
