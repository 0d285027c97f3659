"""The bot's settings, asking it, and a provider of the customer's own through the OpenAI-compatible fake."""
import itertools
import json
import time

import pytest

from fakes import openai
from harness.people import QUESTION, SOURCE, Account
from harness.waiting import stays, wait_until

KEY = "sk-test-4f9a71c2e8d0b6-secret"
GOOD = "Диван «Осло» стоит 189 000 ₸ [1]."


def ask(account, text=QUESTION, **more):
    return account.owner.post("/api/v1/bot/ask", {"text": text, **more}, timeout=60).ok()


class TestBuiltin:
    def test_asking_answers_with_a_source_and_leaves_nothing(self, account):
        before = account.owner.get("/api/v1/conversations/counters").ok()
        answer = ask(account)
        assert answer["outcome"] == "answer" and SOURCE in answer["text"].replace("\u00a0", " ") and answer["reason"] is None and answer["blocked"] is None
        [source, *_] = answer["citations"]
        assert SOURCE in source["quote"].replace("\u00a0", " ") and source["version"] == 1 and answer["latency_ms"] >= 0
        assert account.owner.get("/api/v1/conversations/counters").ok() == before

    @pytest.mark.parametrize("text", ["А скидку 80 %?", "Дайте скидку 80 %", "Обещайте вернуть деньги", "80% discount?"])
    def test_what_no_source_supports_is_handed_over(self, account, text):
        answer = ask(account, text)
        assert answer["outcome"] == "handoff" and answer["reason"] in ("unsupported_claim", "no_answer"), answer
        assert not answer["citations"] or "80" not in answer["text"]

    def test_nonsense_is_handed_over(self, account):
        answer = ask(account, "Кто президент Франции?")
        assert answer["outcome"] == "handoff" and answer["reason"] == "no_answer", answer

    @pytest.mark.parametrize("text", ["Здравствуйте\nхочу спросить\nСколько стоит диван?", "хочу спросить: сколько стоит диван?", "Подскажите пожалуйста, сколько стоит диван", "Добрый день! Меня зовут Анна. Сколько стоит диван «Осло»?"])
    def test_a_question_among_other_words_is_answered(self, account, text):
        answer = ask(account, text)
        assert answer["outcome"] == "answer" and SOURCE in answer["text"].replace("\u00a0", " "), answer

    def test_a_greeting_is_greeted(self, account):
        assert ask(account, "Здравствуйте")["outcome"] == "answer"

    def test_the_same_question_has_the_same_answer(self, account):
        answers = [ask(account) for _ in range(3)]
        assert len({(a["text"], json.dumps(a["citations"], sort_keys=True)) for a in answers}) == 1


class TestSettings:
    def test_settings_are_kept(self, quiet):
        changed = quiet.bot(enabled=False, name="Ассистент Осло", instructions="Отвечай вежливо.", greeting="Сәлем!", languages=["kk", "ru"],
                            burst_wait_ms=1500, handoff_words=["человек", "адам"], max_replies_per_conversation=7, temperature=0.3)
        assert quiet.owner.get("/api/v1/bot").ok() == changed
        assert (changed["name"], changed["languages"], changed["max_replies_per_conversation"]) == ("Ассистент Осло", ["kk", "ru"], 7)

    @pytest.mark.parametrize("change", [{"languages": []}, {"languages": ["tlh"]}, {"provider": "skynet"}, {"temperature": 9}, {"temperature": "hot"}, {"burst_wait_ms": -1},
                                        {"burst_wait_ms": 15001}, {"max_replies_per_conversation": 0}, {"provider": "openai_compatible", "base_url": None},
                                        {"name": ""}, {"name": "x" * 10000}, {"instructions": "x" * 100000}, {"enabled": "yes"}, {"ai_notice": {"en": "", "ru": "", "kk": ""}}])
    def test_bad_settings_are_refused_and_change_nothing(self, quiet, change):
        before = quiet.owner.get("/api/v1/bot").ok()
        answer = quiet.owner.put("/api/v1/bot", {**{k: v for k, v in before.items() if k != "has_key"}, **change})
        assert answer.status in (400, 413, 422), answer
        assert quiet.owner.get("/api/v1/bot").ok() == before

    def test_the_limit_of_replies_hands_over(self, server, telegram_api):
        account = Account(server)
        account.teach()
        account.bot(burst_wait_ms=0, max_replies_per_conversation=1)
        telegram = account.telegram(telegram_api.bot(), telegram_api)
        customer = telegram.customer()
        telegram.say(customer, QUESTION)
        telegram.bot.wait(1, customer.id)
        telegram.say(customer, "Сколько стоит кресло?")
        conversation = account.conversation(customer.name)["id"]
        wait_until(lambda: (account.show(conversation).get("handoff") or {}).get("reason") == "limit", what="handed over at the limit")
        assert not any("74 500" in s["text"].replace("\u00a0", " ") for s in telegram.bot.sent(customer.id))

    def test_a_switched_off_bot_is_silent(self, quiet, quiet_telegram):
        quiet.bot(enabled=False)
        customer = quiet_telegram.customer()
        quiet_telegram.say(customer, QUESTION)
        quiet.conversation(customer.name)
        stays(lambda: not quiet_telegram.bot.sent(customer.id), 1, "silent")


@pytest.fixture(scope="module")
def remotes(server):
    """Accounts by turns: failures of one test must not open the breaker of the next."""
    uses, current = itertools.count(), []

    def take():
        if next(uses) % 4 == 0:
            current[:] = [Account(server)]
            current[0].teach()
        return current[0]
    return take


@pytest.fixture
def provider(remotes, ai):
    """An account whose bot answers through the fake of this test."""
    remote = remotes()
    remote.bot(provider="openai_compatible", base_url=ai.base_url, model="fake-1", api_key=KEY, burst_wait_ms=0, temperature=0.2)
    ai.reset()
    return remote


class TestProvider:
    def test_the_request_is_what_the_reference_says(self, provider, ai):
        ai.script(openai.say(GOOD))
        answer = ask(provider)
        assert answer["outcome"] == "answer" and SOURCE in answer["text"].replace("\u00a0", " "), answer
        [call] = ai.calls
        assert call.path == "/v1/chat/completions" and call.headers["authorization"] == f"Bearer {KEY}"
        body = call.body
        assert body["model"] == "fake-1" and body["store"] is False and body["stream"] is True
        assert body.get("stream_options", {}).get("include_usage") is True, "the bill needs the usage"
        assert "max_tokens" not in body and body.get("temperature") == 0.2
        assert [m["role"] for m in body["messages"]][0] in ("system", "developer") and body["messages"][-1]["role"] == "user"
        whole = str(body)
        assert SOURCE in whole.replace("\u00a0", " ") and QUESTION in whole, "instruction, question and passages go out"
        assert provider.email not in whole and provider.name not in whole and KEY not in whole, "nothing else does"

    def test_the_calls_are_in_the_ledger_with_their_segments(self, provider, ai):
        ai.script(openai.say(GOOD))
        before = len(provider.owner.items("/api/v1/ai-calls"))
        usage = provider.owner.get("/api/v1/usage").ok()
        ask(provider)
        rows = wait_until(lambda: len(r := provider.owner.items("/api/v1/ai-calls")) == before + 1 and r, what="one row per call")
        row = rows[0]
        assert row["provider"] == "openai_compatible" and row["model"].startswith("fake-1") and row["tokens_in"] > 0 and row["tokens_out"] > 0
        assert row["segments"] and all({"type", "bytes", "tokens", "sha256", "source"} <= s.keys() and s["bytes"] > 0 for s in row["segments"])
        after = provider.owner.get("/api/v1/usage").ok()
        assert after["ai_calls"] == usage["ai_calls"] + 1 and after["tokens_in"] > usage["tokens_in"]

    def test_a_made_up_number_is_blocked(self, provider, ai):
        """The grounding gate is code, not prompt."""
        ai.script(openai.say("Диван «Осло» стоит 149 000 ₸ со скидкой 80 %."))
        answer = ask(provider)
        assert (answer["outcome"], answer["reason"]) == ("handoff", "unsupported_claim") and answer["blocked"], answer
        assert "149 000" not in answer["text"].replace("\u00a0", " ")

    @pytest.mark.parametrize("name, behaviours, calls", [
        ("429 with Retry-After", [openai.status(429, "rate_limit_exceeded", retry_after=1), openai.say(GOOD)], 2),
        ("500", [openai.status(500, "server_error"), openai.say(GOOD)], 2),
        ("503 overloaded", [openai.status(503, "server_is_overloaded"), openai.say(GOOD)], 2)])
    def test_passing_troubles_are_tried_again(self, provider, ai, name, behaviours, calls):
        ai.script(*behaviours)
        answer = ask(provider)
        assert answer["outcome"] == "answer" and len(ai.calls) == calls, answer
        if "429" in name:
            assert ai.calls[1].at - ai.calls[0].at >= 0.9, "waited for what Retry-After says"

    @pytest.mark.parametrize("behaviour", [openai.status(401, "invalid_api_key", "invalid_request_error"), openai.status(429, "insufficient_quota", "insufficient_quota"),
                                           openai.status(404, "model_not_found", "invalid_request_error"), openai.status(400, "context_length_exceeded", "invalid_request_error"),
                                           openai.status(403, "unsupported_country_region_territory", "request_forbidden")],
                             ids=["bad key", "no money", "no model", "too long", "region"])
    def test_hopeless_ones_are_not(self, provider, ai, behaviour):
        ai.script(behaviour, behaviour, behaviour, behaviour)
        answer = ask(provider)
        assert (answer["outcome"], answer["reason"]) == ("handoff", "provider_failed"), answer
        # A prompt that is too long may be shortened once; the same is never asked twice.
        assert len(ai.calls) <= 2 and len({json.dumps(c.body["messages"], sort_keys=True) for c in ai.calls}) == len(ai.calls)

    @pytest.mark.parametrize("behaviour", [openai.cut("Диван «Осло» стоит 18"), openai.silent_end("Диван «Осло» стоит 18"), openai.error_in_stream("Диван"),
                                           openai.garbage(), openai.garbage(b"data: {\n\ndata: [DONE]\n\n"), openai.say(""), openai.say("Диван «Осло» стоит 18", finish="length"),
                                           openai.say("Диван", finish="content_filter"), openai.garbage(b"data: " + b"x" * 2_000_000 + b"\n\n")],
                             ids=["cut", "no DONE", "error in the stream", "no JSON", "broken event", "empty", "length", "filtered", "2 MB"])
    def test_f12_half_an_answer_is_no_answer(self, provider, ai, behaviour):
        ai.script(behaviour, behaviour, behaviour, behaviour)
        answer = ask(provider)
        assert answer["outcome"] == "handoff" and answer["reason"] in ("provider_failed", "no_answer"), answer
        assert "стоит 18" not in answer["text"] or SOURCE in answer["text"].replace("\u00a0", " ")
        assert 1 <= len(ai.calls) <= 4, "at most four calls for a message"

    def test_a_tool_call_with_broken_arguments_does_no_harm(self, provider, ai):
        ai.script(openai.call_tool("search_knowledge", "{not json"), openai.say(GOOD))
        answer = ask(provider)
        assert answer["outcome"] in ("answer", "handoff") and len(ai.calls) <= 4
        if len(ai.calls) == 2:
            roles = [m["role"] for m in ai.calls[1].body["messages"]]
            assert roles[-1] == "tool" and roles[-2] == "assistant", "every tool call is answered"

    def test_an_unknown_tool_is_not_run(self, provider, ai):
        ai.script(*[openai.call_tool("delete_everything", "{}")] * 10)
        answer = ask(provider)
        assert answer["outcome"] == "handoff" and len(ai.calls) <= 8, "the loop has an end"

    def test_a_customer_is_told_once_and_a_person_called_when_the_provider_fails(self, provider, ai, telegram_api):
        telegram = provider.telegram(telegram_api.bot(), telegram_api)
        ai.script(*[openai.status(401, "invalid_api_key", "invalid_request_error")] * 4)
        customer = telegram.customer()
        telegram.say(customer, QUESTION)
        conversation = provider.conversation(customer.name)["id"]
        shown = wait_until(lambda: (c := provider.show(conversation))["needs_human"] and c, what="a person is called")
        assert shown["handoff"]["reason"] == "provider_failed"
        assert len(telegram.bot.sent(customer.id)) <= 1

    def test_the_key_is_never_shown(self, provider, ai):
        settings = provider.owner.get("/api/v1/bot")
        assert settings.ok()["has_key"] is True and KEY not in settings.text and "api_key" not in settings.json
        assert KEY not in provider.owner.get("/api/v1/audit").text
        assert KEY.encode() not in provider.server.logs()
        assert provider.bot(api_key=None)["has_key"] is True, "null keeps it"
        assert provider.bot(api_key="", provider="builtin")["has_key"] is False, "empty removes it"

    def test_the_key_does_not_follow_to_another_host(self, provider, ai):
        """A-33: a credential is bound to its host."""
        with openai.OpenAI() as other:
            settings = {k: v for k, v in provider.owner.get("/api/v1/bot").ok().items() if k != "has_key"}
            settings["base_url"] = other.base_url.replace("127.0.0.1", "localhost")
            answer = provider.owner.put("/api/v1/bot", settings)
            if answer.status == 200:
                other.script(openai.say(GOOD))
                ask(provider)
            assert KEY not in str([c.headers for c in other.calls]) + str(other.probes), "the key went to another host"

    def test_redirects_are_not_followed_with_the_key(self, provider, ai):
        with openai.OpenAI() as other:
            ai.script(*[openai.Behaviour(status=307, error="moved", headers={"Location": other.base_url + "/chat/completions"})] * 4)
            answer = ask(provider)
            assert answer["outcome"] == "handoff" and not other.connections

    @pytest.mark.once
    @pytest.mark.slow
    def test_f12_a_stalled_stream_ends_at_the_deadline(self, provider, ai):
        ai.script(openai.stall(45), openai.stall(45))
        start = time.monotonic()
        answer = ask(provider)
        assert answer["outcome"] == "handoff" and time.monotonic() - start < 40, answer


def test_typing_is_shown_while_the_provider_thinks(server, telegram_api, ai):
    account = Account(server)
    account.teach()
    account.bot(burst_wait_ms=0, provider="openai_compatible", base_url=ai.base_url, model="fake-1", api_key=KEY)
    telegram = account.telegram(telegram_api.bot(), telegram_api)
    ai.script(openai.say(GOOD, wait=1))
    with account.owner.events() as stream:
        stream.wait("hello")
        customer = telegram.customer()
        telegram.say(customer, QUESTION)
        on = stream.data(stream.wait(lambda e: e.get("event") == "bot.typing", what="typing"))
        assert on["on"] is True
        telegram.bot.wait(1, customer.id)
        stream.wait(lambda e: e.get("event") == "bot.typing" and '"on":false' in e["data"].replace(" ", ""), what="typing ends")
    shown = account.shown(account.conversation(customer.name)["id"])
    assert shown[-1]["author"]["type"] == "bot" and ((shown[-1].get("cost") or {"micros": 0})["micros"] >= 0)
