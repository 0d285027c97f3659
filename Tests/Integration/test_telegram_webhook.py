"""Acceptance 2: a Telegram update comes in, is stored, and the bot answers through sendMessage."""
import statistics
import time

import pytest

from fakes import bot_api
from harness.people import QUESTION, SOURCE, pretty
from harness.programs import in_parallel
from harness.waiting import stays, wait_until


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.core
def test_a_question_is_answered_with_the_quoted_source(account, telegram):
    customer = telegram.customer()
    telegram.say(customer, QUESTION)
    [sent] = telegram.bot.wait(1, customer.id)
    assert int(sent["chat_id"]) == customer.id
    assert SOURCE in plain(sent["text"]), sent
    assert "parse_mode" not in sent, "AI text goes out without markup that could fail to parse"
    notice = account.owner.get("/api/v1/bot").ok()["ai_notice"]["ru"]
    assert sent["text"].startswith(notice), "the first message of the bot says that it is an AI"

    conversation = account.conversation(customer.name)
    shown = wait_until(lambda: (m := account.shown(conversation["id"])) and len(m) == 2 and m[1]["status"] == "sent" and m, what="stored as sent")
    question, answer = shown
    assert (question["direction"], question["author"]["type"], question["text"], question["status"]) == ("in", "customer", QUESTION, "received")
    assert (answer["direction"], answer["author"]["type"], answer["text"]) == ("out", "bot", sent["text"])
    [citation, *_] = answer["citations"]
    assert SOURCE in plain(citation["quote"]) and citation["title"] == "Прайс-лист"
    entry = account.owner.get(f"/api/v1/knowledge/entries/{citation['entry_id']}/versions/{citation['version']}").ok()
    units = entry["text"].encode("utf-16-le")
    assert units[citation["start"] * 2:citation["end"] * 2].decode("utf-16-le") == citation["quote"], "offsets count UTF-16 units"
    assert conversation["channel"]["kind"] == "telegram" and conversation["owner"] == "bot"


def test_the_second_answer_has_no_ai_notice(account, telegram):
    customer = telegram.customer()
    telegram.say(customer, QUESTION)
    telegram.bot.wait(1, customer.id)
    telegram.say(customer, "Сколько стоит доставка по Алматы?")
    first, second = telegram.bot.wait(2, customer.id)
    notice = account.owner.get("/api/v1/bot").ok()["ai_notice"]["ru"]
    assert notice in first["text"] and notice not in second["text"]
    assert "5 000" in plain(second["text"])


KINDS = {
    "text": ({"text": "/start ad_ig_may24", "entities": [{"offset": 0, "length": 6, "type": "bot_command"}]}, None, "/start ad_ig_may24"),
    "photo with caption": ({"photo": [{"file_id": "small", "file_unique_id": "a", "file_size": 10, "width": 90, "height": 67},
                                      {"file_id": "large", "file_unique_id": "b", "file_size": 98210, "width": 1280, "height": 960}],
                            "caption": "Такая модель есть?"}, "image", "Такая модель есть?"),
    "album member": ({"media_group_id": "139", "photo": [{"file_id": "x", "file_unique_id": "x", "width": 1, "height": 1}]}, "image", ""),
    "voice": ({"voice": {"file_id": "v", "file_unique_id": "v", "duration": 7, "mime_type": "audio/ogg", "file_size": 31020}}, "voice", ""),
    "video": ({"video": {"file_id": "d", "file_unique_id": "d", "width": 1280, "height": 720, "duration": 34, "file_name": "obzor.mp4",
                         "mime_type": "video/mp4", "file_size": 8123456}, "caption": "видео товара"}, "video", "видео товара"),
    "video note": ({"video_note": {"file_id": "n", "file_unique_id": "n", "length": 384, "duration": 12}}, "video-note", ""),
    "audio": ({"audio": {"file_id": "u", "file_unique_id": "u", "duration": 180, "title": "Песня", "mime_type": "audio/mpeg"}}, "audio", ""),
    "document": ({"document": {"file_id": "f", "file_unique_id": "f", "file_name": "rekvizity.pdf", "mime_type": "application/pdf",
                               "file_size": 224511}}, "document", ""),
    "sticker": ({"sticker": {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 512, "height": 512, "is_animated": False,
                             "is_video": False, "emoji": "👍"}}, "sticker", ""),
    "location": ({"location": {"latitude": 43.238949, "longitude": 76.889709}}, "location", ""),
    "venue": ({"venue": {"location": {"latitude": 43.2389, "longitude": 76.8897}, "title": "ТРЦ Мега", "address": "Розыбакиева 247А"},
               "location": {"latitude": 43.2389, "longitude": 76.8897}}, "location", ""),
    "contact": ({"contact": {"phone_number": "77011234567", "first_name": "Айгуль"}}, "contact", ""),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_message_is_stored(quiet, quiet_telegram, kind):
    content, attachment, text = KINDS[kind]
    customer = quiet_telegram.customer()
    # What is shown is what the message says; what the bytes say would follow.
    quiet_telegram.bot.script("getFile", bot_api.error(400, "Bad Request: file is too big"))
    assert quiet_telegram.deliver(customer.message(**content)) == 200
    [message] = quiet.shown(quiet.conversation(customer.name)["id"])
    assert message["text"] == text and message["direction"] == "in"
    if attachment:
        assert message["kind"] == "media" and [a["kind"] for a in message["attachments"]] == [attachment], pretty(message)
        given = next(iter(content.values()))
        if isinstance(given, dict) and "file_name" in given:
            assert message["attachments"][0]["name"] == given["file_name"] and message["attachments"][0]["mime"] == given["mime_type"]
            assert message["attachments"][0]["size"] == given["file_size"]
    else:
        assert message["kind"] == "text" and not message["attachments"]
    assert "file_id" not in str(message) and quiet_telegram.bot.token not in str(message), "provider references stay inside"


@pytest.mark.parametrize("update", [
    {"channel_post": {"message_id": 1, "date": 1, "chat": {"id": -100, "type": "channel", "title": "News"}, "text": "x"}},
    {"message": {"message_id": 1, "date": 1, "chat": {"id": -5, "type": "group", "title": "G"}, "from": {"id": 5, "is_bot": False, "first_name": "A"}, "text": "x"}},
    {"something_new_next_year": {"a": [1, 2, {"b": None}]}},
    {"poll": {"id": "1", "question": "?", "options": []}},
    {},
], ids=["channel post", "group", "unknown kind", "poll", "empty"])
def test_updates_that_are_no_customer_message_are_accepted_and_leave_nothing(quiet, quiet_telegram, update):
    before = quiet.owner.get("/api/v1/conversations/counters").ok()
    assert quiet_telegram.deliver(quiet_telegram.bot.update(**update)) == 200, "refusing it would make Telegram repeat it for a day"
    after_one = quiet_telegram.customer()
    quiet_telegram.say(after_one, "после")
    quiet.conversation(after_one.name)
    assert quiet.owner.get("/api/v1/conversations/counters").ok()["all"] == before["all"] + 1


@pytest.mark.core
def test_the_same_update_ten_times_at_once_is_one_message_and_one_reply(account, telegram):
    customer = telegram.customer()
    update = customer.message(QUESTION)
    statuses = in_parallel(10, lambda _: telegram.deliver(update))
    assert statuses == [200] * 10
    telegram.bot.wait(1, customer.id)
    stays(lambda: len(telegram.bot.sent(customer.id)) == 1, 1, "one reply")
    shown = account.shown(account.conversation(customer.name)["id"])
    assert [m["author"]["type"] for m in shown] == ["customer", "bot"], pretty(shown)
    assert telegram.deliver(update) == 200, "and again, later"
    stays(lambda: len(telegram.bot.sent(customer.id)) == 1, 0.7, "one reply")


def test_two_channels_with_the_same_update_id_do_not_mix(account, telegram_api, telegram):
    other = account.telegram(telegram_api.bot(), telegram_api)
    one, two = telegram.customer(), other.customer()
    first, second = one.message("раз"), two.message("два")
    second["update_id"] = first["update_id"]
    assert telegram.deliver(first) == 200 and other.deliver(second) == 200
    assert account.shown(account.conversation(one.name)["id"])[0]["text"] == "раз"
    assert account.shown(account.conversation(two.name)["id"])[0]["text"] == "два"


class TestSecrets:
    """A-34, A-36."""

    @pytest.mark.core
    def test_a_delivery_without_the_right_secret_is_refused(self, quiet, quiet_telegram, telegram_api):
        right, other = quiet_telegram.secret, quiet.telegram(telegram_api.bot(), telegram_api)
        assert len(right) >= 32
        wrong = {"missing": "", "wrong": "x" * len(right), "prefix": right[:-1], "longer": right + "a", "case": right.swapcase(),
                 "another channel's": other.secret, "first letter": ("b" if right[0] == "a" else "a") + right[1:],
                 "last letter": right[:-1] + ("b" if right[-1] == "a" else "a"), "inside": f"x{right}x", "list": f"{right},{right}"}
        customer = quiet_telegram.customer()
        for name, secret in wrong.items():
            status = quiet_telegram.deliver(customer.message(f"подделка {name}"), secret)
            assert status == 401, f"{name}: {status}"
        quiet_telegram.say(customer, "настоящее")
        shown = quiet.shown(quiet.conversation(customer.name)["id"])
        assert [m["text"] for m in shown] == ["настоящее"], "nothing of the refused ones was stored"

    def test_an_empty_or_repeated_header_is_refused(self, quiet_telegram):
        customer, client = quiet_telegram.customer(), quiet_telegram.account.server.client()
        import json
        body = json.dumps(customer.message("x")).encode()
        answer = client.post(quiet_telegram.path, raw=body, headers={"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": ""})
        answer.problem(401)
        answer = client.post(quiet_telegram.path, raw=body, headers={"Content-Type": "application/json", "Authorization": f"Bearer {quiet_telegram.secret}"})
        answer.problem(401)
        client.post(quiet_telegram.path + "?secret_token=" + quiet_telegram.secret, raw=body, headers={"Content-Type": "application/json"}).problem(401)

    def test_an_unknown_path_is_not_told_from_a_missing_one(self, quiet_telegram):
        client = quiet_telegram.account.server.client()
        unknown = client.post(quiet_telegram.path[:-1] + ("a" if quiet_telegram.path[-1] != "a" else "b"), {"update_id": 1})
        nonsense = client.post("/hooks/x", {"update_id": 1})
        assert unknown.status == nonsense.status == 404
        assert unknown.problem(404)["code"] == nonsense.problem(404)["code"] == "not_found"

    def test_the_comparison_takes_the_same_time_whatever_is_wrong(self, quiet_telegram):
        right, customer = quiet_telegram.secret, quiet_telegram.customer()
        first, last = "!" + right[1:], right[:-1] + "!"
        times = {first: [], last: []}
        update = customer.message("x")
        for _ in range(150):
            for secret in times:
                start = time.perf_counter()
                assert quiet_telegram.deliver(update, secret) == 401
                times[secret].append(time.perf_counter() - start)
        a, b = (statistics.median(t) * 1000 for t in times.values())
        assert abs(a - b) < max(1.5, 0.25 * max(a, b)), f"wrong in the first letter {a:.2f} ms, in the last {b:.2f} ms"


class TestEdits:
    def test_an_edit_changes_the_message(self, quiet, quiet_telegram):
        customer = quiet_telegram.customer()
        update = quiet_telegram.say(customer, "Нужна 1 штука")
        conversation = quiet.conversation(customer.name)["id"]
        assert quiet_telegram.deliver(customer.edit(update["message"]["message_id"], "Нужно 2 штуки")) == 200
        message = wait_until(lambda: (m := quiet.shown(conversation)[0])["edited"] and m, what="edited")
        assert message["text"] == "Нужно 2 штуки"
        assert len(quiet.shown(conversation)) == 1

    @pytest.mark.core
    def test_an_edit_that_overtakes_its_message_wins(self, quiet, quiet_telegram):
        customer = quiet_telegram.customer()
        original = customer.message("старое")
        assert quiet_telegram.deliver(customer.edit(original["message"]["message_id"], "новое")) == 200
        assert quiet_telegram.deliver(original) == 200
        conversation = quiet.conversation(customer.name)["id"]
        wait_until(lambda: [m["text"] for m in quiet.shown(conversation)] == ["новое"], what="the edit's text")

    def test_an_older_edit_does_not_undo_a_newer_one(self, quiet, quiet_telegram):
        customer, now = quiet_telegram.customer(), int(time.time())
        update = quiet_telegram.say(customer, "раз")
        number = update["message"]["message_id"]
        late, early = customer.edit(number, "три", now + 20), customer.edit(number, "два", now + 10)
        assert quiet_telegram.deliver(late) == 200 and quiet_telegram.deliver(early) == 200
        marker = quiet_telegram.say(customer, "метка")
        conversation = quiet.conversation(customer.name)["id"]
        wait_until(lambda: len(quiet.shown(conversation)) == 2, what=f"the marker {marker['update_id']}")
        assert quiet.shown(conversation)[0]["text"] == "три"


@pytest.mark.core
def test_a_pressed_button_is_shown_and_answered(account, telegram):
    """5.5: the query must be answered, otherwise the customer's button spins."""
    customer = telegram.customer()
    telegram.say(customer, "Здравствуйте")
    update = customer.press("o:91:y")
    assert telegram.deliver(update) == 200
    conversation = account.conversation(customer.name)["id"]
    wait_until(lambda: any(m["text"] == "o:91:y" and m["direction"] == "in" for m in account.shown(conversation)), what="the press in the chat")
    answered = wait_until(lambda: [c.parameters for c in telegram.bot.all("answerCallbackQuery")], what="answerCallbackQuery")
    assert [c["callback_query_id"] for c in answered] == [update["callback_query"]["id"]]


class TestSending:
    def test_a_long_text_is_split_below_4096_units(self, quiet, quiet_telegram):
        customer = quiet_telegram.customer()
        quiet_telegram.say(customer, "?")
        conversation = quiet.conversation(customer.name)["id"]
        text = "\n".join(f"Строка {i}: диван 😀 «Осло» и ещё слова" for i in range(260))
        quiet.reply(conversation, text).ok(201)
        parts = [p["text"] for p in quiet_telegram.bot.wait(3, customer.id)]
        assert all(len(p.encode("utf-16-le")) // 2 <= 4096 for p in parts)
        assert "".join("".join(parts).split()) == "".join(text.split()), "nothing is lost, nothing doubled, order kept"
        wait_until(lambda: quiet.shown(conversation)[-1]["status"] == "sent", what="sent")

    def test_a_blocked_bot_is_said_in_plain_words(self, quiet, quiet_telegram):
        customer = quiet_telegram.customer()
        quiet_telegram.say(customer, "?")
        conversation = quiet.conversation(customer.name)["id"]
        quiet_telegram.bot.script("sendMessage", bot_api.blocked())
        made = quiet.reply(conversation, "Ответ").ok(201)
        message = wait_until(lambda: (m := quiet.shown(conversation)[-1])["status"] == "failed" and m, what="failed")
        assert message["id"] == made["id"] and message["failure"]["code"] and "block" in message["failure"]["reason"].lower()
        stays(lambda: len(quiet_telegram.bot.all("sendMessage")) == 1, 0.7, "a permanent refusal is not tried again")
        retried = quiet.owner.post(f"/api/v1/messages/{made['id']}/retry").ok()
        assert retried["status"] in ("queued", "sending", "sent")
        quiet_telegram.bot.wait(1, customer.id)
        wait_until(lambda: quiet.shown(conversation)[-1]["status"] == "sent", what="sent after the retry")

    @pytest.mark.core
    def test_429_is_waited_out_for_that_chat_only(self, quiet, quiet_telegram):
        slow, other = quiet_telegram.customer(), quiet_telegram.customer()
        for customer in (slow, other):
            quiet_telegram.say(customer, "?")
        a, b = (quiet.conversation(c.name)["id"] for c in (slow, other))
        quiet_telegram.bot.script("sendMessage", bot_api.too_many(2))
        quiet.reply(a, "первому").ok(201)
        wait_until(lambda: quiet_telegram.bot.all("sendMessage"), what="the refused call")
        quiet.reply(b, "второму").ok(201)
        quiet_telegram.bot.wait(1, other.id, timeout=1.9)
        quiet_telegram.bot.wait(1, slow.id, timeout=10)
        refused, *later = [c for c in quiet_telegram.bot.all("sendMessage") if int(c.parameters["chat_id"]) == slow.id]
        assert len(later) == 1 and later[0].at - refused.at >= 1.9, "waited for what retry_after says, and sent once"

    def test_a_server_error_is_tried_again(self, quiet, quiet_telegram):
        customer = quiet_telegram.customer()
        quiet_telegram.say(customer, "?")
        conversation = quiet.conversation(customer.name)["id"]
        quiet_telegram.bot.script("sendMessage", bot_api.error(502, "Bad Gateway"))
        quiet.reply(conversation, "Ответ").ok(201)
        quiet_telegram.bot.wait(1, customer.id)
        wait_until(lambda: quiet.shown(conversation)[-1]["status"] == "sent", what="sent")
        assert len(quiet_telegram.bot.sent(customer.id)) == 1

    @pytest.mark.parametrize("cut", [bot_api.cut_after, bot_api.cut_before], ids=["after it was sent", "before it was sent"])
    def test_an_unknown_outcome_is_flagged_and_never_repeated_blindly(self, quiet, quiet_telegram, cut):
        """F-01: there is no idempotency key; a person decides."""
        customer = quiet_telegram.customer()
        quiet_telegram.say(customer, "?")
        conversation = quiet.conversation(customer.name)["id"]
        quiet_telegram.bot.script("sendMessage", cut())
        made = quiet.reply(conversation, "Ответ").ok(201)
        wait_until(lambda: quiet.shown(conversation)[-1]["status"] == "uncertain", what="uncertain")
        stays(lambda: len(quiet_telegram.bot.all("sendMessage")) == 1, 1.5, "not sent again by itself")
        quiet.owner.post(f"/api/v1/messages/{made['id']}/retry").ok()
        wait_until(lambda: quiet.shown(conversation)[-1]["status"] == "sent", what="sent after a person decided")
        assert len(quiet_telegram.bot.all("sendMessage")) == 2
        quiet.owner.post(f"/api/v1/messages/{made['id']}/retry").problem(409)

    def test_a_revoked_token_fails_the_channel_and_keeps_the_message(self, quiet, quiet_telegram):
        customer = quiet_telegram.customer()
        quiet_telegram.say(customer, "?")
        conversation = quiet.conversation(customer.name)["id"]
        quiet_telegram.bot.script("sendMessage", bot_api.error(401, "Unauthorized"))
        quiet.reply(conversation, "Ответ").ok(201)

        def channel():
            return next(c for c in quiet.owner.get("/api/v1/channels").ok()["items"] if c["id"] == quiet_telegram.id)
        failed = wait_until(lambda: (c := channel())["state"] == "failed" and c, what="the channel is marked failed")
        assert failed["problem"]
        assert quiet.shown(conversation)[-1]["status"] == "queued", "kept until the token is mended"

    @pytest.mark.core
    def test_order_is_kept_in_a_conversation(self, quiet, quiet_telegram):
        """I4."""
        customer = quiet_telegram.customer()
        quiet_telegram.say(customer, "?")
        conversation = quiet.conversation(customer.name)["id"]
        quiet_telegram.bot.script("sendMessage", bot_api.slow(0.3), bot_api.error(500, "Internal Server Error"))
        for index in range(3):
            quiet.reply(conversation, f"часть {index}").ok(201)
        sent = quiet_telegram.bot.wait(3, customer.id, timeout=20)
        assert [s["text"] for s in sent] == ["часть 0", "часть 1", "часть 2"]


class TestChannelLife:
    def test_test_tells_the_bots_name(self, quiet, quiet_telegram):
        result = quiet.owner.post(f"/api/v1/channels/{quiet_telegram.id}/test").ok()
        assert result["ok"] and result["detail"] == "@" + quiet_telegram.bot.username, result

    def test_the_webhook_is_registered_with_what_telegram_needs(self, quiet_telegram):
        hook = quiet_telegram.bot.webhook
        assert hook["url"] == quiet_telegram.url
        assert {"message", "edited_message", "callback_query", "my_chat_member"} <= set(hook["allowed_updates"])
        assert hook.get("drop_pending_updates") in (False, None), "dropping would lose up to a day of messages"
        assert 1 <= len(hook["secret_token"]) <= 256 and all(c.isalnum() or c in "_-" for c in hook["secret_token"])

    def test_the_token_is_never_shown_again(self, quiet, quiet_telegram):
        listed = quiet.owner.get("/api/v1/channels").text
        assert quiet_telegram.bot.token not in listed and quiet_telegram.secret not in listed

    def test_a_wrong_token_is_told(self, quiet, telegram_api):
        made = quiet.owner.post("/api/v1/channels", {"kind": "telegram", "name": "чужой", "mode": "webhook",
                                                     "settings": {"token": "12345:wrong", "api_base": telegram_api.url}}).ok(201)
        result = quiet.owner.post(f"/api/v1/channels/{made['id']}/test").ok()
        assert not result["ok"] and result["problem"]

    def test_a_paused_channel_takes_nothing_and_loses_nothing(self, quiet, quiet_telegram):
        quiet.owner.patch(f"/api/v1/channels/{quiet_telegram.id}", {"state": "paused"}).ok()
        customer = quiet_telegram.customer()
        update = customer.message("пока пауза")
        assert quiet_telegram.deliver(update) >= 500, "Telegram repeats what is not accepted"
        quiet.owner.patch(f"/api/v1/channels/{quiet_telegram.id}", {"state": "active"}).ok()
        assert quiet_telegram.bot.deliver_until_accepted(update, quiet_telegram.url, quiet_telegram.secret) >= 1
        assert quiet.shown(quiet.conversation(customer.name)["id"])[0]["text"] == "пока пауза"

    def test_a_removed_channel_is_gone(self, quiet, telegram_api):
        channel = quiet.telegram(telegram_api.bot(), telegram_api)
        quiet.owner.delete(f"/api/v1/channels/{channel.id}").ok(204)
        assert channel.deliver(channel.customer().message("x")) == 404
        assert channel.id not in quiet.owner.get("/api/v1/channels").text

    def test_stale_messages_are_stored_but_not_answered(self, account, telegram):
        """F-11: delivered a week late."""
        customer = telegram.customer()
        update = customer.message(QUESTION)
        update["message"]["date"] -= 7 * 86400
        assert telegram.deliver(update) == 200
        conversation = account.conversation(customer.name)["id"]
        stays(lambda: not telegram.bot.sent(customer.id), 1, "no answer to what is a week old")
        [message] = account.shown(conversation)
        assert message["text"] == QUESTION
