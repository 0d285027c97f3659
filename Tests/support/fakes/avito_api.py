"""A fake Avito Messenger API (api.avito.ru).

Sellers live side by side, each with its keys. Tokens come for client credentials and last a day of the seller's clock; with an expired one
every call answers 403, with an unknown one 401. The webhook has no secret but its address, and a signature header whose making Avito does
not document. Registering adds an address: older ones go on being delivered to. Whatever is sent comes back by the webhook as well.
"""
import secrets
import time

from .httpd import Upload
from .provider import Behaviour, Delivery, Endpoint, Provider, Refused, Routes, numbers

TEXT_LIMIT = 1000
DAY = 86_400
#: What chats show while the tariff lacks the Messenger API.
STUB = "Чтобы видеть чаты, оформите подписку с API мессенджера"


def error(status: int, message: str, fields: dict | None = None, **headers) -> Behaviour:
    return Behaviour(status, envelope(status, message, fields), headers)


def envelope(status: int, message: str, fields: dict | None = None) -> dict:
    return {"error": {"code": status, "message": message} | ({"fields": fields} if fields else {})}


class Seller(Endpoint):
    kind = "avito"
    # Avito tells neither how often nor how long; clients assume some tries and possible loss.
    retries = (1, 5, 30)

    def __init__(self, client_id: str | None = None, client_secret: str | None = None, clock: float = 1):
        super().__init__()
        self.client_id, self.client_secret = client_id or secrets.token_urlsafe(15), client_secret or secrets.token_urlsafe(30)
        self.id, self.clock = next(numbers), clock
        self.tokens: dict[str, float] = {}
        self.webhooks: list[str] = []
        self.chats: dict[str, dict] = {}
        self.pictures: dict[str, Upload] = {}
        #: Whether the tariff includes the Messenger API.
        self.paid = True

    # Errors to script.

    def too_many(self, seconds: int) -> Behaviour:
        return error(429, "Too many requests", **{"Retry-After": str(seconds), "X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "0"})

    def unavailable(self) -> Behaviour:
        return error(503, "Service temporarily unavailable")

    def timed_out(self) -> Behaviour:
        return error(500, "Error while processing request")

    # Tokens.

    def expire_tokens(self):
        for token in self.tokens:
            self.tokens[token] = 0

    def check(self, authorization: str):
        token = authorization.removeprefix("Bearer ")
        if not authorization.startswith("Bearer ") or token not in self.tokens:
            raise Refused(401, envelope(401, "Unauthorized"))
        if time.monotonic() > self.tokens[token]:
            raise Refused(403, {"result": {"status": False, "message": "invalid access token"}})

    # Webhooks.

    @property
    def webhook(self) -> dict:
        return {"url": self.webhooks[-1]} if self.webhooks else {}

    def customer(self, name: str | None = None) -> "Customer":
        return Customer(self, name)

    def delivery(self, update: dict) -> Delivery:
        return Delivery.of(self.webhooks[-1], update, {"x-avito-messenger-signature": secrets.token_hex(32)})

    def report(self, update: dict) -> int | None:
        return self.deliver(update) if self.webhooks else None

    def ping(self) -> int:
        """How Avito suggests to try an address."""
        return self.delivery({}).post()

    def envelope(self, message: dict, chat: dict) -> dict:
        listing = chat.get("item_id")
        value = {"chat_id": chat["id"], "chat_type": chat["type"], "user_id": self.id, "item_id": listing, "read": None,
                 "published_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(message["created"])),
                 **{name: message[name] for name in ("id", "author_id", "created", "type", "content")}}
        return {"id": secrets.token_hex(16), "version": "v3.0.0", "timestamp": int(time.time()), "payload": {"type": "message", "value": value}}

    def echo(self, sent: dict) -> dict:
        """The delivery by which a message of the seller comes back."""
        chat = self.chats[sent["chat"]]
        return self.envelope(next(m for m in chat["messages"] if m["id"] == sent["id"]), chat)

    def add(self, chat: str, author: int, kind: str, content: dict, at: int | None = None) -> dict:
        message = {"id": secrets.token_hex(16), "author_id": author, "created": at or int(time.time()),
                   "direction": "out" if author == self.id else "in", "type": kind, "content": content, "is_read": False, "read": None}
        with self.changed:
            self.chats[chat]["messages"].append(message)
        return message

    # The methods.

    def run(self, call):
        if call.name != "token":
            self.check(call.parameters.pop("authorization"))
        return super().run(call)

    def do_token(self, _):
        token = secrets.token_urlsafe(30)
        self.tokens[token] = time.monotonic() + DAY * self.clock
        return {"access_token": token, "expires_in": DAY, "token_type": "Bearer"}

    def do_self(self, _):
        return {"id": self.id, "name": "ИП Петров", "email": "shop@example.ru", "phone": "71112223344", "phones": ["71112223344"],
                "profile_url": f"https://avito.ru/user/{self.id:x}/profile"}

    def do_register(self, given):
        url = given.get("url", "")
        if not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise Refused(400, envelope(400, "Validation error", {"url": "must be https"}))
        if url not in self.webhooks:
            self.webhooks.append(url)
        return {"ok": True}

    def do_subscriptions(self, _):
        return {"subscriptions": [{"url": url, "version": "3"} for url in self.webhooks]}

    def do_unregister(self, given):
        if given.get("url") not in self.webhooks:
            raise Refused(400, envelope(400, "Bad Request"))
        self.webhooks.remove(given["url"])
        return {"ok": True}

    def chat(self, given: dict) -> dict:
        if int(given["user"]) != self.id:
            raise Refused(403, envelope(403, "Forbidden"))
        if not self.paid:
            raise Refused(402, envelope(402, "Payment required"))
        if "chat" not in given:
            return {}
        if given["chat"] not in self.chats:
            raise Refused(404, envelope(404, "Not found"))
        return self.chats[given["chat"]]

    def shown(self, chat: dict) -> dict:
        messages, person = chat["messages"], chat["customer"]
        last = messages[-1] if messages else None
        made = {"id": chat["id"], "created": chat["created"], "updated": last["created"] if last else chat["created"],
                "users": [{"id": person.id, "name": person.name}, {"id": self.id, "name": "ИП Петров"}], "last_message": last}
        if chat["type"] == "u2i":
            made["context"] = {"type": "item", "value": {"id": chat["item_id"], "title": "Диван «Осло»", "price_string": "189 000 ₸", "status_id": 10,
                                                         "url": f"https://avito.ru/item_{chat['item_id']}", "user_id": self.id}}
        return made

    def do_chats(self, given):
        self.chat(given)
        kinds = (given.get("chat_types") or "u2i").split(",")
        listed = sorted((self.shown(chat) for chat in self.chats.values() if chat["type"] in kinds), key=lambda chat: -chat["updated"])
        offset = int(given.get("offset") or 0)
        return {"chats": listed[offset:offset + int(given.get("limit") or 100)]}

    def do_chat(self, given):
        return self.shown(self.chat(given))

    def do_messages(self, given):
        offset = int(given.get("offset") or 0)
        return self.chat(given)["messages"][::-1][offset:offset + int(given.get("limit") or 100)]

    def do_send(self, given):
        chat, text = self.chat(given), (given.get("message") or {}).get("text", "")
        if given.get("type") != "text" or not text.strip() or len(text) > TEXT_LIMIT:
            raise Refused(400, envelope(400, "Validation error", {"message.text": "1 to 1000 characters"}))
        if chat["blocked"]:
            raise Refused(403, envelope(403, "Forbidden"))
        made = self.add(chat["id"], self.id, "text", {"text": text})
        self.record(chat["id"], text, made["id"])
        return {name: made[name] for name in ("id", "created", "direction", "type", "content")}

    def do_upload(self, given):
        self.chat(given)
        picture = given.get("uploadfile[]")
        if not isinstance(picture, Upload) or not picture.type.startswith("image/"):
            raise Refused(400, envelope(400, "Bad Request"))
        id = f"{next(numbers)}.{secrets.token_hex(16)}"
        self.pictures[id] = picture
        return {id: {size: f"https://img.avito.ru/{size}/{id}.jpg" for size in ("1280x960", "640x480", "32x32")}}

    def do_send_image(self, given):
        chat, id = self.chat(given), given.get("image_id", "")
        if id not in self.pictures:
            raise Refused(400, envelope(400, "Validation error", {"image_id": "unknown"}))
        if chat["blocked"]:
            raise Refused(403, envelope(403, "Forbidden"))
        made = self.add(chat["id"], self.id, "image", {"image": {"sizes": {"640x480": f"https://img.avito.ru/640x480/{id}.jpg"}}})
        self.record(chat["id"], "", made["id"], file=self.pictures[id])
        return {name: made[name] for name in ("id", "created", "direction", "type", "content")}

    def do_delete(self, given):
        chat = self.chat(given)
        message = next((m for m in chat["messages"] if m["id"] == given["message"] and m["author_id"] == self.id), None)
        if message is None or message["created"] < time.time() - 3600:
            raise Refused(400, envelope(400, "Bad Request"))
        message.update(type="deleted", content={})
        return {}

    def do_read(self, given):
        for message in self.chat(given)["messages"]:
            message["is_read"] = True
        return {"ok": True}

    def do_voices(self, given):
        return {"voices_urls": {given.get("voice_ids", ""): "https://files.avito.st/voice.mp4"}}


class Customer:
    """A buyer in a chat about a listing. The webhook never tells the name."""

    def __init__(self, seller: Seller, name: str | None = None, kind: str = "u2i", item: int | None = None):
        self.seller, self.id = seller, next(numbers)
        self.name = name or f"Ольга{self.id % 10**6}"
        self.chat = f"{kind}-{secrets.token_urlsafe(9)}~t5"
        self.item = (item or next(numbers)) if kind == "u2i" else None
        seller.chats[self.chat] = {"id": self.chat, "type": kind, "created": int(time.time()), "item_id": self.item, "messages": [], "customer": self,
                                   "blocked": False}

    def block(self):
        self.seller.chats[self.chat]["blocked"] = True

    def envelope(self, message: dict) -> dict:
        return self.seller.envelope(message, self.seller.chats[self.chat])

    def message(self, text: str | None = None, kind: str = "text", content: dict | None = None, at: int | None = None) -> dict:
        return self.envelope(self.seller.add(self.chat, self.id, kind, content if content is not None else {"text": text}, at))

    def delete(self, update: dict) -> dict:
        """The tombstone comes under the message's own id."""
        message = next(m for m in self.seller.chats[self.chat]["messages"] if m["id"] == update["payload"]["value"]["id"])
        message.update(type="deleted", content={})
        return self.envelope(message)

    def system(self, text: str) -> dict:
        return self.envelope(self.seller.add(self.chat, 0, "system", {"text": text, "flow_id": "seller_audience_discount"}))


class AvitoAPI(Provider):
    routes = Routes({
        "POST /messenger/v1/accounts/{user}/uploadImages": "upload", "POST /messenger/v1/accounts/{user}/chats/{chat}/messages/image": "send_image",
        "GET /core/v1/accounts/self": "self", "POST /messenger/v3/webhook": "register", "POST /messenger/v1/subscriptions": "subscriptions",
        "POST /messenger/v1/webhook/unsubscribe": "unregister", "GET /messenger/v2/accounts/{user}/chats": "chats",
        "GET /messenger/v2/accounts/{user}/chats/{chat}": "chat", "GET /messenger/v3/accounts/{user}/chats/{chat}/messages/": "messages",
        "POST /messenger/v1/accounts/{user}/chats/{chat}/messages": "send", "POST /messenger/v1/accounts/{user}/chats/{chat}/read": "read",
        "POST /messenger/v1/accounts/{user}/chats/{chat}/messages/{message}": "delete", "GET /messenger/v1/accounts/{user}/getVoiceFiles": "voices",
    })

    def __init__(self, port: int = 0):
        self.sellers: dict[str, Seller] = {}
        super().__init__(port)

    def seller(self, client_id: str | None = None, client_secret: str | None = None, clock: float = 1) -> Seller:
        made = Seller(client_id, client_secret, clock)
        return self.sellers.setdefault(made.client_id, made)

    def locate(self, method, path, headers, found):
        if path.rstrip("/") == "/token" and method == "POST":
            return self.at_token(found), "token", found
        authorization = headers.get("authorization", "")
        seller = next((s for s in self.sellers.values() if authorization.removeprefix("Bearer ") in s.tokens), None)
        match = self.routes.find(method, path)
        if seller is None:
            raise Refused(401, envelope(401, "Unauthorized"))
        if match is None:
            raise Refused(404, envelope(404, "Not found"))
        return seller, match[0], {**found, **match[1], "authorization": authorization}

    def at_token(self, given) -> Seller:
        seller = self.sellers.get(given.get("client_id", ""))
        if seller is None or given.get("grant_type") != "client_credentials" or given.get("client_secret") != seller.client_secret:
            raise Refused(401, {"error": "invalid_client", "error_description": "client authentication failed"})
        return seller
