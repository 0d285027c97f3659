"""The table of limits in reliability.md: at the limit it works, one more is refused, a hundred times more harms nothing."""
import json
import socket
import time
import uuid

import pytest

from harness.people import Account
from harness.waiting import wait_until


@pytest.fixture(scope="module")
def target(server, telegram_api):
    account = Account(server)
    account.bot(enabled=False)
    return account, account.telegram(telegram_api.bot(), telegram_api)


def padded(telegram, size: int) -> bytes:
    """A good update of exactly so many bytes."""
    update = telegram.customer().message("ровно")
    update["message"]["padding"] = ""
    short = json.dumps(update, ensure_ascii=False).encode()
    update["message"]["padding"] = "x" * (size - len(short))
    body = json.dumps(update, ensure_ascii=False).encode()
    assert len(body) == size
    return body


def hook(telegram, body: bytes, **headers):
    return telegram.account.server.client().post(telegram.path, raw=body, headers={
        "Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": telegram.secret, **headers}, timeout=60)


class TestBodies:
    def test_a_webhook_body_has_one_megabyte(self, target):
        _, telegram = target
        assert hook(telegram, padded(telegram, 1 << 20)).status == 200
        hook(telegram, padded(telegram, (1 << 20) + 1)).problem(413, "too_large")

    @pytest.mark.parametrize("chunked", [False, True], ids=["declared", "chunked"])
    def test_a_hundred_megabytes_are_refused_without_being_read(self, target, chunked):
        account, telegram = target
        memory = account.server.memory()
        client = account.server.client()
        with client.raw_connection(timeout=30) as connection:
            head = f"POST {telegram.path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nX-Telegram-Bot-Api-Secret-Token: {telegram.secret}\r\n"
            connection.sendall((head + ("Transfer-Encoding: chunked\r\n\r\n" if chunked else f"Content-Length: {100 << 20}\r\n\r\n")).encode())
            sent, received = 0, b""
            connection.settimeout(0.05)
            piece = b"x" * 65536
            wire = b"10000\r\n" + piece + b"\r\n" if chunked else piece
            try:
                while sent < 100 << 20 and not received:
                    connection.settimeout(5)
                    connection.sendall(wire)
                    sent += len(piece)
                    connection.settimeout(0.001)
                    try:
                        received = connection.recv(65536)
                        if not received:
                            break
                    except (TimeoutError, socket.timeout, BlockingIOError):
                        pass
            except ConnectionError:
                pass
        assert received.startswith(b"HTTP/1.1 413") or not received and sent < 20 << 20, (received[:100], sent)
        assert sent < 20 << 20, f"{sent >> 20} MB were taken"
        assert account.server.memory() - memory <= 64, "memory did not follow the body"
        assert client.get("/healthz").status == 200

    def test_a_message_has_64_kilobytes(self, target):
        account, telegram = target
        customer = telegram.customer()
        telegram.say(customer, "?")
        conversation = account.conversation(customer.name)["id"]
        for text, status in (("а" * 32768, 201), ("а" * 32768 + "b", 422), ("x" * 65536, 201), ("x" * 65537, 422)):
            answer = account.reply(conversation, text, "note")
            assert answer.status == status, (len(text.encode()), answer.status, answer.text[:200])
        assert account.reply(conversation, "x" * 6_553_600, "note").status in (413, 422)

    def test_an_api_body_has_its_limit(self, target):
        account, _ = target
        assert account.owner.post("/api/v1/knowledge/entries", {"title": "x", "text": "x" * (1 << 20), "language": "ru"}).status == 413

    def test_a_knowledge_file_has_25_megabytes(self, target):
        account, _ = target
        client = account.owner.twin()
        with client.raw_connection() as connection:
            fields = "".join(f"{n}: {v}\r\n" for n, v in client.headers("POST").items())
            connection.sendall(f"POST /api/v1/knowledge/files?name=a.txt&language=ru HTTP/1.1\r\nHost: a\r\n{fields}Content-Type: text/plain\r\nContent-Length: {(25 << 20) + 1}\r\n\r\n".encode())
            assert connection.recv(100).startswith(b"HTTP/1.1 413")
        answer = account.owner.post("/api/v1/knowledge/files?name=big.txt&language=ru", raw=("Слово. \n" * 40_000).encode(), headers={"Content-Type": "text/plain"}, timeout=120)
        assert answer.status == 201, answer


class TestJSON:
    def nested(self, telegram, depth: int) -> bytes:
        """`depth` counts the outer object."""
        update = telegram.customer().message("глубоко")
        return (json.dumps(update, ensure_ascii=False)[:-1] + ', "deep": ' + "[" * (depth - 1) + "]" * (depth - 1) + "}").encode()

    @pytest.mark.parametrize("depth, status", [(64, 200), (65, 400), (6400, 400)])
    def test_a_webhook_nests_64_levels(self, target, depth, status):
        assert hook(target[1], self.nested(target[1], depth)).status == status

    def test_a_webhook_has_20000_nodes(self, target):
        def body(count):
            return (json.dumps(target[1].customer().message("x"))[:-1] + ', "many": [' + ",".join("1" * count) + "]}").encode()
        assert hook(target[1], body(19_900)).status == 200
        assert hook(target[1], body(20_001)).status == 400
        assert hook(target[1], body(400_000)).status in (400, 413)

    @pytest.mark.parametrize("depth, good", [(60, True), (65, False), (6400, False)])
    def test_an_api_body_nests_64_levels(self, target, depth, good):
        account, _ = target
        raw = ('{"theme":"dark","deep":' + "[" * (depth - 1) + "]" * (depth - 1) + "}").encode()
        answer = account.owner.request("PATCH", "/api/v1/me", raw=raw, headers={"Content-Type": "application/json"})
        assert (answer.status == 200) if good else answer.status in (400, 413), answer


@pytest.mark.once
class TestHeaders:
    def send(self, server, fields: list[tuple[str, str]]) -> bytes:
        with server.client().raw_connection(timeout=20) as connection:
            try:
                connection.sendall(("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + "".join(f"{n}: {v}\r\n" for n, v in fields) + "\r\n").encode())
                return connection.recv(100)
            except ConnectionError:
                return b""

    @pytest.mark.parametrize("size, good", [(16 * 1024 - 64, True), (16 * 1024 + 64, False), (1600 * 1024, False)])
    def test_one_field_has_16_kilobytes(self, server, size, good):
        answer = self.send(server, [("X-Long", "x" * size)])
        assert answer.startswith(b"HTTP/1.1 200") if good else not answer.startswith(b"HTTP/1.1 2"), answer
        assert server.client().get("/healthz").status == 200

    @pytest.mark.parametrize("count, good", [(90, True), (120, False), (10_000, False)])
    def test_there_are_a_hundred_fields(self, server, count, good):
        answer = self.send(server, [(f"X-{i}", "1") for i in range(count)])
        assert answer.startswith(b"HTTP/1.1 200") if good else not answer.startswith(b"HTTP/1.1 2"), answer
        assert server.client().get("/healthz").status == 200

    @pytest.mark.parametrize("total, good", [(56, True), (72, False)])
    def test_all_fields_have_64_kilobytes(self, server, total, good):
        answer = self.send(server, [(f"X-{i}", "x" * 8192) for i in range(total // 8)])
        assert answer.startswith(b"HTTP/1.1 200") if good else not answer.startswith(b"HTTP/1.1 2"), answer

    def test_a_long_path_is_refused(self, server):
        for length in (20_000, 1_000_000):
            with server.client().raw_connection(timeout=20) as connection:
                try:
                    connection.sendall(b"GET /" + b"a" * length + b" HTTP/1.1\r\nHost: a\r\n\r\n")
                    answer = connection.recv(100)
                except ConnectionError:
                    answer = b""
            assert not answer.startswith(b"HTTP/1.1 2"), answer
        assert server.client().get("/healthz").status == 200


class TestFields:
    @pytest.mark.parametrize("count, status", [(100, 201), (101, 422), (10_000, 422)])
    def test_a_channels_name(self, target, count, status):
        account, _ = target
        answer = account.owner.post("/api/v1/channels", {"kind": "webchat", "name": "я" * count, "settings": {}})
        assert answer.status == status, answer
        if status == 201:
            account.owner.delete(f"/api/v1/channels/{answer.json['id']}").ok(204)

    @pytest.mark.parametrize("count, status", [(1, 200), (100, 200), (101, 422), (0, 422)])
    def test_a_page(self, target, count, status):
        for path in ("/api/v1/conversations", "/api/v1/knowledge/entries", "/api/v1/contacts", "/api/v1/audit", "/api/v1/users", "/api/v1/ai-calls", "/api/v1/api-keys"):
            answer = target[0].owner.get(f"{path}?limit={count}")
            assert answer.status == status, answer

    @pytest.mark.parametrize("length, status", [(16_000, 202), (16_001, 422), (60_000, 422)])
    def test_a_visitors_message(self, target, length, status):
        account, _ = target
        chat = account.webchat()
        visitor = account.visitor(chat["public_key"])
        answer = visitor.client.post(f"/webchat/{chat['public_key']}/messages", {"id": str(uuid.uuid4()), "text": "x" * length})
        assert answer.status == status, answer


@pytest.mark.once
class TestSlowClients:
    """F-25: header deadline 10 s, idle 15 s, body at least 1 KB/s."""

    @pytest.mark.slow
    def test_slow_headers_slow_bodies_and_silence_are_closed(self, server):
        client, begin = server.client(), time.monotonic()
        header, body, silent = (client.raw_connection(30) for _ in range(3))
        header.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n")
        body.sendall(b"POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 8000\r\n\r\n{")
        waiting = {"header": header, "body": body, "silent": silent}
        closed = {}
        while waiting and time.monotonic() - begin < 28:
            for name, connection in list(waiting.items()):
                connection.settimeout(0.05)
                try:
                    if name != "silent":
                        connection.sendall(b"X-A: b\r\n" if name == "header" else b" ")
                    connection.recv(1000)
                    # Whatever is said, the connection must end; an answer counts as its end.
                    closed[name] = time.monotonic() - begin
                    del waiting[name]
                    connection.close()
                except (TimeoutError, socket.timeout):
                    pass
                except OSError:
                    closed[name] = time.monotonic() - begin
                    del waiting[name]
            time.sleep(0.4)
        assert not waiting, f"still open after 28 s: {list(waiting)}; closed: {closed}"
        assert closed["header"] <= 17 and closed["body"] <= 22 and closed["silent"] <= 22, closed
        wait_until(lambda: client.get("/healthz").status == 200, what="alive")
