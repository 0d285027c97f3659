"""A fake Telegram Bot API.

Many bots live on one server, each with its own token, queue and script: envelope, 401 for unknown tokens, 409 between webhook and polling
and between two pollers, offsets that confirm, 4096 UTF-16 units a text, 429 with `retry_after` in body and header. Deliveries are repeated
at once, after 2, 4, 8 … s. Files lie behind `getFile`, of 20 MB at most.

    with BotAPI() as api:
        bot = api.bot()
        bot.script("sendMessage", too_many(2))
        bot.deliver({"message": …}, url, secret)
        bot.sent(chat)          # the messages that a customer would see; `file` holds the bytes of those with one
        bot.add_file(content)   # the id under which a customer's file can be fetched
"""
import itertools
import secrets
import time

from .httpd import Upload
from .provider import Behaviour, Call, Delivery, Endpoint, File, Provider, Refused, Routes, cut_after, cut_before, garbage, moved, pour, slow

__all__ = ["Bot", "BotAPI", "blocked", "cut_after", "cut_before", "error", "garbage", "moved", "pour", "slow", "too_many"]

#: Methods that send a file, and the parameter that holds it.
FILES = {"sendPhoto": "photo", "sendDocument": "document", "sendVideo": "video", "sendAudio": "audio", "sendVoice": "voice",
         "sendAnimation": "animation", "sendVideoNote": "video_note", "sendSticker": "sticker"}


def envelope(status: int, result, retry_after: int | None = None) -> dict:
    if status == 200:
        return {"ok": True, "result": result}
    more = {} if retry_after is None else {"parameters": {"retry_after": retry_after}}
    return {"ok": False, "error_code": status, "description": result, **more}


def too_many(seconds: int) -> Behaviour:
    return Behaviour(429, envelope(429, f"Too Many Requests: retry after {seconds}", seconds), {"Retry-After": str(seconds)})


def error(status: int, description: str) -> Behaviour:
    return Behaviour(status, envelope(status, description))


def blocked() -> Behaviour:
    return error(403, "Forbidden: bot was blocked by the user")


class Bot(Endpoint):
    kind = "telegram"

    def __init__(self, token: str):
        super().__init__()
        self.token = token
        self.id = int(token.split(":")[0])
        self.username = f"shop{self.id}_bot"
        self.updates: list[dict] = []
        self.webhook: dict = {}
        self.poller = 0
        self.update_ids = itertools.count(secrets.randbelow(10**8) + 10**8)
        self.message_ids = itertools.count(1000)
        #: What `getFile` knows, by `file_id`.
        self.files: dict[str, File] = {}
        #: What `getChat` tells of those who allow it.
        self.chats: dict[int, dict] = {}

    # What a test says.

    def too_many(self, seconds: int) -> Behaviour:
        return too_many(seconds)

    def add_file(self, content: bytes, type: str = "application/octet-stream") -> str:
        """Its id, as messages name it."""
        id = "AgAC" + secrets.token_hex(12)
        self.files[id] = File(content, type)
        return id

    def push(self, update: dict) -> dict:
        """Hands an update to whoever polls."""
        update = {"update_id": next(self.update_ids), **update}
        with self.changed:
            self.updates.append(update)
            self.changed.notify_all()
        return update

    def report(self, update: dict) -> int | None:
        """To the webhook, or into the queue of whoever polls."""
        if self.webhook:
            return self.deliver(update)
        self.push(update)
        return None

    def update(self, **content) -> dict:
        return {"update_id": next(self.update_ids), **content}

    def delivery(self, update: dict, url: str | None = None, secret: str | None = None) -> Delivery:
        given = self.webhook.get("secret_token") if secret is None else secret
        headers = {"X-Telegram-Bot-Api-Secret-Token": given} if given else {}
        return Delivery.of(url or self.webhook["url"], update, {"Accept-Encoding": "gzip, deflate", **headers})

    def deliver(self, update: dict, url: str | None = None, secret: str | None = None, timeout=30) -> int:
        """Posts an update to the webhook as Telegram does; returns the status."""
        return self.delivery(update, url, secret).post(timeout)

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

    # The methods.

    def run(self, call: Call):
        if call.name == "file":
            return 200, self.file(call.parameters["file"])
        if call.name in FILES:
            status, result = self.send_file(call.name, call.parameters)
            return status, envelope(status, result)
        method = getattr(self, "do_" + call.name.lower(), None)
        status, result = method(call.parameters) if method else (404, "Not Found: method not found")
        return status, envelope(status, result)

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

    def do_getchat(self, given):
        chat = self.chats.get(int(given.get("chat_id") or 0))
        return (200, {"type": "private", "accent_color_id": 1, **chat}) if chat else (400, "Bad Request: chat not found")

    def do_sendmessage(self, given):
        text, chat = given.get("text") or "", given.get("chat_id")
        if chat in (None, ""):
            return 400, "Bad Request: chat_id is empty"
        if not text.strip():
            return 400, "Bad Request: message text is empty"
        if len(text.encode("utf-16-le")) // 2 > 4096:
            return 400, "Bad Request: message is too long"
        made = self.message(int(chat), text=text)
        self.record(int(chat), text, str(made["message_id"]), **{name: given[name] for name in given if name not in ("chat", "text", "id", "at")})
        return 200, made

    def message(self, chat: int, **content):
        return {"message_id": next(self.message_ids), "from": {"id": self.id, "is_bot": True, "first_name": "Shop"},
                "chat": {"id": chat, "type": "private"}, "date": int(time.time()), **content}

    def do_sendchataction(self, given):
        return (200, True) if given.get("action") else (400, "Bad Request: wrong parameter action in request")

    def do_editmessagetext(self, given):
        return 200, self.message(int(given["chat_id"]), text=given.get("text", ""))

    def do_answercallbackquery(self, given):
        return (200, True) if given.get("callback_query_id") else (400, "Bad Request: query is too old and response timeout expired or query ID is invalid")

    def file(self, id: str) -> File:
        return self.files[id]

    def do_getfile(self, given):
        id = given.get("file_id", "")
        if id not in self.files:
            return 400, "Bad Request: wrong file_id or the file is temporarily unavailable"
        size = len(self.file(id).content)
        if size > 20_000_000:
            return 400, "Bad Request: file is too big"
        return 200, {"file_id": id, "file_unique_id": "AQAD" + id[-4:], "file_size": size, "file_path": f"files/{id}"}

    def send_file(self, method: str, given: dict):
        chat, file, caption = given.get("chat_id"), given.get(FILES[method]), given.get("caption") or ""
        if chat in (None, ""):
            return 400, "Bad Request: chat_id is empty"
        if not isinstance(file, Upload) or not file.content:
            return 400, f"Bad Request: there is no {FILES[method]} in the request"
        if len(caption.encode("utf-16-le")) // 2 > 1024:
            return 400, "Bad Request: message caption is too long"
        made = self.message(int(chat), caption=caption)
        self.record(int(chat), caption, str(made["message_id"]), method=method, file=file)
        return 200, made


class BotAPI(Provider):
    routes = Routes({f"{verb} /bot{{token}}/{{method}}": "call" for verb in ("GET", "POST")} | {"GET /file/bot{token}/files/{file}": "file"})

    def __init__(self, port: int = 0):
        self.bots: dict[str, Bot] = {}
        super().__init__(port)

    def locate(self, method, path, headers, found):
        match = self.routes.find(method, path)
        if match is None:
            raise Refused(404, envelope(404, "Not Found"))
        name, groups = match
        bot = self.bots.get(groups["token"])
        if bot is None:
            raise Refused(401, envelope(401, "Unauthorized"))
        if name == "file" and groups["file"] not in bot.files:
            raise Refused(404, envelope(404, "Not Found"))
        return bot, groups.get("method", name), {**found, "file": groups["file"]} if name == "file" else found

    def bot(self, token: str | None = None) -> Bot:
        token = token or f"{secrets.randbelow(9 * 10**9) + 10**9}:AA{secrets.token_urlsafe(24)}"
        return self.bots.setdefault(token, Bot(token))
