"""The inbox: taking over, notes, views, counters, search, paging, events."""
import threading
import time
import uuid

import pytest

from fakes import openai
from harness.people import QUESTION, SOURCE, Account, pretty
from harness.programs import in_parallel
from harness.waiting import stays, wait_until


@pytest.fixture
def talk(quiet, quiet_telegram):
    """A fresh conversation without a bot."""
    customer = quiet_telegram.customer()
    quiet_telegram.say(customer, "Добрый день")
    conversation = quiet.conversation(customer.name)
    return quiet_telegram, customer, conversation["id"]


class TestTurn:
    """The bot never speaks after a human, on any path."""

    def test_a_reply_takes_the_conversation(self, account, telegram):
        customer = telegram.customer()
        telegram.say(customer, "Здравствуйте")
        conversation = account.conversation(customer.name)["id"]
        account.reply(conversation, "Я здесь").ok(201)
        assert account.show(conversation)["owner"] == "human"
        for text in (QUESTION, "Сколько стоит доставка?", QUESTION):
            telegram.say(customer, text)
        wait_until(lambda: len([m for m in account.shown(conversation) if m["direction"] == "in"]) == 4, what="all are stored")
        stays(lambda: not any(SOURCE in s["text"] for s in telegram.bot.sent(customer.id)), 1.5, "the bot is silent")

    def test_take_silences_and_give_back_answers_what_stands_open(self, account, telegram):
        customer = telegram.customer()
        telegram.say(customer, "Здравствуйте")
        conversation = account.conversation(customer.name)["id"]
        taken = account.act(conversation, "take").ok()
        assert taken["owner"] == "human" and taken["assignee"]["id"] == account.user
        telegram.say(customer, QUESTION)
        wait_until(lambda: any(m["text"] == QUESTION for m in account.shown(conversation)), what="stored")
        stays(lambda: not any(SOURCE in s["text"].replace("\u00a0", " ") for s in telegram.bot.sent(customer.id)), 1, "the bot is silent")
        assert account.act(conversation, "give-back").ok()["owner"] == "bot"
        wait_until(lambda: any(SOURCE in s["text"].replace("\u00a0", " ") for s in telegram.bot.sent(customer.id)), what="the bot answers what was open")
        codes = [m["text"] for m in account.messages(conversation) if m["kind"] == "system"]
        assert "taken" in codes and "given_back" in codes, codes

    def test_i4_what_was_said_later_stands_later(self, account, telegram):
        """Telegram's times are whole seconds; a question asked in the second of an answer still stands below it."""
        customer = telegram.customer()
        for round in range(4):
            telegram.say(customer, QUESTION)
            telegram.bot.wait(round + 1, customer.id)
        conversation = account.conversation(customer.name)["id"]
        wait_until(lambda: len(account.shown(conversation)) == 8, what="all are stored")
        assert [m["direction"] for m in account.shown(conversation)] == ["in", "out"] * 4

    def test_a_human_within_the_burst_wait_is_not_overtaken(self, server, telegram_api):
        account = Account(server)
        account.teach()
        account.bot(burst_wait_ms=1200)
        telegram = account.telegram(telegram_api.bot(), telegram_api)
        customer = telegram.customer()
        telegram.say(customer, QUESTION)
        conversation = account.conversation(customer.name)["id"]
        account.reply(conversation, "Отвечаю сам").ok(201)
        telegram.bot.wait(1, customer.id)
        stays(lambda: len(telegram.bot.sent(customer.id)) == 1, 2.5, "only the person's reply")

    def test_a_burst_gets_one_answer(self, server, telegram_api):
        account = Account(server)
        account.teach()
        account.bot(burst_wait_ms=700)
        telegram = account.telegram(telegram_api.bot(), telegram_api)
        customer = telegram.customer()
        for text in ("Здравствуйте", QUESTION, "пожалуйста"):
            telegram.say(customer, text)
        [sent] = telegram.bot.wait(1, customer.id)
        assert SOURCE in sent["text"].replace("\u00a0", " ")
        stays(lambda: len(telegram.bot.sent(customer.id)) == 1, 1.2, "one answer to the burst")

    def test_a_turn_in_flight_is_thrown_away_when_a_person_writes(self, server, telegram_api, ai):
        """The provider answers after the person did."""
        account = Account(server)
        account.teach()
        account.bot(burst_wait_ms=0, provider="openai_compatible", base_url=ai.base_url, model="fake-1", api_key="sk-inflight")
        telegram = account.telegram(telegram_api.bot(), telegram_api)
        ai.script(openai.say("Диван «Осло» стоит 189 000 ₸ [1].", wait=1.5))
        customer = telegram.customer()
        telegram.say(customer, QUESTION)
        wait_until(lambda: ai.calls, what="the provider was asked")
        conversation = account.conversation(customer.name)["id"]
        account.reply(conversation, "Отвечаю сам").ok(201)
        [sent] = telegram.bot.wait(1, customer.id)
        assert sent["text"] == "Отвечаю сам"
        stays(lambda: len(telegram.bot.sent(customer.id)) == 1, 2.5, "the bot's late answer is dropped")
        assert [m["author"]["type"] for m in account.shown(conversation)] == ["customer", "user"]
        rows = wait_until(lambda: account.owner.items("/api/v1/ai-calls"), what="the call is in the ledger all the same")
        assert len(rows) == 1, "I10: one row for one call"

    def test_take_during_a_turn_in_flight(self, server, telegram_api, ai):
        account = Account(server)
        account.teach()
        account.bot(burst_wait_ms=0, provider="openai_compatible", base_url=ai.base_url, model="fake-1", api_key="sk-inflight")
        telegram = account.telegram(telegram_api.bot(), telegram_api)
        ai.script(openai.say("Диван «Осло» стоит 189 000 ₸ [1].", wait=1.2))
        customer = telegram.customer()
        telegram.say(customer, QUESTION)
        wait_until(lambda: ai.calls, what="the provider was asked")
        account.act(account.conversation(customer.name)["id"], "take").ok()
        stays(lambda: not telegram.bot.sent(customer.id), 2.5, "nothing is sent")

    def test_racing_the_bot_never_puts_it_after_a_person(self, account, telegram):
        """Twelve conversations, the person replies at a random moment around the bot's turn."""
        customers = [telegram.customer() for _ in range(12)]

        def race(index):
            customer = customers[index]
            telegram.say(customer, QUESTION)
            conversation = account.conversation(customer.name)["id"]
            time.sleep(index % 4 * 0.02)
            made = account.reply(conversation, "человек").ok(201)
            return conversation, made["id"]
        found = in_parallel(len(customers), race)
        for customer, (conversation, id) in zip(customers, found):
            wait_until(lambda: next(m for m in account.shown(conversation) if m["id"] == id)["status"] == "sent", what="the person's reply is sent")
        time.sleep(0.5)
        for customer in customers:
            texts = [s["text"] for s in telegram.bot.sent(customer.id)]
            assert texts.index("человек") == len(texts) - 1, f"the bot spoke after a person: {texts}"


class TestWriting:
    def test_the_same_id_is_one_message(self, quiet, talk):
        channel, customer, conversation = talk
        id = str(uuid.uuid4())
        answers = in_parallel(6, lambda _: quiet.reply(conversation, "Один раз", id=id, client=quiet.owner.twin()))
        assert sorted(a.status for a in answers).count(201) == 1 and {a.status for a in answers} <= {200, 201}, answers
        assert {a.json["id"] for a in answers} == {id}
        channel.bot.wait(1, customer.id)
        stays(lambda: len(channel.bot.sent(customer.id)) == 1, 0.7, "sent once")

    def test_an_id_in_use_elsewhere_is_refused(self, quiet, talk, quiet_telegram):
        _, _, conversation = talk
        other = quiet_telegram.customer()
        quiet_telegram.say(other, "другой")
        elsewhere = quiet.conversation(other.name)["id"]
        id = str(uuid.uuid4())
        quiet.reply(conversation, "тут", id=id).ok(201)
        answer = quiet.reply(elsewhere, "там", id=id)
        assert answer.status in (404, 409), answer
        assert "тут" not in answer.text

    def test_a_note_stays_inside(self, quiet, talk):
        channel, customer, conversation = talk
        note = quiet.reply(conversation, "только для своих", "note").ok(201)
        assert (note["direction"], note["kind"], note["author"]["id"]) == ("internal", "note", quiet.user)
        marker = quiet.reply(conversation, "наружу").ok(201)
        channel.bot.wait(1, customer.id)
        assert [s["text"] for s in channel.bot.sent(customer.id)] == ["наружу"], marker
        assert quiet.show(conversation)["owner"] == "human"

    def test_a_note_alone_does_not_take_the_conversation(self, account, telegram):
        customer = telegram.customer()
        telegram.say(customer, "Здравствуйте")
        conversation = account.conversation(customer.name)["id"]
        account.reply(conversation, "заметка", "note").ok(201)
        assert account.show(conversation)["owner"] == "bot"

    @pytest.mark.parametrize("body", [{"kind": "reply", "text": "x"}, {"id": "1", "kind": "reply", "text": "x"}, {"id": str(uuid.uuid4()), "kind": "shout", "text": "x"},
                                      {"id": str(uuid.uuid4()), "kind": "reply", "text": " \n "}, {"id": str(uuid.uuid4()), "kind": "reply"},
                                      {"id": str(uuid.uuid4()), "kind": "reply", "text": {"$gt": ""}}])
    def test_bad_messages_are_refused(self, quiet, talk, body):
        answer = quiet.owner.post(f"/api/v1/conversations/{talk[2]}/messages", body)
        assert answer.status in (400, 422), answer
        assert len(quiet.shown(talk[2])) == 1

    def test_mass_assignment_changes_nothing(self, quiet, talk):
        """A-49."""
        made = quiet.reply(talk[2], "x")
        extra = quiet.owner.post(f"/api/v1/conversations/{talk[2]}/messages", {
            "id": str(uuid.uuid4()), "kind": "reply", "text": "y", "author": {"type": "bot"}, "direction": "in", "status": "read",
            "account_id": str(uuid.uuid4()), "sent_at": "2001-01-01T00:00:00.000Z"})
        assert extra.status in (201, 400, 422), extra
        if extra.status == 201:
            assert (extra.json["author"]["type"], extra.json["direction"]) == ("user", "out") and not extra.json["sent_at"].startswith("2001")
        assert made.status == 201


class TestState:
    def test_close_and_reopen(self, quiet, talk):
        channel, customer, conversation = talk
        assert quiet.act(conversation, "close").ok()["state"] == "closed"
        assert conversation in [c["id"] for c in quiet.conversations("closed")]
        assert conversation not in [c["id"] for c in quiet.conversations("all")]
        assert quiet.act(conversation, "reopen").ok()["state"] == "open"
        quiet.act(conversation, "close").ok()
        channel.say(customer, "я снова тут")
        wait_until(lambda: quiet.show(conversation)["state"] == "open", what="the customer's message opens it again")

    def test_assignment(self, quiet, talk):
        conversation = talk[2]
        colleague = quiet.invite("operator")
        them = colleague.session["user"]
        assert quiet.act(conversation, "assign", {"user_id": them["id"]}).ok()["assignee"] == {"id": them["id"], "name": them["name"]}
        assert conversation in [c["id"] for c in quiet.conversations("mine", colleague)]
        assert conversation not in [c["id"] for c in quiet.conversations("mine")]
        assert quiet.act(conversation, "assign", {"user_id": None}).ok().get("assignee") is None
        assert conversation in [c["id"] for c in quiet.conversations("unassigned")]
        quiet.act(conversation, "assign", {"user_id": str(uuid.uuid4())}).problem(404, "not_found")

    def test_unread_counts_and_read_clears(self, quiet, talk):
        channel, customer, conversation = talk
        channel.say(customer, "и ещё")
        wait_until(lambda: quiet.show(conversation)["unread"] == 2, what="two unread")
        before = quiet.owner.get("/api/v1/conversations/counters").ok()["unread"]
        assert quiet.act(conversation, "read").ok()["unread"] == 0
        assert quiet.owner.get("/api/v1/conversations/counters").ok()["unread"] < before

    def test_last_message_and_views_agree_with_the_counters(self, quiet, talk):
        channel, customer, conversation = talk
        listed = next(c for c in quiet.conversations() if c["id"] == conversation)
        assert listed["last_message"]["text"] == "Добрый день" and listed["last_message"]["direction"] == "in" and listed["last_message"]["author"] == "customer"
        counters = quiet.owner.get("/api/v1/conversations/counters").ok()
        for view in ("all", "mine", "unassigned", "waiting", "closed"):
            assert counters[view] == len(quiet.conversations(view)), view

    def test_an_unsupported_claim_waits_for_a_person(self, account, telegram):
        customer = telegram.customer()
        telegram.say(customer, "Дайте скидку 80 %?")
        conversation = account.conversation(customer.name)["id"]
        shown = wait_until(lambda: (c := account.show(conversation))["needs_human"] and c, what="a person is called")
        assert shown["handoff"]["reason"] in ("unsupported_claim", "no_answer") and shown["owner"] in ("nobody", "human", "bot")
        assert conversation in [c["id"] for c in account.conversations("waiting")]
        assert "handoff." + shown["handoff"]["reason"] in [m["text"] for m in account.messages(conversation) if m["kind"] == "system"]
        assert not any("80" in s["text"] for s in telegram.bot.sent(customer.id)), "the claim was not sent"
        account.reply(conversation, "Скидок нет").ok(201)
        assert not account.show(conversation)["needs_human"]

    def test_a_word_calls_a_person(self, account, telegram):
        customer = telegram.customer()
        telegram.say(customer, "Позовите оператора, пожалуйста")
        conversation = account.conversation(customer.name)["id"]
        wait_until(lambda: (account.show(conversation).get("handoff") or {}).get("reason") == "asked_for_human", what="handed over")

    def test_retry_of_a_sent_message_is_refused(self, quiet, talk):
        channel, customer, conversation = talk
        made = quiet.reply(conversation, "Ответ").ok(201)
        wait_until(lambda: quiet.shown(conversation)[-1]["status"] == "sent", what="sent")
        answer = quiet.owner.post(f"/api/v1/messages/{made['id']}/retry")
        assert answer.status in (409, 422), answer
        assert len(channel.bot.sent(customer.id)) == 1


class TestLists:
    def test_paging_is_complete_and_stable(self, server, telegram_api):
        account = Account(server)
        account.bot(enabled=False)
        telegram = account.telegram(telegram_api.bot(), telegram_api)
        customers = [telegram.customer(f"Клиент {i:02}") for i in range(23)]
        for customer in customers:
            telegram.say(customer, "раз")
        wait_until(lambda: account.owner.get("/api/v1/conversations/counters").ok()["all"] == 23, what="23 conversations")
        seen, cursor, pages = [], None, 0
        while True:
            page = account.owner.get("/api/v1/conversations?limit=5" + (f"&after={cursor}" if cursor else "")).ok()
            assert len(page["items"]) <= 5
            seen += [c["contact"]["name"] for c in page["items"]]
            pages, cursor = pages + 1, page.get("next")
            if not cursor:
                break
        assert pages == 5 and sorted(seen) == sorted(c.name for c in customers) and len(set(seen)) == 23
        times = [c["updated_at"] for c in account.conversations()]
        assert times == sorted(times, reverse=True), "the latest activity first"

        conversation = account.conversation("Клиент 00")["id"]
        for i in range(12):
            telegram.say(customers[0], f"сообщение {i}")
        wait_until(lambda: len(account.shown(conversation)) == 13, what="13 messages")
        newest = account.owner.get(f"/api/v1/conversations/{conversation}/messages?limit=5").ok()
        assert [m["text"] for m in newest["items"]] == [f"сообщение {i}" for i in (11, 10, 9, 8, 7)]
        assert [m["text"] for m in account.shown(conversation)] == ["раз"] + [f"сообщение {i}" for i in range(12)]

    @pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=-1", "limit=x", "after=nonsense", "view=secret", "after=%00", "limit=1e9"])
    def test_bad_page_parameters_are_refused(self, quiet, query):
        answer = quiet.owner.get(f"/api/v1/conversations?{query}")
        assert answer.status in (400, 422), answer
        answer.problem(answer.status)

    def test_search_finds_words_in_both_languages(self, quiet, talk):
        channel, customer, conversation = talk
        word = "жеткізу" + uuid.uuid4().hex[:6]
        channel.say(customer, f"Қайырлы күн, {word} бағасы қанша?")
        found = wait_until(lambda: quiet.owner.get(f"/api/v1/search/messages?q={word}").ok()["items"], what="found")
        assert [f["conversation_id"] for f in found] == [conversation] and word in found[0]["snippet"] and found[0]["contact_name"] == customer.name
        assert quiet.owner.get(f"/api/v1/search/messages?q={word}x").ok()["items"] == []

    def test_search_does_not_care_for_capitals(self, quiet, talk):
        channel, customer, conversation = talk
        mark = uuid.uuid4().hex[:6]
        channel.say(customer, f"Нужен Диван{mark} «Осло», СРОЧНО{mark}")
        for query in (f"диван{mark}", f"ДИВАН{mark}", f"срочно{mark}", f"Срочно{mark}"):
            found = wait_until(lambda: quiet.owner.get(f"/api/v1/search/messages?q={query}").ok()["items"], 8, f"{query} is found")
            assert [f["conversation_id"] for f in found] == [conversation]

    @pytest.mark.parametrize("query", ['"', "*", "a*", "NEAR(", "x OR y", "-", "(((", "';--", "%", "_", "\\", "^", "\u0000", "A" * 5000, "диван AND", ":", "a:b", "{x}", "", " "])
    def test_a15_search_takes_any_text(self, quiet, query):
        import urllib.parse
        answer = quiet.owner.get("/api/v1/search/messages?q=" + urllib.parse.quote(query))
        assert answer.status in (200, 400, 422) and answer.seconds < 0.2 * 5, answer

    def test_list_filter_by_text(self, quiet, talk):
        _, customer, conversation = talk
        import urllib.parse
        path = "/api/v1/conversations?q=" + urllib.parse.quote(customer.name)
        # The index follows the messages by a moment.
        wait_until(lambda: conversation in [c["id"] for c in quiet.owner.get(path).ok()["items"]], what="found by the name")
        assert quiet.owner.get("/api/v1/conversations?q=" + urllib.parse.quote("Никто" + uuid.uuid4().hex)).ok()["items"] == []


class TestLive:
    def test_a_stream_resumes_where_it_broke(self, quiet, talk):
        channel, customer, conversation = talk
        with quiet.owner.events() as stream:
            stream.wait("hello")
            quiet.reply(conversation, "раз").ok(201)
            last = stream.wait("message.added")["id"]
        missed = quiet.reply(conversation, "два").ok(201)
        with quiet.owner.events(headers={"Last-Event-ID": last}) as stream:
            stream.wait(lambda e: e.get("event") == "message.added" and missed["id"] in e["data"], what="what was missed")
            ids = [e["id"] for e in stream.drain() if "id" in e and e["event"] != "hello"]
            assert last not in ids, "nothing twice"
        with quiet.owner.events(f"/api/v1/events?last_event_id={last}") as stream:
            stream.wait(lambda e: e.get("event") == "message.added" and missed["id"] in e["data"], what="the same by query")

    def test_an_unknown_place_means_resync(self, quiet):
        with quiet.owner.events(headers={"Last-Event-ID": "1"}) as stream:
            stream.wait("hello")
        answer = quiet.owner.get("/api/v1/events/poll?after=1")
        assert answer.status == 422 or answer.ok()["resync"] in (True, False)

    def test_polling_gives_the_same_events(self, quiet, talk):
        _, _, conversation = talk
        start = quiet.owner.get("/api/v1/events/poll").ok()["last"]
        made = quiet.reply(conversation, "для опроса").ok(201)

        def found():
            page = quiet.owner.get(f"/api/v1/events/poll?after={start}").ok()
            return [i for i in page["items"] if i["name"] == "message.added" and i["data"]["message_id"] == made["id"]] and page
        page = wait_until(found, what="the event by polling")
        known, last = {i["id"] for i in page["items"]}, page["last"]

        def settled():
            """The reply's way to the channel is told too; then there is nothing new, and nothing goes back."""
            nonlocal known, last
            again = quiet.owner.get(f"/api/v1/events/poll?after={last}").ok()
            assert again["last"] >= last
            new = {i["id"] for i in again["items"]} - known
            # On PostgreSQL the last seconds may be told twice, because commits do not keep the order of the ids.
            known, last = known | new, again["last"]
            return not new
        wait_until(settled, what="no more events")

    def test_events_need_a_caller_and_end_with_the_session(self, quiet):
        with quiet.server.client().events() as stream:
            assert stream.status == 401
        person = quiet.invite("operator")
        with person.events() as stream:
            stream.wait("hello")
            chat = quiet.webchat()
            visitor = quiet.visitor(chat["public_key"], "После выхода")
            person.delete("/api/v1/session").ok(204)
            # a stream of a session that ended tells nothing more, within a second.
            time.sleep(1.1)
            visitor.say("секретное событие")
            quiet.conversation("После выхода")
            late = [e for e in stream.drain() if e.get("event") == "message.added"]
            assert not late, pretty(late)

    def test_many_listeners_all_hear(self, quiet, talk):
        _, _, conversation = talk
        streams = [quiet.owner.twin().events() for _ in range(15)]
        try:
            for stream in streams:
                stream.wait("hello")
            made = quiet.reply(conversation, "всем").ok(201)
            heard = [0] * len(streams)

            def listen(index):
                streams[index].wait(lambda e: e.get("event") == "message.added" and made["id"] in e["data"])
                heard[index] = 1
            threads = [threading.Thread(target=listen, args=(i,)) for i in range(len(streams))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(20)
            assert sum(heard) == len(streams)
        finally:
            for stream in streams:
                stream.close()

    @pytest.mark.once
    def test_a_heartbeat_comes(self, quiet):
        with quiet.owner.events() as stream:
            stream.wait("hello")
            beat = stream.wait(lambda e: e["event"] == ":", timeout=20, what="a heartbeat")
            assert beat
