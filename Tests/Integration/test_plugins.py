"""Plugins from their making to their fall: signing, installing, and a server that goes on when one crashes."""
import http.server
import importlib.util
import json
import pathlib
import shutil
import threading
import time

import pytest

from harness.fixtures import LOCAL
from harness.http import Client
from harness.people import QUESTION, SOURCE, Account
from harness.programs import REPOSITORY, Place, Server
from harness.readme import walk
from harness.waiting import wait_until

EVIL = REPOSITORY / ".build/debug/libEvilPlugin.so"
EXAMPLES = REPOSITORY / "Plugins/Examples"
TRICKY = 'Обратный \\ слэш, "кавычки" и\nстрока'


@pytest.fixture
def plugin(tmp_path):
    if not EVIL.exists():
        pytest.skip("libEvilPlugin.so is built with the tests")
    copy = tmp_path / "evil.so"
    shutil.copy(EVIL, copy)
    return copy


@pytest.fixture
def place():
    made = Place()
    yield made
    made.remove()


@pytest.fixture
def walked(places, engine, tmp_path):
    """Walks an example's README, and starts a server whose account has a bot that knows the answer to QUESTION."""
    def walk_it(example: str) -> Account:
        place = places.new(engine)
        printed = walk(EXAMPLES / example / "README.md", place, tmp_path)
        assert "10 rules kept" in printed, printed
        account = Account(places.keep(Server(place, *LOCAL)))
        account.teach()
        account.bot(burst_wait_ms=0)
        return account
    return walk_it


LINKED = ("avito", "facebook", "instagram", "max", "telegram", "wappi", "webchat")


def installed_on(place) -> list[dict]:
    return [line for line in place.cli("plugin", "list", "--json").list if line["installed"]]


def converse(account: Account, sent: list[dict], ask) -> str:
    """A customer asks twice with one message and is answered once, by the bot; then a person answers. Returns the conversation."""
    for _ in range(2):
        ask()
    wait_until(lambda: sent, what="the reply reached the provider")
    conversation = account.owner.items("/api/v1/conversations")[0]["id"]
    assert sent[0]["chat"] == "anna" and SOURCE in sent[0]["text"].replace("\u00a0", " "), sent
    account.owner.post(f"/api/v1/conversations/{conversation}/take").ok()
    account.reply(conversation, TRICKY).ok(201)
    wait_until(lambda: len(sent) >= 2, what="the person's answer reached the provider")
    assert sent[1]["text"] == TRICKY
    assert len(sent) == 2, "one message, one reply, although it was delivered twice"
    return conversation


def test_the_example_in_c_keeps_the_contract_and_brings_a_message(walked):
    account = walked("HelloChannel")
    sent = []

    class Provider(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            assert self.path == "/messages"
            sent.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            content = json.dumps({"id": f"m{len(sent)}"}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    provider = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    secret = "a secret of ours 1234"
    settings = {"base_url": f"http://127.0.0.1:{provider.server_port}", "webhook_secret": secret}
    made = account.owner.post("/api/v1/channels", {"kind": "hello", "name": "Hello", "settings": settings}).ok(201)
    message = {"id": "1", "chat": "anna", "text": QUESTION}
    client = account.server.client()
    for wrong in ({}, {"X-Hello-Secret": secret + "x"}, {"X-Hello-Secret": ""}):
        assert client.post(made["webhook_path"], message, headers=wrong).status in (401, 404)
    converse(account, sent, lambda: client.post(made["webhook_path"], message, headers={"X-Hello-Secret": secret}).ok())
    provider.shutdown()


@pytest.fixture
def messenger():
    """The messenger of the example in Swift, as its README starts it."""
    spec = importlib.util.spec_from_file_location("messenger", EXAMPLES / "HelloSwift/messenger.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with module.Messenger() as running:
        running.token = module.TOKEN
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


def test_the_example_in_swift_keeps_the_contract_and_a_conversation(walked, messenger):
    account = walked("HelloSwift")
    settings = {"base_url": f"http://127.0.0.1:{messenger.server_port}", "token": messenger.token}
    made = account.owner.post("/api/v1/channels", {"kind": "hello-swift", "name": "Hello", "settings": {**settings, "token": "x"}}).ok(201)
    channel = f"/api/v1/channels/{made['id']}"
    refused = account.owner.post(f"{channel}/webhook").ok()
    assert not refused["ok"] and "token" in refused["problem"] and messenger.hook is None, refused
    account.owner.patch(channel, {"settings": settings}).ok()
    connected = account.owner.post(f"{channel}/webhook").ok()
    assert connected["ok"] and connected["detail"] == "Hello shop" and messenger.hook["url"].endswith(made["webhook_path"]), connected
    assert account.owner.post(f"{channel}/test").ok()["ok"]
    client, body = account.server.client(), json.dumps({"events": []}).encode()
    for forged in ("", "sha256=", "sha256=" + "0" * 64, messenger.hook["secret"]):
        assert client.post(made["webhook_path"], raw=body, headers={"X-Hello-Signature": forged}).status in (401, 404)
    say = Client(settings["base_url"])
    conversation = converse(account, messenger.sent, lambda: say.post("/say", {"id": "1", "chat": "anna", "name": "Анна", "text": QUESTION}).ok())
    long = "Слово и дело. " * 100
    account.reply(conversation, long).ok(201)
    wait_until(lambda: len(messenger.sent) >= 5, what="all parts of a long text")
    assert "".join(part["text"] for part in messenger.sent[2:]).strip() == long.strip()
    assert all(len(part["text"]) <= 500 for part in messenger.sent)
    messenger.deliver({"type": "receipt", "chat": "anna", "message": "m2", "state": "read"}, {"type": "of tomorrow", "chat": "anna"})
    wait_until(lambda: any(m["status"] == "read" and m["text"] == TRICKY for m in account.messages(conversation)), what="the receipt")
    messenger.deliver({"type": "pressed", "id": "p1", "chat": "anna", "message": "m1", "data": "yes"})
    wait_until(lambda: "yes" in json.dumps(account.shown(conversation), ensure_ascii=False), what="the press is shown")
    messenger.left.add("anna")
    account.reply(conversation, "Вы ещё тут?").ok(201)
    failed = wait_until(lambda: (m := account.shown(conversation)[-1])["status"] == "failed" and m, what="the refusal of the messenger")
    assert failed["failure"]["code"] == "customer-left", failed


class TestCommands:
    def test_from_key_to_installation(self, place, plugin, tmp_path):
        key = tmp_path / "maker.key"
        made = place.cli("plugin", "keygen", str(key), bare=True)
        assert (key.stat().st_mode & 0o777) == 0o600 and key.read_text().strip() not in made.out
        assert place.cli("plugin", "keygen", str(key), bare=True, check=False).status == 2, "a key is never replaced"
        place.cli("plugin", "sign", str(plugin), "--key", str(key), "--version", "1.0.0", bare=True)
        assert "evil 1.0.0" in place.cli("plugin", "verify", str(plugin), bare=True).out
        installed = place.cli("plugin", "install", str(plugin), "--json").json
        assert installed["kind"] == "evil" and installed["mode"] == "isolated" and installed["signed_by"]
        assert [p["kind"] for p in installed_on(place)] == ["evil"]
        for word, state in (("disable", False), ("enable", True)):
            place.cli("plugin", word, "evil")
            assert installed_on(place)[0]["enabled"] is state
        place.cli("plugin", "remove", "evil")
        assert installed_on(place) == []

    def test_how_a_plugin_is_loaded_is_set_for_each(self, place, plugin, tmp_path):
        def modes(**environment):
            return {p["kind"]: p["mode"] for p in place.cli("plugin", "list", "--json", environment=environment).list}
        assert modes() == dict.fromkeys(LINKED, "linked")
        place.cli("plugin", "mode", "telegram", "isolated")
        assert modes() == {**dict.fromkeys(LINKED, "linked"), "telegram": "isolated"}
        assert modes(SEVENSALES_PLUGIN_MODE="telegram=linked,max=isolated")["telegram"] == "linked"
        assert set(modes(SEVENSALES_PLUGIN_MODE="*=isolated").values()) == {"isolated"}
        place.cli("plugin", "install", str(plugin), "--unsigned")
        assert modes(SEVENSALES_PLUGIN_MODE="*=linked")["evil"] == "isolated", "the star means those that are linked"
        for kind, mode, sign in [("evil", "linked", "not linked"), ("max", "in-process", "no shared object"), ("evil", "in-process", "trusted key"),
                                 ("evil", "sideways", "expected linked"), ("nobody", "isolated", "plugin list"), ("../x", "isolated", "plugin list")]:
            refused = place.cli("plugin", "mode", kind, mode, check=False)
            assert refused.status == 2 and sign in refused.err, refused
        for setting, sign in [("telegram", "expected"), ("a=b=c", "expected"), ("telegram=fast", "expected linked")]:
            refused = place.cli("plugin", "list", environment={"SEVENSALES_PLUGIN_MODE": setting}, check=False)
            assert refused.status == 2 and sign in refused.err, refused
        for setting, sign in [("nobody=isolated", "no plugin nobody"), ("max=in-process", "no shared object"), ("evil=linked", "not linked")]:
            server = Server(place, "--plugin-mode", setting, wait=False)
            assert server.process.wait(60) == 2 and sign in server.text(), server.text()

    def test_an_installed_plugin_takes_the_place_of_a_linked_one_only_when_it_is_told_to(self, place, tmp_path):
        file = EVIL.parent / "libSevenSalesMax.so"
        shown = place.cli("plugin", "install", str(file), "--unsigned", "--json").json
        assert shown["mode"] == "linked" and shown["installed"] and shown["linked"]
        place.cli("plugin", "mode", "max", "isolated")
        assert installed_on(place)[0]["mode"] == "isolated"
        place.cli("plugin", "remove", "max")
        assert installed_on(place) == [] and place.cli("plugin", "remove", "max", check=False).status == 2, "what is linked cannot be removed"

    def test_a_changed_file_and_a_foreign_signature_are_refused(self, place, plugin, tmp_path):
        place.cli("plugin", "keygen", str(tmp_path / "k"), bare=True)
        place.cli("plugin", "sign", str(plugin), "--key", str(tmp_path / "k"), "--version", "1.0.0", bare=True)
        manifest = pathlib.Path(str(plugin) + ".json")
        good = manifest.read_text()
        plugin.write_bytes(plugin.read_bytes() + b"\0")
        refused = place.cli("plugin", "verify", str(plugin), bare=True, check=False)
        assert refused.status == 2 and "not the one that was signed" in refused.err
        shutil.copy(EVIL, plugin)
        manifest.write_text(good.replace('"version" : "1.0.0"', '"version" : "1.0.1"'))
        refused = place.cli("plugin", "install", str(plugin), check=False)
        assert refused.status == 2 and "signature" in refused.err

    def test_unsigned_and_untrusted_need_a_word(self, place, plugin, tmp_path):
        refused = place.cli("plugin", "install", str(plugin), check=False)
        assert refused.status == 2 and "--unsigned" in refused.err
        place.cli("plugin", "keygen", str(tmp_path / "k"), bare=True)
        place.cli("plugin", "sign", str(plugin), "--key", str(tmp_path / "k"), "--version", "1", bare=True)
        refused = place.cli("plugin", "install", str(plugin), "--in-process", check=False)
        assert refused.status == 2 and "--trust" in refused.err
        assert place.cli("plugin", "install", str(plugin), "--in-process", "--trust", "--json").json["mode"] == "in-process"

    @pytest.mark.parametrize("content", [b"", b"\x7fELF", b"text"])
    def test_what_is_no_plugin_is_refused_in_one_line(self, place, tmp_path, content):
        file = tmp_path / "x.so"
        file.write_bytes(content)
        refused = place.cli("plugin", "install", str(file), "--unsigned", check=False)
        assert refused.status == 2 and len(refused.err.strip().splitlines()) == 1, refused.err

    def test_the_contract_kit_reports(self, place, plugin):
        report = place.cli("plugin", "test", str(plugin), bare=True, check=False)
        assert report.status == 1 and "✗ it can do what it promises: delivering a text" in report.out, report.out


def test_a_crashing_plugin_turns_its_own_channel_amber_alone(places, engine, telegram_api, plugin):
    place = places.new(engine)
    place.cli("plugin", "install", str(plugin), "--unsigned")
    server = places.keep(Server(place, *LOCAL))
    account = Account(server)
    account.teach()
    account.bot(burst_wait_ms=0)
    telegram = account.telegram(telegram_api.bot(), telegram_api)
    made = account.owner.post("/api/v1/channels", {"kind": "evil", "name": "Evil"}).ok(201)
    client = server.client()

    def problem():
        return next(c for c in account.owner.items("/api/v1/channels") if c["id"] == made["id"]).get("problem")
    assert problem() is None
    assert client.post(made["webhook_path"], raw=b"nothing").status in (401, 404)
    fell = client.post(made["webhook_path"], raw=b"segfault")
    assert fell.status == 503 and fell.headers.get("retry-after"), fell
    assert "Segmentation fault" in problem()
    customer = telegram.customer()
    telegram.say(customer, QUESTION)
    telegram.bot.wait(1, customer.id)
    began = time.monotonic()
    wait_until(lambda: problem() is None, what="the plugin stands again")
    assert time.monotonic() - began < 4
    assert client.post(made["webhook_path"], raw=b"passwd").status in (401, 404), "it got at a file"
    assert server.is_running


def children(server) -> int:
    return sum(f"\nPPid:\t{server.process.pid}\n" in status.read_text() for status in pathlib.Path("/proc").glob("[0-9]*/status") if status.exists())


def test_every_linked_channel_can_run_in_a_process_of_its_own(places, engine, telegram_api):
    server = places.keep(Server(places.new(engine), *LOCAL, "--plugin-mode", "*=isolated"))
    account = Account(server)
    account.teach()
    account.bot(burst_wait_ms=0)
    kinds = account.owner.items("/api/v1/channel-kinds")
    assert {kind["kind"]: kind["mode"] for kind in kinds} == dict.fromkeys(LINKED, "isolated") and children(server) == len(LINKED)
    telegram = account.telegram(telegram_api.bot(), telegram_api)
    customer = telegram.customer()
    telegram.say(customer, QUESTION)
    telegram.bot.wait(1, customer.id)
    shown = next(c for c in account.owner.items("/api/v1/channels") if c["kind"] == "telegram")
    assert (shown["plugin"]["state"], shown["plugin"]["mode"]) == ("working", "isolated"), shown["plugin"]


@pytest.fixture
def evil(places, engine):
    """A server on which an evil plugin is installed while it runs, and a channel of it."""
    server = places.keep(Server(places.new(engine), *LOCAL))
    account = Account(server)
    assert "evil" not in {kind["kind"] for kind in account.owner.items("/api/v1/channel-kinds")}
    server.place.cli("plugin", "install", str(EVIL), "--unsigned")
    wait_until(lambda: "evil" in {kind["kind"] for kind in account.owner.items("/api/v1/channel-kinds")}, what="the running server has the plugin")
    account.evil = account.owner.post("/api/v1/channels", {"kind": "evil", "name": "Evil"}).ok(201)
    return account


def plugin_of(account) -> dict:
    return next(c for c in account.owner.items("/api/v1/channels") if c["id"] == account.evil["id"])["plugin"]


def becomes(account, state: str, sign: str = ""):
    return wait_until(lambda: (found := plugin_of(account))["state"] == state and sign in (found.get("reason") or "") and found, 30, f"the plugin is {state}: {sign}")


def test_what_changes_in_the_plugin_folder_takes_effect_in_a_running_server(evil):
    place, client, path = evil.server.place, evil.server.client(), evil.evil["webhook_path"]
    file = place.data / "plugins/evil/plugin.so"
    assert client.post(path, raw=b"nothing").status in (401, 404) and children(evil.server) == 1
    place.cli("plugin", "disable", "evil")
    becomes(evil, "missing", "disabled")
    assert client.post(path, raw=b"nothing").status == 503, "the provider comes again"
    place.cli("plugin", "enable", "evil")
    becomes(evil, "working")
    assert client.post(path, raw=b"nothing").status in (401, 404)
    # Somebody puts another file there.
    changed = place.data / "plugins/evil/other"
    changed.write_bytes(file.read_bytes() + b"\0")
    changed.rename(file)
    becomes(evil, "missing", "not the one that was installed")
    place.cli("plugin", "install", str(EVIL), "--unsigned")
    becomes(evil, "working")
    place.cli("plugin", "remove", "evil")
    becomes(evil, "missing", "removed")
    wait_until(lambda: children(evil.server) == 0, what="its process has ended")
    assert client.post(path, raw=b"nothing").status == 503
    assert evil.owner.delete(f"/api/v1/channels/{evil.evil['id']}").status == 204, "a channel without a plugin can be removed"
    # A linked plugin moves into a process of its own and back.
    for mode, count in (("isolated", 1), ("linked", 0)):
        place.cli("plugin", "mode", "max", mode)
        wait_until(lambda: children(evil.server) == count, what=f"{mode}")
    assert {k["kind"]: k["mode"] for k in evil.owner.items("/api/v1/channel-kinds")}["max"] == "linked"


def test_a_plugin_that_was_switched_off_is_released_without_a_restart(evil):
    client = evil.server.client()

    def crash_until_it_stays_off():
        for crashes in range(8):
            wait_until(lambda: plugin_of(evil)["state"] in ("working", "quarantined"), 40, "it stands again, or stays off")
            if plugin_of(evil)["state"] == "quarantined":
                break
            # A process that is only just starting refuses the call and is not harmed by it.
            assert client.post(evil.evil["webhook_path"], raw=b"segfault").status == 503
        assert crashes >= 5 and "Segmentation fault" in plugin_of(evil)["reason"]
    crash_until_it_stays_off()
    release = f"/api/v1/channels/{evil.evil['id']}/plugin/release"
    operator = evil.invite("operator", "Оператор")
    assert operator.post(release).status == 403
    assert plugin_of(evil)["state"] == "quarantined"
    assert evil.owner.post(release).status == 204
    becomes(evil, "working")
    assert any(e["action"] == "channel.plugin-released" for e in evil.owner.items("/api/v1/audit"))
    crash_until_it_stays_off()
    evil.server.place.cli("plugin", "release", "evil")
    becomes(evil, "working")
    assert client.post(evil.evil["webhook_path"], raw=b"nothing").status in (401, 404)
