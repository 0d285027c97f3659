"""A fake Telegram Bot API.

Many bots live on one server, each with its own token, queue and script. Rules are those of
shared/reference/channels/telegram.md: envelope, 401 for unknown tokens, 409 between webhook and polling and between two
pollers, offsets that confirm, 4096 UTF-16 units a text, 429 with `retry_after` in body and header.

    with BotAPI() as api:
        bot = api.bot()
        bot.script("sendMessage", too_many(2))
        bot.deliver({"message": …}, url, secret)
        bot.sent(chat)          # the messages that a customer would see

Standalone: `python3 bot_api.py --port 9000` takes any token; POST /_push/<token> hands an update to the poller, GET
/_calls/<token> shows what was called.
"""
import argparse
import dataclasses
import http.client
import itertools
import json
import secrets
import sys
import threading
import time
import urllib.parse
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from fakes.httpd import Exchange, Fake, parameters


@dataclasses.dataclass
class Behaviour:
    """What to do with one call instead of answering it plainly."""
    status: int = 200
    description: str = ""
    retry_after: int | None = None
    wait: float = 0
    cut: str = ""  # "before" or "after" the message counts as sent
    raw: bytes | None = None


def too_many(seconds: int) -> Behaviour:
    return Behaviour(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def error(status: int, description: str) -> Behaviour:
    return Behaviour(status, description)


def blocked() -> Behaviour:
    return Behaviour(403, "Forbidden: bot was blocked by the user")


def slow(seconds: float) -> Behaviour:
    return Behaviour(wait=seconds)


def cut_before() -> Behaviour:
    return Behaviour(cut="before")


def cut_after(wait: float = 0) -> Behaviour:
    return Behaviour(cut="after", wait=wait)


def garbage(content: bytes = b"<html>captive portal</html>") -> Behaviour:
    return Behaviour(raw=content)


@dataclasses.dataclass
class Call:
    method: str
    parameters: dict
    at: float
    status: int = 0
    result: object = None


class Bot:
    def __init__(self, token: str):
        self.token = token
        self.id = int(token.split(":")[0])
        self.username = f"shop{self.id}_bot"
        self.calls: list[Call] = []
        self.changed = threading.Condition()
        self.scripts: dict[str, list[Behaviour]] = {}
        self.updates: list[dict] = []
        self.webhook: dict = {}
        self.poller = 0
        self.update_ids = itertools.count(secrets.randbelow(10**8) + 10**8)
        self.message_ids = itertools.count(1000)

    # What a test says.

    def script(self, method: str, *behaviours: Behaviour):
        with self.changed:
            self.scripts.setdefault(method, []).extend(behaviours)

    def push(self, update: dict) -> dict:
        """Hands an update to whoever polls."""
        update = {"update_id": next(self.update_ids), **update}
        with self.changed:
            self.updates.append(update)
            self.changed.notify_all()
        return update

    def update(self, **content) -> dict:
        return {"update_id": next(self.update_ids), **content}

    def deliver(self, update: dict, url: str | None = None, secret: str | None = None, timeout=30) -> int:
        """Posts an update to the webhook as Telegram does; returns the status."""
        address = urllib.parse.urlsplit(url or self.webhook["url"])
        connection = http.client.HTTPConnection(address.hostname, address.port or 80, timeout=timeout)
        headers = {"Content-Type": "application/json", "Accept-Encoding": "gzip, deflate"}
        given = self.webhook.get("secret_token") if secret is None else secret
        if given:
            headers["X-Telegram-Bot-Api-Secret-Token"] = given
        try:
            connection.request("POST", address.path, json.dumps(update, ensure_ascii=False).encode(), headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    def deliver_until_accepted(self, update: dict, url=None, secret=None, limit: float = 60, shorten: float = 0.1) -> int:
        """Telegram's schedule (at once, 2, 4, 8 … s), shortened by a factor; returns the number of tries."""
        end, pause = time.monotonic() + limit, 0.0
        for attempt in itertools.count(1):
            try:
                if 200 <= self.deliver(update, url, secret, timeout=10) < 300:
                    return attempt
            except OSError:
                pass
            if time.monotonic() > end:
                raise TimeoutError(f"update {update['update_id']} was not accepted in {limit} s")
            time.sleep(max(0.02, pause * shorten))
            pause = min(60, pause * 2 or 2)
        raise AssertionError

    # What a test sees.

    def all(self, method: str | None = None) -> list[Call]:
        with self.changed:
            return [call for call in self.calls if method in (None, call.method)]

    def sent(self, chat: int | None = None) -> list[dict]:
        """Messages that the customer has: accepted `sendMessage` calls, in order."""
        return [c.parameters for c in self.all("sendMessage") if c.result and chat in (None, int(c.parameters["chat_id"]))]

    def wait(self, count: int, chat: int | None = None, timeout: float = 15) -> list[dict]:
        end = time.monotonic() + timeout
        with self.changed:
            while len(self.sent_locked(chat)) < count:
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"{len(self.sent_locked(chat))} of {count} messages were sent within {timeout} s; calls: "
                                         f"{[(c.method, c.status) for c in self.calls[-8:]]}")
                self.changed.wait(left)
            return self.sent_locked(chat)

    def sent_locked(self, chat):
        return [c.parameters for c in self.calls
                if c.method == "sendMessage" and c.result and chat in (None, int(c.parameters["chat_id"]))]

    # The methods.

    def run(self, call: Call) -> tuple[int, object]:
        method = getattr(self, "do_" + call.method.lower(), None)
        if not method:
            return 404, "Not Found: method not found"
        return method(call.parameters)

    def do_getme(self, _):
        return 200, {"id": self.id, "is_bot": True, "first_name": "Shop", "username": self.username, "can_join_groups": True,
                     "can_read_all_group_messages": False, "supports_inline_queries": False, "can_connect_to_business": False}

    def do_setwebhook(self, given):
        url = given.get("url", "")
        if url and not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            return 400, "Bad Request: bad webhook: HTTPS url must be provided for webhook"
        secret = given.get("secret_token", "")
        if secret and (len(secret) > 256 or not all(c.isalnum() or c in "_-" for c in secret)):
            return 400, "Bad Request: secret token contains unallowed characters"
        self.webhook = dict(given) if url else {}
        return 200, True

    def do_deletewebhook(self, _):
        self.webhook = {}
        return 200, True

    def do_getwebhookinfo(self, _):
        return 200, {"url": self.webhook.get("url", ""), "has_custom_certificate": False, "pending_update_count": len(self.updates),
                     "allowed_updates": self.webhook.get("allowed_updates", []), "max_connections": self.webhook.get("max_connections", 40)}

    def do_getupdates(self, given):
        offset, limit = int(given.get("offset") or 0), min(100, max(1, int(given.get("limit") or 100)))
        end = time.monotonic() + min(50, max(0, int(given.get("timeout") or 0)))
        with self.changed:
            if self.webhook:
                return 409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            self.poller += 1
            turn = self.poller
            self.changed.notify_all()
            # A later offset confirms everything before it.
            if offset > 0:
                self.updates = [u for u in self.updates if u["update_id"] >= offset]
            elif offset < 0:
                self.updates = self.updates[offset:]
            while not self.updates:
                left = end - time.monotonic()
                if left <= 0:
                    return 200, []
                self.changed.wait(left)
                if turn != self.poller:
                    return 409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
                if self.webhook:
                    return 409, "Conflict: terminated by setWebhook request"
            return 200, self.updates[:limit]

    def do_sendmessage(self, given):
        text, chat = given.get("text") or "", given.get("chat_id")
        if chat in (None, ""):
            return 400, "Bad Request: chat_id is empty"
        if not text.strip():
            return 400, "Bad Request: message text is empty"
        if len(text.encode("utf-16-le")) // 2 > 4096:
            return 400, "Bad Request: message is too long"
        return 200, self.message(int(chat), text=text)

    def message(self, chat: int, **content):
        return {"message_id": next(self.message_ids), "from": {"id": self.id, "is_bot": True, "first_name": "Shop"},
                "chat": {"id": chat, "type": "private"}, "date": int(time.time()), **content}

    def do_sendchataction(self, given):
        return (200, True) if given.get("action") else (400, "Bad Request: wrong parameter action in request")

    def do_editmessagetext(self, given):
        return 200, self.message(int(given["chat_id"]), text=given.get("text", ""))

    def do_answercallbackquery(self, given):
        return (200, True) if given.get("callback_query_id") else (400, "Bad Request: query is too old and response timeout expired or query ID is invalid")

    def do_getfile(self, given):
        file = given.get("file_id", "")
        return 200, {"file_id": file, "file_unique_id": "AQAD" + file[-4:], "file_size": 5, "file_path": f"photos/{file}.jpg"}


class Handler(Exchange):
    fake: "BotAPI"

    def do_GET(self):
        self.handle_call(b"")

    def do_POST(self):
        self.handle_call(self.body())

    def envelope(self, status, result, behaviour=None):
        headers = {}
        if status == 200:
            content = {"ok": True, "result": result}
        else:
            content = {"ok": False, "error_code": status, "description": result}
            if behaviour and behaviour.retry_after is not None:
                content["parameters"] = {"retry_after": behaviour.retry_after}
                headers["Retry-After"] = str(behaviour.retry_after)
        self.answer(status, json.dumps(content, ensure_ascii=False).encode(), headers=headers)

    def handle_call(self, body: bytes):
        parts = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path).strip("/").split("/")
        if parts[0] == "_push" and len(parts) == 2:
            return self.answer(200, json.dumps(self.fake.bot(parts[1]).push(json.loads(body))).encode())
        if parts[0] == "_calls" and len(parts) == 2:
            calls = [dataclasses.asdict(call) for call in self.fake.bot(parts[1]).all()]
            return self.answer(200, json.dumps(calls, ensure_ascii=False).encode())
        if parts[0] == "file" and len(parts) > 2:
            return self.answer(200, b"\xff\xd8\xff\xe0!", "image/jpeg")
        if len(parts) != 2 or not parts[0].startswith("bot"):
            return self.envelope(404, "Not Found")
        bot = self.fake.find(parts[0][3:])
        if bot is None:
            self.fake.strangers.append(self.path)
            return self.envelope(401, "Unauthorized")
        call = Call(parts[1], parameters(self, body), time.monotonic())
        self.perform(bot, call)

    def perform(self, bot: Bot, call: Call):
        with bot.changed:
            bot.calls.append(call)
            waiting = bot.scripts.get(call.method)
            behaviour = waiting.pop(0) if waiting else None
            bot.changed.notify_all()
        if behaviour and behaviour.wait:
            time.sleep(behaviour.wait)
        if behaviour and behaviour.cut == "before":
            return self.cut()
        if behaviour and behaviour.raw is not None:
            call.status = 200
            return self.answer(200, behaviour.raw, "text/html")
        if behaviour and behaviour.status != 200:
            call.status = behaviour.status
            return self.envelope(behaviour.status, behaviour.description, behaviour)
        status, result = bot.run(call)
        with bot.changed:
            call.status, call.result = status, result if status == 200 else None
            bot.changed.notify_all()
        if behaviour and behaviour.cut == "after":
            return self.cut()
        self.envelope(status, result)


class BotAPI(Fake):
    handler = Handler

    def __init__(self, port: int = 0, any_token: bool = False):
        self.bots: dict[str, Bot] = {}
        self.strangers: list[str] = []
        self.any_token = any_token
        super().__init__(port)

    def find(self, token: str) -> Bot | None:
        return self.bot(token) if self.any_token else self.bots.get(token)

    def bot(self, token: str | None = None) -> Bot:
        token = token or f"{secrets.randbelow(9 * 10**9) + 10**9}:AA{secrets.token_urlsafe(24)}"
        return self.bots.setdefault(token, Bot(token))


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--port", type=int, default=9000)
    server = BotAPI(options.parse_args().port, any_token=True)
    print(f"fake Bot API on {server.url}", flush=True)
    try:
        server.server.serve_forever()
    except KeyboardInterrupt:
        pass
