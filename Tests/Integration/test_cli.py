"""Every command of `sevensales`, on the data of a running server and without one."""
import json
import re
import time
import uuid

import pytest

from harness.people import PASSWORD, QUESTION, SOURCE, Account, Customer
from harness.programs import Server
from harness.waiting import wait_until

DOCUMENTS = [
    {"id": "q-1", "title": "Возврат", "text": "Вернуть товар можно в течение 14 дней.", "language": "ru"},
    {"id": "q-2", "title": "Төлем", "text": "Төлемді Kaspi арқылы жасауға болады.", "language": "kk"},
    {"id": "q-3", "title": "Warranty", "text": "The warranty lasts 24 months.", "language": "en"},
]


@pytest.fixture(scope="module")
def place(engine, places):
    """An installation without a server."""
    made = places.new(engine)
    made.first = made.cli("init", "--account", "Склад", "--email", "owner@example.kz", "--password-stdin", "--json", stdin=PASSWORD + "\n")
    return made


class TestWithoutAServer:
    def test_init_makes_an_account_and_says_where_the_master_key_lies(self, place):
        assert isinstance(place.first.json, dict)
        key = next(p for p in place.data.iterdir() if "master" in p.name)
        assert key.stat().st_mode & 0o077 == 0, "readable by its owner alone"
        assert PASSWORD not in place.first.out + place.first.err
        assert str(key) in place.first.out + place.first.err or key.name in place.first.out + place.first.err, "a clear warning where it lies"

    def test_init_needs_a_good_password_and_a_free_address(self, place):
        for password, email in (("short", "x1@example.kz"), ("", "x2@example.kz"), (PASSWORD, "owner@example.kz"), (PASSWORD, "no-at")):
            refused = place.cli("init", "--account", "Другой", "--email", email, "--password-stdin", "--json", stdin=password + "\n", check=False)
            assert refused.status != 0 and len(refused.err.strip().splitlines()) <= 3 and refused.err.strip(), refused

    def test_migrate_can_be_repeated(self, place):
        place.cli("migrate")
        assert place.cli("migrate", "--json").json is not None

    def test_doctor_finds_a_healthy_installation(self, place):
        report = place.cli("doctor", "--json")
        assert report.status == 0 and all(line["ok"] for line in report.list)
        assert place.cli("doctor").out.strip(), "and says so in words"

    def test_accounts_and_users_are_made_and_listed(self, place):
        place.cli("account", "create", "Второй склад", "--json")
        names = [a["name"] for a in place.cli("account", "list", "--json").list]
        assert {"Склад", "Второй склад"} <= set(names)
        place.cli("user", "create", "--account", "Склад", "--email", "op@example.kz", "--name", "Оператор", "--role", "operator", "--password-stdin", "--json", stdin=PASSWORD + "\n")
        users = place.cli("user", "list", "--account", "Склад", "--json").list
        assert {(u["email"], u["role"]) for u in users} == {("owner@example.kz", "owner"), ("op@example.kz", "operator")}
        assert "password" not in str(users).lower()

    def test_knowledge_is_imported_from_text_markdown_and_jsonl(self, place):
        folder = place.folder
        (folder / "price.md").write_text("# Цены\n\nДиван «Осло» стоит 189 000 ₸.\n")
        (folder / "delivery.txt").write_text("Доставка по Алматы стоит 5 000 ₸.\n")
        (folder / "faq.jsonl").write_text("\n".join(json.dumps(d, ensure_ascii=False) for d in DOCUMENTS) + "\n")
        place.cli("kb", "import", "--account", "Склад", *(str(folder / f) for f in ("price.md", "delivery.txt", "faq.jsonl")), "--json")
        found = place.cli("kb", "search", "--account", "Склад", "сколько дней на возврат", "--json").out
        assert "14 дней" in found
        again = place.cli("kb", "import", "--account", "Склад", str(folder / "faq.jsonl"), "--json")
        assert again.status == 0, "importing again makes versions, not doubles"
        hits = place.cli("kb", "search", "--account", "Склад", "warranty months", "--json").out
        assert hits.count('"q-3"') <= 1

    def test_a_file_of_queries_gives_a_line_each(self, place):
        queries = place.folder / "queries.txt"
        queries.write_text("вернуть товар\nтөлем Kaspi\nhow long is the warranty\nничего такого нет zzzz\n")
        lines = place.cli("kb", "search", "--account", "Склад", "--queries", str(queries), "--top", "10", "--json").lines
        assert [line["query"] for line in lines] == ["вернуть товар", "төлем Kaspi", "how long is the warranty", "ничего такого нет zzzz"]
        assert [line["hits"][0]["source"] for line in lines[:3]] == ["q-1", "q-2", "q-3"]
        assert {"source", "title", "score", "quote"} <= lines[0]["hits"][0].keys()

    def test_the_bot_can_be_asked(self, place):
        answer = place.cli("bot", "ask", "--account", "Склад", QUESTION, "--json").json
        assert answer["outcome"] == "answer" and SOURCE in answer["text"].replace("\u00a0", " ") and answer["citations"]
        assert SOURCE in place.cli("bot", "ask", "--account", "Склад", QUESTION).out.replace("\u00a0", " ")

    def test_bad_lines_of_a_jsonl_are_named(self, place):
        bad = place.folder / "bad.jsonl"
        bad.write_text('{"id":"a","title":"t","text":"x","language":"ru"}\n{broken\n')
        refused = place.cli("kb", "import", "--account", "Склад", str(bad), check=False)
        assert refused.status != 0 and "2" in refused.err and len(refused.err.strip().splitlines()) <= 2, refused
        missing = place.cli("kb", "import", "--account", "Склад", str(place.folder / "nowhere.md"), check=False)
        assert missing.status != 0 and "nowhere.md" in missing.err

    def test_audit_and_jobs_are_listed(self, place):
        lines = place.cli("audit", "list", "--account", "Склад", "--json", check=False)
        if lines.status:
            lines = place.cli("audit", "list", "--json")
        assert lines.list and {"action", "object"} <= lines.list[0].keys()
        assert isinstance(place.cli("jobs", "list", "--json").out, str)

    def test_an_unknown_account_is_told(self, place):
        for command in (["kb", "search", "--account", "Нет такого", "x"], ["bot", "ask", "--account", "Нет такого", "x"], ["message", "list", "--account", "Нет такого"],
                        ["channel", "add", "telegram", "--account", "Нет такого", "--token", "1:a"]):
            refused = place.cli(*command, "--json", check=False)
            assert refused.status != 0 and refused.err.strip() and len(refused.err.strip().splitlines()) <= 2, refused

    def test_a_setting_is_a_name_and_a_value(self, place):
        refused = place.cli("channel", "add", "avito", "--account", "Склад", "--setting", "client_id", check=False)
        assert refused.status != 0 and "NAME=VALUE" in refused.err, refused
        incomplete = place.cli("channel", "add", "avito", "--account", "Склад", "--setting", "client_id=a=b", check=False)
        assert incomplete.status != 0 and "client_secret" in incomplete.err, incomplete


class TestBesideAServer:
    def test_a_channel_added_here_works_there_at_once(self, server, account, telegram_api):
        bot = telegram_api.bot()
        made = account.place.cli("channel", "add", "telegram", "--account", account.name, "--token", bot.token, "--api-base", telegram_api.url,
                                 "--mode", "webhook", "--json").json
        assert {"id", "webhook_path", "secret"} <= made.keys() and made["webhook_path"].startswith("/hooks/") and len(made["secret"]) >= 32
        customer = Customer(bot)
        url = server.url + made["webhook_path"]
        start = time.monotonic()
        assert bot.deliver_until_accepted(customer.message(QUESTION), url, made["secret"], limit=10) >= 1
        assert time.monotonic() - start < 3, "picked up at once"
        assert bot.deliver(customer.message("x"), url, "wrong" * 10) == 401
        [sent] = bot.wait(1, customer.id)
        assert SOURCE in sent["text"].replace("\u00a0", " ")

        lines = account.place.cli("message", "list", "--account", account.name, "--limit", "50", "--json").lines
        own = [line for line in lines if line["text"] == QUESTION and line["direction"] == "in"]
        assert own and {"id", "channel", "direction", "status", "text"} <= own[0].keys()
        assert any(SOURCE in line["text"].replace("\u00a0", " ") and line["direction"] == "out" for line in lines)
        assert len(account.place.cli("message", "list", "--account", account.name, "--limit", "1", "--json").lines) == 1

        listed = account.place.cli("channel", "list", "--account", account.name, "--json").list
        assert made["id"] in [c["id"] for c in listed] and bot.token not in str(listed) and made["secret"] not in str(listed)

    def test_a_polling_channel_added_here_polls_at_once(self, account, telegram_api):
        bot = telegram_api.bot()
        made = account.place.cli("channel", "add", "telegram", "--account", account.name, "--token", bot.token, "--api-base", telegram_api.url, "--mode", "polling", "--json").json
        customer = Customer(bot)
        bot.push(customer.message(QUESTION))
        bot.wait(1, customer.id, timeout=10)
        account.owner.delete(f"/api/v1/channels/{made['id']}").ok(204)

    def test_knowledge_imported_here_answers_there(self, account):
        word = "импорт" + uuid.uuid4().hex[:6]
        file = account.place.folder / f"{word}.txt"
        file.write_text(f"Артикул {word} стоит 4 242 ₸.\n")
        account.place.cli("kb", "import", "--account", account.name, str(file), "--json")
        wait_until(lambda: "4 242" in account.owner.post("/api/v1/bot/ask", {"text": f"Сколько стоит артикул {word}?"}).ok()["text"].replace("\u00a0", " "), 10, "the running server's bot knows it")

    def test_people_made_here_sign_in_there(self, account):
        email = f"{uuid.uuid4().hex}@example.kz"
        account.place.cli("user", "create", "--account", account.name, "--email", email, "--name", "Новый", "--role", "operator", "--password-stdin", "--json", stdin=PASSWORD + "\n")
        assert account.server.client().sign_in(email, PASSWORD)["role"] == "operator"

    def test_channel_test_and_doctor_and_list_work_beside_it(self, account, telegram_api):
        channel = account.telegram(telegram_api.bot(), telegram_api)
        tested = account.place.cli("channel", "test", "--account", account.name, channel.id, "--json", "--egress-allow", "127.0.0.0/8",
                                  "--public-url", account.server.url, check=False)
        assert tested.status == 0 and channel.bot.username in tested.out, tested
        account.place.cli("doctor", "--json")
        account.place.cli("migrate", "--json")
        assert account.place.cli("jobs", "list", "--json").status == 0
        retried = account.place.cli("jobs", "retry", str(uuid.uuid4()), "--json", check=False)
        assert retried.status != 0 and retried.err.strip(), retried


@pytest.mark.once
class TestHelp:
    @pytest.mark.parametrize("command", [["--help"], ["init", "--help"], ["migrate", "--help"], ["doctor", "--help"], ["user", "create", "--help"], ["user", "list", "--help"], ["account", "create", "--help"],
                                         ["account", "list", "--help"], ["channel", "add", "--help"], ["channel", "list", "--help"], ["channel", "test", "--help"], ["kb", "import", "--help"], ["kb", "search", "--help"],
                                         ["bot", "ask", "--help"], ["message", "list", "--help"], ["audit", "list", "--help"], ["jobs", "list", "--help"], ["jobs", "retry", "--help"]], ids=" ".join)
    def test_every_command_explains_itself(self, place, command):
        import subprocess
        from harness.programs import program
        done = subprocess.run([program("sevensales"), *command], capture_output=True, text=True, timeout=30)
        assert done.returncode == 0 and "USAGE" in done.stdout.upper()
        if command[-2:-1] and command != ["--help"]:
            assert re.search(r"--json|--data|channel", done.stdout)


def test_environment_twins_work(engine, places):
    """--data and SEVENSALES_DATA mean the same."""
    place = places.new(engine)
    import subprocess
    from harness.programs import clean_environment, program
    more = {"SEVENSALES_DATA": place.data} | ({"SEVENSALES_DATABASE": place.database} if place.database else {})
    done = subprocess.run([program("sevensales"), "init", "--account", "Среда", "--email", "env@example.kz", "--password-stdin", "--json"],
                          input=PASSWORD + "\n", capture_output=True, text=True, env=clean_environment(**more), timeout=60)
    assert done.returncode == 0, done.stderr
    assert "Среда" in [a["name"] for a in place.cli("account", "list", "--json").list]
    server = places.keep(Server(place))
    assert server.client().sign_in("env@example.kz", PASSWORD)["account"]["name"] == "Среда"
    server.stop()


def test_two_installations_know_nothing_of_each_other(engine, places):
    one = places.server(engine)
    account = Account(one)
    two = places.server(engine)
    two.client().post("/api/v1/session", {"email": account.email, "password": PASSWORD}).problem(401)
    client = two.client()
    client.cookies = dict(account.owner.cookies)
    client.get("/api/v1/session").problem(401)
    one.stop()
    two.stop()
