"""Accounts with people, channels and knowledge, made through the product's own ways."""
import itertools
import json
import time
import urllib.parse
import uuid

from .http import Client
from .programs import Place, Server
from .waiting import wait_until

PASSWORD = "correct horse 1234 battery"
_numbers = itertools.count(1)

PRICES = """# Прайс-лист

Диван «Осло» стоит 189 000 ₸.
Кресло «Берген» стоит 74 500 ₸.
Стол «Тромсё» стоит 56 000 ₸.

# Доставка

Доставка по Алматы стоит 5 000 ₸, от 150 000 ₸ бесплатно.
Срок доставки — 3 дня.

# Салон

Салон работает с 10:00 до 20:00 без выходных. Адрес: Алматы, улица Абая, 10.
"""
QUESTION, SOURCE = "Сколько стоит диван?", "189 000"


class Account:
    """An account, its owner signed in, and short words for what tests do."""

    def __init__(self, server: Server, name: str | None = None):
        number = next(_numbers)
        self.server, self.place = server, server.place
        self.name = name or f"Мебель {number}"
        self.email = f"owner{number}.{uuid.uuid4().hex[:6]}@example.kz"
        made = self.place.cli("init", "--account", self.name, "--email", self.email, "--password-stdin", "--json", stdin=PASSWORD + "\n")
        self.made = made.json
        self.owner = server.client()
        self.owner.roam = 150
        self.session = self.owner.sign_in(self.email, PASSWORD)
        self.id = self.session["account"]["id"]
        self.user = self.session["user"]["id"]

    def invite(self, role: str, name: str | None = None) -> Client:
        email = f"{role}.{uuid.uuid4().hex[:8]}@example.kz"
        link = self.owner.post("/api/v1/invitations", {"email": email, "role": role}).ok(201)["link"]
        client = self.server.client()
        client.session = client.accept(link.split("#", 1)[1], name=name or f"{role} {email[:12]}", password=PASSWORD, age_confirmed=True, language="ru")
        client.email = email
        return client

    def key(self, *permissions: str) -> tuple[Client, dict]:
        made = self.owner.post("/api/v1/api-keys", {"name": "suite", "permissions": list(permissions)}).ok(201)
        return self.server.client(bearer=made["key"]), made

    # Bot and knowledge.

    def bot(self, **changes) -> dict:
        settings = self.owner.get("/api/v1/bot").ok()
        settings.pop("has_key")
        settings.update(changes)
        return self.owner.put("/api/v1/bot", settings).ok()

    def teach(self, title="Прайс-лист", text=PRICES, language="ru") -> dict:
        entry = self.owner.post("/api/v1/knowledge/entries", {"title": title, "text": text, "language": language}).ok(201)
        query = urllib.parse.quote(text.strip().splitlines()[0][:60])
        wait_until(lambda: any(hit["entry_id"] == entry["id"] for hit in self.owner.get(f"/api/v1/knowledge/search?q={query}&top=10").ok()["items"]),
                   what="the new entry is found")
        return entry

    # Channels.

    def telegram(self, bot, api, mode="webhook") -> "TelegramChannel":
        made = self.owner.post("/api/v1/channels", {"kind": "telegram", "name": f"Telegram {bot.id}", "mode": mode,
                                                    "settings": {"token": bot.token, "api_base": api.url}}).ok(201)
        channel = TelegramChannel(self, bot, made)
        if mode == "webhook":
            self.owner.post(f"/api/v1/channels/{made['id']}/webhook").ok()
            wait_until(lambda: bot.webhook.get("secret_token"), what="setWebhook reached the provider")
        return channel

    def webchat(self, **settings) -> dict:
        return self.owner.post("/api/v1/channels", {"kind": "webchat", "name": "Чат на сайте", "settings": {"title": "Мебель", **settings}}).ok(201)

    def visitor(self, key: str, name: str | None = None, language="ru") -> "Visitor":
        return Visitor(self.server.client(), key, name, language)

    # The inbox.

    def conversations(self, view="all", client: Client | None = None) -> list[dict]:
        return (client or self.owner).items(f"/api/v1/conversations?view={view}")

    def conversation(self, name: str, timeout: float = 15) -> dict:
        """The conversation with the contact of this name."""
        def find():
            return next((c for c in self.conversations() + self.conversations("closed") if c["contact"]["name"] == name), None)
        return wait_until(find, timeout, f"a conversation with {name}")

    def messages(self, conversation: str, client: Client | None = None) -> list[dict]:
        """Oldest first."""
        return (client or self.owner).items(f"/api/v1/conversations/{conversation}/messages", "before")[::-1]

    def shown(self, conversation: str) -> list[dict]:
        """What customer, bot and people wrote, oldest first."""
        return [m for m in self.messages(conversation) if m["kind"] != "system" and m["direction"] != "internal"]

    def show(self, conversation: str) -> dict:
        return self.owner.get(f"/api/v1/conversations/{conversation}").ok()

    def reply(self, conversation: str, text: str, kind="reply", id: str | None = None, client: Client | None = None):
        return (client or self.owner).post(f"/api/v1/conversations/{conversation}/messages", {"id": id or str(uuid.uuid4()), "kind": kind, "text": text})

    def act(self, conversation: str, act: str, body=None, client: Client | None = None):
        return (client or self.owner).post(f"/api/v1/conversations/{conversation}/{act}", body)


class Customer:
    """Somebody on Telegram: builds the updates that Telegram would send."""

    _ids = itertools.count(7_200_000_000 + int(time.time()) % 100_000 * 1_000)

    def __init__(self, bot, name: str | None = None, language="ru"):
        self.bot, self.id = bot, next(self._ids)
        self.name = name or f"Айгуль{self.id % 100_000}"
        self.language = language
        self.message_ids = itertools.count(40)

    @property
    def user(self):
        return {"id": self.id, "is_bot": False, "first_name": self.name, "username": f"u{self.id}", "language_code": self.language}

    @property
    def chat(self):
        return {"id": self.id, "first_name": self.name, "type": "private"}

    def message(self, text: str | None = None, **content) -> dict:
        body = {"message_id": next(self.message_ids), "from": self.user, "chat": self.chat, "date": int(time.time()), **content}
        if text is not None:
            body["text"] = text
        return self.bot.update(message=body)

    def edit(self, message_id: int, text: str, at: int | None = None) -> dict:
        now = at or int(time.time())
        return self.bot.update(edited_message={"message_id": message_id, "from": self.user, "chat": self.chat, "date": now - 1, "edit_date": now, "text": text})

    def press(self, data: str, message_id: int = 57) -> dict:
        carrier = {"message_id": message_id, "from": {"id": self.bot.id, "is_bot": True, "first_name": "Shop"},
                   "chat": self.chat, "date": int(time.time()), "text": "Оформляем?"}
        return self.bot.update(callback_query={"id": f"cb{uuid.uuid4().hex}", "from": self.user, "message": carrier, "chat_instance": "-1", "data": data})

    def member(self, status: str) -> dict:
        robot = {"id": self.bot.id, "is_bot": True, "first_name": "Shop"}
        return self.bot.update(my_chat_member={"chat": self.chat, "from": self.user, "date": int(time.time()),
                                               "old_chat_member": {"user": robot, "status": "member" if status == "kicked" else "kicked"},
                                               "new_chat_member": {"user": robot, "status": status, "until_date": 0}})


class TelegramChannel:
    def __init__(self, account: Account, bot, made: dict):
        self.account, self.bot, self.made, self.id = account, bot, made, made["id"]
        self.path = made.get("webhook_path")

    @property
    def url(self) -> str:
        return self.account.server.url + self.path

    @property
    def secret(self) -> str:
        return self.bot.webhook["secret_token"]

    def customer(self, name: str | None = None) -> Customer:
        return Customer(self.bot, name)

    def deliver(self, update: dict, secret: str | None = None) -> int:
        return self.bot.deliver(update, self.url, self.secret if secret is None else secret)

    def say(self, customer: Customer, text: str) -> dict:
        update = customer.message(text)
        status = self.deliver(update)
        assert status == 200, f"the webhook answered {status}"
        return update


class Visitor:
    """Somebody in a web chat."""

    def __init__(self, client: Client, key: str, name: str | None, language: str, identity: str | None = None):
        self.key, self.client = key, client
        made = client.post(f"/webchat/{key}/visitors", {"language": language} | ({"name": name} if name else {}) | ({"identity": identity} if identity else {})).ok(201)
        self.id, self.token, self.name = made["visitor"], made["token"], name
        client.bearer = made["token"]

    def say(self, text: str, id: str | None = None, files: list[str] = ()) -> str:
        id = id or str(uuid.uuid4())
        self.client.post(f"/webchat/{self.key}/messages", {"id": id, "text": text} | ({"attachments": list(files)} if files else {})).ok(202)
        return id

    def upload(self, content: bytes, name: str = "a.jpg", mime: str = "image/jpeg"):
        return self.client.post(f"/webchat/{self.key}/files?{urllib.parse.urlencode({'name': name, 'mime': mime})}", raw=content)

    def file(self, id: str):
        return self.client.get(f"/webchat/{self.key}/files/{id}")

    def messages(self) -> list[dict]:
        return self.client.items(f"/webchat/{self.key}/messages")

    def wait(self, count: int, direction="out", timeout: float = 20) -> list[dict]:
        def enough():
            found = [m for m in self.messages() if m["direction"] == direction]
            return found if len(found) >= count else None
        return wait_until(enough, timeout, f"{count} messages {direction} in the web chat", every=0.15)

    def events(self, **more):
        return self.client.events(f"/webchat/{self.key}/events", **more)


def pretty(value) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)[:3000]


__all__ = ["Account", "Customer", "Place", "Visitor", "TelegramChannel", "PASSWORD", "PRICES", "QUESTION", "SOURCE", "pretty"]
