"""A-72, T-10: secrets, tokens, e-mail addresses and message texts are in no log, and in clear in no file of the data folder or
table of the database, except what the `search` store holds by design."""
import uuid

import pytest

from fakes import openai
from harness.people import PASSWORD, QUESTION, Account
from harness.waiting import wait_until


@pytest.fixture(scope="module")
def traces(engine, places, telegram_api):
    """One server at its most talkative, one life of everything secret on it."""
    server = places.server(engine, "--egress-allow", "127.0.0.0/8", "--log-level", "trace")
    mark = uuid.uuid4().hex[:10]
    account = Account(server, f"Фирма {mark}")
    account.teach()
    with openai.OpenAI() as ai:
        key = f"sk-provider-{mark}"
        account.bot(burst_wait_ms=0, provider="openai_compatible", base_url=ai.base_url, model="fake-1", api_key=key)
        ai.script(openai.say("Диван «Осло» стоит 189 000 ₸ [1]."), openai.status(401, "invalid_api_key"), openai.cut("x"))
        telegram = account.telegram(telegram_api.bot(), telegram_api)
        customer = telegram.customer(f"Имякл{mark}")
        telegram.say(customer, f"Текстсообщ{mark} {QUESTION}")
        telegram.bot.wait(1, customer.id)
        account.owner.post("/api/v1/bot/ask", {"text": f"Вопрос{mark}"})
        conversation = account.conversation(customer.name)["id"]
        from fakes import bot_api
        telegram.bot.script("sendMessage", bot_api.error(502, "Bad Gateway"), bot_api.cut_after())
        account.reply(conversation, f"Ответчел{mark}").ok(201)
        account.reply(conversation, f"Заметкачел{mark}", "note").ok(201)
        telegram.bot.wait(2, customer.id)
        invitation = account.owner.post("/api/v1/invitations", {"email": f"invited-{mark}@example.kz", "role": "operator"}).ok(201)["link"].split("#")[1]
        server.client().post("/api/v1/links/inspect", {"token": invitation}).ok()
        program, made = account.key("conversation.read")
        program.get("/api/v1/conversations?q=x").ok()
        chat = account.webchat()
        visitor = account.visitor(chat["public_key"], f"Посет{mark}")
        visitor.say(f"Чатсообщ{mark}")
        telegram.deliver(customer.message("x"), f"wrong-secret-{mark}")
        server.client().post("/api/v1/session", {"email": account.email, "password": f"wrong-pass-{mark}"})
        server.client().post("/api/v1/session", {"email": f"unknown-{mark}@example.kz", "password": f"wrong-pass-{mark}"})
        server.client().get(f"/api/v1/conversations?api_key=inquery-{mark}")
        wait_until(lambda: visitor.messages(), what="stored")
        account.owner.get(f"/api/v1/search/messages?q=Текстсообщ{mark}").ok()
    secrets = {
        "password": PASSWORD, "wrong password": f"wrong-pass-{mark}", "owner's e-mail": account.email, "unknown e-mail": f"unknown-{mark}@example.kz", "invited e-mail": f"invited-{mark}@example.kz",
        "bot token": telegram.bot.token, "token's secret half": telegram.bot.token.split(":")[1], "webhook secret": telegram.secret, "webhook path": telegram.path.split("/")[-1], "provider key": key,
        "API key": made["key"], "invitation": invitation, "session": next(iter(account.owner.cookies.values())), "visitor token": visitor.token,
        "wrong secret": f"wrong-secret-{mark}", "contact name": customer.name, "contact id": str(customer.id), "visitor name": f"Посет{mark}", "message": f"Текстсообщ{mark}", "question": f"Вопрос{mark}", "reply": f"Ответчел{mark}",
        "note": f"Заметкачел{mark}", "chat message": f"Чатсообщ{mark}",
    }
    csrf = {"csrf": account.owner.csrf}
    server.stop()
    return server, secrets, csrf


def test_logs_hold_no_secret(traces):
    server, secrets, csrf = traces
    logs = server.logs()
    assert len(logs) > 500, "the log is there at all"
    found = [name for name, value in (secrets | csrf).items() if value.encode() in logs]
    assert not found, {name: [line[:300] for line in logs.decode(errors="replace").splitlines() if (secrets | csrf)[name] in line][:2] for name in found}


def test_files_hold_no_secret_in_clear(traces):
    server, secrets, _ = traces
    checked = 0
    for path in server.place.data.rglob("*"):
        if not path.is_file() or any("search" in part for part in path.relative_to(server.place.data).parts):
            continue
        content = path.read_bytes()
        checked += len(content)
        found = [name for name, value in secrets.items() if value.encode() in content]
        assert not found, f"{path.name}: {found}"
    assert checked > 1000 or server.place.database


def test_tables_hold_no_secret_in_clear(traces):
    server, secrets, _ = traces
    if not server.place.database:
        pytest.skip("SQLite is files; see above")
    dump = server.place.postgres.dump(server.place.database, unlogged=False)
    assert b"== " in dump and len(dump) > 2000
    found = [name for name, value in secrets.items() if value.encode() in dump or value.encode().hex().encode() in dump]
    assert not found, found


def test_the_search_is_where_plain_text_lies_and_it_is_separate(traces):
    """The test of the test: the same scan does find words where they are known to be."""
    server, secrets, _ = traces
    if server.place.database:
        dump = server.place.postgres.dump(server.place.database, unlogged=True)
        assert secrets["message"].encode() in dump or secrets["message"].lower().encode() in dump or secrets["message"].encode().hex().encode() in dump
    else:
        files = [p for p in server.place.data.rglob("*") if p.is_file() and any("search" in part for part in p.relative_to(server.place.data).parts)]
        assert any(secrets["message"].lower().encode() in p.read_bytes() or secrets["message"].encode() in p.read_bytes() for p in files), [p.name for p in files]


def test_command_lines_hold_no_secret(server, account):
    """`ps`: passwords come through stdin."""
    import pathlib
    line = pathlib.Path(f"/proc/{server.process.pid}/cmdline").read_bytes()
    assert PASSWORD.encode() not in line and b"key" not in line.lower().replace(b"--tls-key", b"")
