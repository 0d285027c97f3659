"""A fake MAX Bot API (platform-api2.max.ru, schema 0.0.32).

Bots live side by side, each with its token. A token travels raw in `Authorization`; an unknown one is `verify.token`. Webhooks carry the
subscription's secret in `X-Max-Bot-Api-Secret`, one update each; ten retries from a minute, times 2.5, and after eight hours without a success
the subscription is gone. Polling brings nothing beside a subscription. 30 calls a second, then 429. A file is uploaded to an address that takes one.
"""
import hashlib
import hmac
import secrets
import time
import uuid

from .httpd import Upload
from .provider import Behaviour, Delivery, Endpoint, Provider, Refused, Routes, numbers

TYPES = {"message_created", "message_callback", "message_edited", "message_removed", "bot_started", "bot_stopped", "dialog_cleared",
         "dialog_removed", "dialog_muted", "dialog_unmuted"}
TEXT_LIMIT = 4000


def error(status: int, code: str, message: str = "", **headers) -> Behaviour:
    return Behaviour(status, {"code": code, "message": message or code}, headers)


def milliseconds() -> int:
    return int(time.time() * 1000)


class Bot(Endpoint):
    kind = "max"
    retries = tuple(60 * 2.5**n for n in range(10))
    patience = 8 * 3600
    calls_per_second = 30

    def __init__(self, token: str):
        super().__init__()
        self.token, self.id = token, next(numbers)
        self.username = f"shop{self.id % 10**6}_bot"
        self.subscriptions: list[dict] = []
        self.updates: list[tuple[int, dict]] = []
        self.history: dict[int, list[dict]] = {}
        self.people: dict[int, "Customer"] = {}
        self.stopped: set[int] = set()
        self.recent: list[float] = []
        #: Where the API is, the types of files that are awaited, by the last word of their addresses, and the files that came, by token.
        self.base, self.awaited, self.files = "", {}, {}

    # Errors to script.

    def too_many(self, seconds: int) -> Behaviour:
        return error(429, "too.many.requests", "Too many requests", **{"Retry-After": str(seconds)})

    def unavailable(self) -> Behaviour:
        return error(503, "service.unavailable", "Service is temporarily unavailable")

    def timed_out(self) -> Behaviour:
        return error(504, "gateway.timeout", "Gateway timeout")

    def revoked(self) -> Behaviour:
        return error(401, "verify.token", "Invalid access_token")

    def blocked(self) -> Behaviour:
        return error(403, "chat.denied", "chat.send.msg.no.permission.because.not.chat.member")

    # Webhooks.

    @property
    def user(self) -> dict:
        return {"user_id": self.id, "first_name": "Отдел продаж", "username": self.username, "is_bot": True,
                "last_activity_time": milliseconds(), "name": "Отдел продаж"}

    @property
    def webhook(self) -> dict:
        return self.subscriptions[-1] if self.subscriptions else {}

    def customer(self, name: str | None = None) -> "Customer":
        return Customer(self, name)

    def delivery(self, update: dict) -> Delivery:
        secret = self.webhook.get("secret")
        return Delivery.of(self.webhook["url"], update, {"X-Max-Bot-Api-Secret": secret} if secret else {})

    def report(self, update: dict) -> int | None:
        """To the webhook, or into the queue of whoever polls."""
        if self.subscriptions:
            wanted = self.webhook.get("update_types")
            return self.deliver(update) if not wanted or update["update_type"] in wanted else None
        with self.changed:
            self.updates.append((next(numbers), update))
            self.changed.notify_all()
        return None

    def unsubscribe(self):
        self.subscriptions.clear()

    # The methods.

    def run(self, call):
        now = time.monotonic()
        with self.changed:
            self.recent = [at for at in self.recent if at > now - 1] + [now]
            if len(self.recent) > self.calls_per_second:
                raise Refused(429, {"code": "too.many.requests", "message": "Too many requests"}, {"Retry-After": "1"})
        return super().run(call)

    def do_me(self, _):
        return {**self.user, "description": "Пишите нам", "avatar_url": "https://i.oneme.ru/i?r=a"}

    def do_subscribe(self, given):
        url, secret = given.get("url", ""), given.get("secret", "")
        if not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            return {"success": False, "message": "Webhook URL must be https on port 443"}
        if secret and (not 5 <= len(secret) <= 256 or not all(c.isascii() and (c.isalnum() or c in "_-") for c in secret)):
            raise Refused(400, {"code": "proto.payload", "message": "secret: 5 to 256 of A-Za-z0-9_-"})
        types = given.get("update_types")
        if types and not set(types) <= TYPES:
            raise Refused(400, {"code": "proto.payload", "message": f"update_types: unknown {sorted(set(types) - TYPES)}"})
        self.subscriptions = [known for known in self.subscriptions if known["url"] != url]
        self.subscriptions.append({"url": url, "secret": secret, "update_types": types, "time": milliseconds(), "version": "0.0.32"})
        return {"success": True}

    def do_subscriptions(self, _):
        shown = ("url", "time", "update_types", "version")
        return {"subscriptions": [{name: known[name] for name in shown} for known in self.subscriptions]}

    def do_unsubscribe(self, given):
        left = [known for known in self.subscriptions if known["url"] != given.get("url")]
        if len(left) == len(self.subscriptions):
            return {"success": False, "message": "Subscription not found"}
        self.subscriptions = left
        return {"success": True}

    def do_updates(self, given):
        end = time.monotonic() + min(90, int(given.get("timeout") or 30))
        marker, limit = int(given.get("marker") or 0), min(1000, int(given.get("limit") or 100))
        with self.changed:
            self.updates = [row for row in self.updates if row[0] > marker]
            while not self.updates and not self.subscriptions and (left := end - time.monotonic()) > 0:
                self.changed.wait(left)
            page = [] if self.subscriptions else self.updates[:limit]
            return {"updates": [update for _, update in page], "marker": page[-1][0] if page else marker or None}

    def body_of(self, text, **more) -> dict:
        number = next(numbers)
        return {"mid": f"mid.{number:016x}{secrets.token_hex(8)}", "seq": 116_541_207_734_915_072 + number, "text": text, **more}

    def do_ask_upload(self, given):
        kind, word = given.get("type"), secrets.token_hex(12)
        if kind not in ("image", "video", "audio", "file"):
            raise Refused(400, {"code": "proto.payload", "message": "type: unknown"})
        self.awaited[word] = kind
        return {"url": f"{self.base}/u/{word}", **({"token": word} if kind in ("video", "audio") else {})}

    def do_upload(self, given):
        """The upload's host: it knows nobody, and answers in its own way."""
        kind, file = self.awaited.pop(given["word"], None), given.get("data")
        if kind is None:
            raise Refused(404, "no such upload")
        if not isinstance(file, Upload) or not file.content:
            raise Refused(400, "no file")
        token = given["word"] if kind in ("video", "audio") else secrets.token_hex(12)
        self.files[token] = file
        return {"image": {"photos": {secrets.token_hex(6): {"token": token}}}, "file": {"fileId": 1, "token": token}}.get(kind, "<retval>1</retval>")

    def do_send(self, given):
        chat = self.dialog(given)
        text, attachments = given.get("text"), given.get("attachments") or []
        tokens = [a["payload"].get("token") for a in attachments if a["type"] in ("image", "video", "audio", "file")]
        if not set(tokens) <= self.files.keys():
            raise Refused(400, {"code": "proto.payload", "message": "attachments: unknown token"})
        if not text and not attachments:
            raise Refused(400, {"code": "proto.payload", "message": "text: must not be empty"})
        if len(text or "") > TEXT_LIMIT:
            raise Refused(400, {"code": "proto.payload", "message": "text: must be at most 4000 characters"})
        message = {"recipient": {"chat_id": chat, "chat_type": "dialog", "user_id": self.people[chat].id}, "timestamp": milliseconds(),
                   "body": self.body_of(text, attachments=attachments), "sender": self.user}
        if link := given.get("link"):
            known = next((m for m in self.history.get(chat, []) if m["body"]["mid"] == link["mid"]), None)
            if known is None:
                raise Refused(404, {"code": "not.found", "message": "message not found"})
            message["link"] = {"type": "reply", "message": known["body"]}
        self.history.setdefault(chat, []).append(message)
        self.record(chat, text or "", message["body"]["mid"], attachments=attachments, link=given.get("link"), file=self.files[tokens[0]] if tokens else None)
        return {"message": message}

    def dialog(self, given) -> int:
        chat = int(given.get("chat_id") or 0)
        if not chat:
            chat = next((c for c, person in self.people.items() if person.id == int(given.get("user_id") or 0)), 0)
        if chat not in self.people:
            raise Refused(404, {"code": "dialog.not.found", "message": f"dialog {chat} not found"})
        if chat in self.stopped:
            raise Refused(403, {"code": "chat.denied", "message": "bot was stopped by the user"})
        return chat

    def find(self, mid: str) -> dict:
        for messages in self.history.values():
            for message in messages:
                if message["body"]["mid"] == mid:
                    return message
        raise Refused(404, {"code": "not.found", "message": "message not found"})

    def do_edit(self, given):
        self.find(given.get("message_id", ""))["body"]["text"] = given.get("text")
        return {"success": True}

    def do_delete(self, given):
        message = self.find(given.get("message_id", ""))
        self.history[message["recipient"]["chat_id"]].remove(message)
        return {"success": True}

    def do_message(self, given):
        return self.find(given["mid"])

    def do_messages(self, given):
        count = min(100, int(given.get("count") or 50))
        return {"messages": self.history.get(self.dialog(given), [])[::-1][:count]}

    def do_answer(self, given):
        if not given.get("callback_id"):
            raise Refused(400, {"code": "proto.payload", "message": "callback_id is required"})
        return {"success": True}

    def do_action(self, _):
        return {"success": True}

    def do_chat(self, given):
        chat = self.dialog({"chat_id": given["chat"]})
        return {"chat_id": chat, "type": "dialog", "status": "active", "last_event_time": milliseconds(), "participants_count": 2,
                "is_public": False, "dialog_with_user": self.people[chat].user}


class Customer:
    """Somebody who pressed Start: builds the updates that MAX would send."""

    def __init__(self, bot: Bot, name: str | None = None):
        self.bot, self.id, self.chat = bot, next(numbers), next(numbers)
        self.name = name or f"Айгуль{self.id % 10**6}"
        bot.people[self.chat] = self

    @property
    def user(self) -> dict:
        return {"user_id": self.id, "first_name": self.name, "is_bot": False, "last_activity_time": milliseconds(), "name": self.name}

    def update(self, kind: str, **content) -> dict:
        return {"update_type": kind, "timestamp": milliseconds(), "user_locale": "ru", **content}

    def message(self, text: str | None, at: int | None = None, **body) -> dict:
        message = {"sender": self.user, "recipient": {"chat_id": self.chat, "chat_type": "dialog", "user_id": self.bot.id},
                   "timestamp": at or milliseconds(), "body": self.bot.body_of(text, **body)}
        self.bot.history.setdefault(self.chat, []).append(message)
        return self.update("message_created", message=message)

    def edit(self, update: dict, text: str, at: int | None = None) -> dict:
        message = {**update["message"], "body": {**update["message"]["body"], "text": text}}
        return {**self.update("message_edited", message=message), "timestamp": at or milliseconds()}

    def delete(self, update: dict) -> dict:
        return self.update("message_removed", message_id=update["message"]["body"]["mid"], chat_id=self.chat, user_id=self.id)

    def press(self, payload: str, carrier: dict | None = None) -> dict:
        callback = {"timestamp": milliseconds(), "callback_id": f"q3Zt_{uuid.uuid4().hex}", "payload": payload, "user": self.user}
        carrier = carrier or {"recipient": {"chat_id": self.chat, "chat_type": "dialog", "user_id": self.id}, "timestamp": milliseconds(),
                              "body": self.bot.body_of("Выберите время"), "sender": self.bot.user}
        return self.update("message_callback", callback=callback, message=carrier)

    def start(self, payload: str | None = None) -> dict:
        more = {"payload": payload} if payload else {}
        return self.update("bot_started", chat_id=self.chat, user_id=self.id, user=self.user, **more)

    def stop(self) -> dict:
        self.bot.stopped.add(self.chat)
        return self.update("bot_stopped", chat_id=self.chat, user_id=self.id, user=self.user)

    def contact(self, phone: str, genuine: bool = True) -> dict:
        """A card shared by the button that asks for it; only MAX can make the hash."""
        card = f"BEGIN:VCARD\r\nVERSION:3.0\r\nTEL;TYPE=cell:{phone}\r\nFN:{self.name}\r\nEND:VCARD\r\n"
        key = self.bot.token if genuine else "another token"
        payload = {"vcf_info": card, "hash": hmac.new(key.encode(), card.encode(), hashlib.sha256).hexdigest(), "max_info": self.user}
        return self.message(None, attachments=[{"type": "contact", "payload": payload}])


class MaxAPI(Provider):
    routes = Routes({
        "GET /me": "me", "POST /subscriptions": "subscribe", "GET /subscriptions": "subscriptions", "DELETE /subscriptions": "unsubscribe",
        "GET /updates": "updates", "POST /messages": "send", "PUT /messages": "edit", "DELETE /messages": "delete", "GET /messages": "messages",
        "GET /messages/{mid}": "message", "POST /answers": "answer", "POST /chats/{chat}/actions": "action", "GET /chats/{chat}": "chat",
        "POST /uploads": "ask_upload",
    })

    def __init__(self, port: int = 0):
        self.bots: dict[str, Bot] = {}
        super().__init__(port)

    def bot(self, token: str | None = None) -> Bot:
        token = token or "f9LHod" + secrets.token_urlsafe(40)
        bot = self.bots.setdefault(token, Bot(token))
        bot.base = self.url
        return bot

    def locate(self, method, path, headers, found):
        if path.startswith("/u/"):
            word = path.removeprefix("/u/")
            bot = next((bot for bot in self.bots.values() if word in bot.awaited), None)
            if bot is None:
                raise Refused(404, "no such upload")
            return bot, "upload", {**found, "word": word}
        bot = self.bots.get(headers.get("authorization", ""))
        if bot is None:
            raise Refused(401, {"code": "verify.token", "message": "Invalid access_token"})
        match = self.routes.find(method, path)
        if match is None:
            raise Refused(405, {"code": "method.not.allowed", "message": f"{method} {path}"})
        return bot, match[0], {**found, **match[1]}
