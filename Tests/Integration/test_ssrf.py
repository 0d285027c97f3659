"""A-27, A-28, A-31, T-07: hostile addresses in every setting that takes one. A listening socket counts who comes."""
import ipaddress
import socket
import subprocess

import pytest

from fakes.httpd import Listener
from harness.people import Account
from harness.waiting import wait_until


def own_addresses() -> list[str]:
    found = subprocess.run(["hostname", "-I"], capture_output=True, text=True).stdout.split()
    return [a for a in found if ipaddress.ip_address(a).version == 4]


pytestmark = pytest.mark.once

LOCAL = {
    "loopback": "127.0.0.1", "other loopback": "127.0.0.2", "name": "localhost", "name with dot": "localhost.", "upper case": "LOCALHOST",
    "decimal": "2130706433", "hex": "0x7f000001", "octal": "0177.0.0.1", "short": "127.1", "shorter": "127.0.1", "hex parts": "0x7f.0x0.0x0.0x1",
    "padded": "127.000.000.001", "zero": "0.0.0.0", "plain zero": "0", "v6": "[::1]", "v6 any": "[::]", "v4 in v6": "[::ffff:127.0.0.1]",
    "v4 in v6, hex": "[::ffff:7f00:1]", "v4 compatible": "[::127.0.0.1]", "long v6": "[0:0:0:0:0:0:0:1]", "nat64": "[64:ff9b::7f00:1]", "6to4": "[2002:7f00:1::]",
    "user": "user:secret@127.0.0.1", "user that looks like a host": "api.telegram.org@127.0.0.1", "full-width digits": "１２７.0.0.1",
    "ideographic dots": "127。0。0。1", "circled": "①②⑦.⓪.⓪.①", "trailing dot": "127.0.0.1.", "encoded": "127.0.0.1%2f@api.telegram.org", "encoded dots": "127%2e0%2e0%2e1",
    "zone": "[fe80::1%25lo]", "subdomain of localhost": "x.localhost", "ip6-localhost": "ip6-localhost",
}
ELSEWHERE = ["http://10.0.0.1", "http://172.16.0.1", "http://192.168.0.1", "http://100.64.0.1", "http://169.254.169.254/latest/meta-data",
             "http://metadata.google.internal", "http://[fd00:ec2::254]", "http://[fe80::1]", "http://198.18.0.1", "http://192.0.0.1", "http://224.0.0.1", "http://255.255.255.255"]
STRANGE = ["file:///etc/passwd", "gopher://127.0.0.1:{port}/x", "ftp://127.0.0.1:{port}", "dict://127.0.0.1:{port}", "//127.0.0.1:{port}", "127.0.0.1:{port}", "http:///127.0.0.1:{port}",
           "http:\\\\127.0.0.1:{port}", "http://127.0.0.1:{port}\r\nHost: api.telegram.org", "jar:http://127.0.0.1:{port}!/", "javascript:alert(1)", "http://", "http://:{port}", " http://127.0.0.1:{port}",
           "http://api.telegram.org\\@127.0.0.1:{port}", "http://127.0.0.1:{port}#api.telegram.org", "http://127.0.0.1:{port}?x=api.telegram.org", "http://127.0.0.1:99999"]


@pytest.fixture(scope="module")
def listeners():
    four = Listener(host="0.0.0.0")
    made = [four]
    try:
        class Six(Listener):
            pass
        made.append(Six(host="::1", family=socket.AF_INET6))
    except OSError:
        pass
    yield made
    for listener in made:
        listener.stop()


@pytest.fixture(scope="module")
def guarded(strict_server):
    made = Account(strict_server)
    made.teach()
    made.bot(burst_wait_ms=0)
    return made


def addresses(listeners):
    for scheme in ("http", "https"):
        for name, host in LOCAL.items():
            for listener in listeners:
                yield f"{scheme} {name}", f"{scheme}://{host}:{listener.port}"
    for own in own_addresses():
        yield "own address", f"http://{own}:{listeners[0].port}"
    for url in ELSEWHERE:
        yield url, url
    for url in STRANGE:
        yield url, url.format(port=listeners[0].port)


def connections(listeners):
    return sum(listener.connections for listener in listeners)


def test_the_listener_would_notice(listeners):
    """The test of the test: without a guard the count moves."""
    with socket.create_connection(("127.0.0.1", listeners[0].port)):
        pass
    wait_until(lambda: connections(listeners) == 1, what="the listener counts")
    for listener in listeners:
        listener.connections = 0


def test_a_telegram_api_base_reaches_nothing_private(guarded, listeners):
    slow, wrong = [], []
    for name, url in addresses(listeners):
        made = guarded.owner.post("/api/v1/channels", {"kind": "telegram", "name": "ssrf", "mode": "webhook", "settings": {"token": "123456:ABCDEF-secret", "api_base": url}})
        assert made.status in (201, 400, 422), f"{name}: {made}"
        if made.status == 201:
            id = made.json["id"]
            for act in ("test", "webhook"):
                answer = guarded.owner.post(f"/api/v1/channels/{id}/{act}")
                if answer.status >= 500 or answer.status == 200 and answer.json.get("ok"):
                    wrong.append((name, answer))
                if answer.seconds > 4:
                    slow.append((name, act, answer.seconds))
            guarded.owner.delete(f"/api/v1/channels/{id}").ok(204)
        assert connections(listeners) == 0, f"{name}: {url} was reached"
    assert not wrong, "\n".join(map(str, wrong))
    assert not slow, f"refused addresses must not wait for a network: {slow}"


def test_a_changed_api_base_reaches_nothing_private(guarded, listeners):
    made = guarded.owner.post("/api/v1/channels", {"kind": "telegram", "name": "ssrf", "mode": "webhook", "settings": {"token": "123456:ABCDEF-secret"}}).ok(201)
    wrong = []
    for name, url in addresses(listeners):
        changed = guarded.owner.patch(f"/api/v1/channels/{made['id']}", {"settings": {"api_base": url}})
        assert changed.status in (200, 400, 422), f"{name}: {changed}"
        if changed.status == 200:
            answer = guarded.owner.post(f"/api/v1/channels/{made['id']}/test")
            if answer.status != 200 or answer.json.get("ok"):
                wrong.append((name, answer))
        assert connections(listeners) == 0, f"{name}: {url} was reached"
    guarded.owner.delete(f"/api/v1/channels/{made['id']}").ok(204)
    assert not wrong, "\n".join(map(str, wrong))


def test_polling_reaches_nothing_private(guarded, listeners):
    made = guarded.owner.post("/api/v1/channels", {"kind": "telegram", "name": "ssrf", "mode": "polling",
                                                   "settings": {"token": "123456:ABCDEF-secret", "api_base": f"http://127.0.0.1:{listeners[0].port}"}})
    if made.status == 201:
        id = made.json["id"]

        def problem():
            return next(c for c in guarded.owner.get("/api/v1/channels").ok()["items"] if c["id"] == id)["problem"]
        wait_until(problem, 20, "the channel says why it does not poll")
        guarded.owner.delete(f"/api/v1/channels/{id}").ok(204)
    assert connections(listeners) == 0


def test_a_providers_base_url_reaches_nothing_private(guarded, listeners):
    before = guarded.owner.get("/api/v1/bot").ok()
    for name, url in addresses(listeners):
        settings = {**{k: v for k, v in before.items() if k != "has_key"}, "provider": "openai_compatible", "base_url": url, "model": "m", "api_key": "sk-secret"}
        answer = guarded.owner.put("/api/v1/bot", settings)
        assert answer.status in (200, 400, 422), f"{name}: {answer}"
        if answer.status == 200:
            asked = guarded.owner.post("/api/v1/bot/ask", {"text": "Сколько стоит диван?"}, timeout=60).ok()
            assert asked["outcome"] == "handoff", f"{name}: {asked}"
            guarded.owner.put("/api/v1/bot", {**{k: v for k, v in before.items() if k != "has_key"}, "api_key": ""}).ok()
        assert connections(listeners) == 0, f"{name}: {url} was reached"


def test_a28_a_redirect_is_not_followed_even_where_private_addresses_are_allowed(server, listeners):
    account = Account(server)
    target = listeners[0]
    target.connections = 0
    redirect = Listener(f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{target.port}/\r\nContent-Length: 0\r\n\r\n".encode())
    made = account.owner.post("/api/v1/channels", {"kind": "telegram", "name": "redirect", "mode": "webhook", "settings": {
        "token": "123456:ABCDEF-secret", "api_base": f"http://127.0.0.1:{redirect.port}"}}).ok(201)
    assert not account.owner.post(f"/api/v1/channels/{made['id']}/test").ok()["ok"]
    assert redirect.connections >= 1 and target.connections == 0
    redirect.stop()


def test_allowing_one_network_allows_only_it(server, listeners):
    """--egress-allow 127.0.0.0/8 does not open the others."""
    account = Account(server)
    for own in own_addresses():
        if ipaddress.ip_address(own).is_private:
            made = account.owner.post("/api/v1/channels", {"kind": "telegram", "name": "own", "mode": "webhook", "settings": {
                "token": "123456:ABCDEF-secret", "api_base": f"http://{own}:{listeners[0].port}"}})
            if made.status == 201:
                account.owner.post(f"/api/v1/channels/{made.json['id']}/test").ok()
            assert listeners[0].connections == 0, own
    for url in ("http://[::1]:%d" % listeners[-1].port, "http://169.254.169.254"):
        made = account.owner.post("/api/v1/channels", {"kind": "telegram", "name": "own", "mode": "webhook", "settings": {"token": "123456:ABCDEF-secret", "api_base": url}})
        if made.status == 201:
            assert not account.owner.post(f"/api/v1/channels/{made.json['id']}/test").ok()["ok"]
    assert len(listeners) == 1 or listeners[1].connections == 0
