"""A fake wappi.pro: WhatsApp, Telegram and MAX accounts behind one gateway.

Profiles live side by side; a token opens one of them. A profile works under the prefix of its messenger alone, answers 400 while it is
signed out, signs an account in by QR code or by number, and delivers webhooks in any of three envelopes. Nothing is signed: the address carries the key. What is sent comes back as
`outgoing_message_api`, then as `delivery_status`. Wappi publishes no retry schedule, no limits and no header for `auth`.
"""
import base64
import itertools
import secrets
import time
import uuid

from .provider import Behaviour, Delivery, Endpoint, Provider, Refused, Routes, numbers

PREFIXES = {"whatsapp": "/api", "telegram": "/tapi", "max": "/maxapi"}
TEXT_LIMITS = {"whatsapp": 65_536, "telegram": 4_096, "max": 4_000}
TYPES = {"authorization_status", "application_status", "incoming_message", "delivery_status", "outgoing_message_api", "outgoing_message_phone",
         "incoming_call"}


#: What a phone would scan; here any picture will do.
PICTURE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAgAAAAGCAIAAABxZ0isAAAAZ0lEQVR4nA3JIQFEMQwFwZPzRVREcXBIHDwHIcXBIXFQESvrOnR+n7GMbbgh4xhtXOP3BSvYgQcKTtDBjRdi"
                           "iS1cSBzR4upFspKdeKLkJJ3cfFGsYhdeqDhFF7deDGvYgw8aztDDHf7xNFIJ9aEoYAAAAABJRU5ErkJggg==")


def stamp(seconds: float | None = None) -> str:
    """RFC 3339 in Moscow's time, as Wappi writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S+03:00", time.gmtime((seconds or time.time()) + 3 * 3600))


class Profile(Endpoint):
    kind = "wappi"
    retries = (1, 5, 30)

    def __init__(self, token: str, platform: str = "whatsapp", profile: str | None = None):
        super().__init__()
        self.token, self.platform = token, platform
        self.id = profile or f"{secrets.token_hex(4)}-{secrets.token_hex(2)}"
        self.phone = f"7701{next(numbers) % 10**7:07d}"
        self.url: str | None = None
        self.types = {"authorization_status", "incoming_message", "delivery_status"}
        self.authorized, self.app_status, self.paid_until = True, "open", time.time() + 90 * 86_400
        self.chats: dict[str, list[dict]] = {}
        self.people: dict[str, "Customer"] = {}
        self.message_ids = itertools.count(5_900)
        #: Around the messages of a delivery: "list", "object" or "bare".
        self.envelope = "list"
        #: What an account that is signed out takes, and how far that has come.
        self.login_code, self.cloud_password = "12345", None
        self.pictures = 0
        self.pairing_code: str | None = None
        self.waits_for: str | None = None

    # Errors to script.

    def error(self, status: int, detail: str, **headers) -> Behaviour:
        return Behaviour(status, self.failure(detail), headers)

    def failure(self, detail: str) -> dict:
        return {"status": "error", "timestamp": int(time.time()), "time": stamp(), "detail": detail, "uuid": self.id}

    def too_many(self, seconds: int) -> Behaviour:
        return self.error(429, "too many requests", **{"Retry-After": str(seconds)})

    def timed_out(self) -> Behaviour:
        return self.error(502, "Bad Gateway")

    def revoked(self) -> Behaviour:
        return self.error(401, "Unauthorized")

    # Signing in.

    def scan(self):
        """The owner's phone reads the picture. With a password there is one more step."""
        if self.cloud_password:
            self.waits_for = "password"
        else:
            self.sign_in()

    def sign_in(self):
        self.authorized, self.app_status, self.waits_for = True, "open", None

    def sign_out(self):
        self.authorized, self.app_status, self.waits_for = False, "close", None

    def must_be_out(self):
        if self.authorized:
            raise Refused(400, self.failure("profile is already authorized"))

    def do_qr(self, _):
        """A PNG: under `qrCode` as a data address on WhatsApp, bare in `detail` elsewhere."""
        self.must_be_out()
        if self.waits_for == "password":
            return self.done(detail="2fa")
        self.pictures += 1
        picture = base64.b64encode(PICTURE).decode()
        return self.done(qrCode=f"data:image/png;base64,{picture}") if self.platform == "whatsapp" else self.done(detail=picture)

    def do_pairing(self, given):
        self.must_be_out()
        if self.platform != "whatsapp" or not given.get("phone", "").isdigit():
            raise Refused(400, self.failure("invalid phone"))
        self.pairing_code = f"{secrets.token_hex(2).upper()}-{secrets.token_hex(2).upper()}"
        return self.done(code=self.pairing_code, phone=given["phone"])

    def do_phone(self, given):
        self.must_be_out()
        if not given.get("phone", "").isdigit():
            raise Refused(400, self.failure("PHONE_NUMBER_INVALID"))
        self.waits_for = "code"
        return self.done(detail="waiting for code")

    def do_code(self, given):
        self.must_be_out()
        if self.waits_for != "code" or given.get("auth_code") != self.login_code:
            raise Refused(400, self.failure("PHONE_CODE_INVALID"))
        self.scan()
        return self.done(detail="2fa" if self.waits_for else "auth_success")

    def do_password(self, given):
        self.must_be_out()
        if self.waits_for != "password" or given.get("pwd_code") != self.cloud_password:
            raise Refused(400, self.failure("PASSWORD_HASH_INVALID"))
        self.sign_in()
        return self.done(detail="auth_success")

    # Webhooks.

    @property
    def webhook(self) -> dict:
        return {"url": self.url} if self.url else {}

    def customer(self, name: str | None = None) -> "Customer":
        return Customer(self, name)

    def delivery(self, update: dict) -> Delivery:
        body = {"list": {"messages": [update]}, "object": {"messages": update}, "bare": update}[self.envelope]
        return Delivery.of(self.url or "", body)

    def report(self, update: dict) -> int | None:
        return self.deliver(update) if self.url and update["wh_type"] in self.types else None

    def item(self, kind: str, chat: str, **content) -> dict:
        now = time.time()
        return {"wh_type": kind, "profile_id": self.id, "timestamp": stamp(now), "time": int(now), "chatId": chat, "platform": self.platform, **content}

    def new_id(self) -> str:
        # Telegram and MAX count per account.
        return "3A" + secrets.token_hex(9).upper() if self.platform == "whatsapp" else str(next(self.message_ids))

    def own(self, chat: str, id: str, text: str, kind: str, **more) -> dict:
        return self.item(kind, chat, id=id, body=text, type="chat" if self.platform == "whatsapp" else "text", to=chat, is_me=True, caption=None,
                         stanza_id="", chat_type="dialog" if self.platform == "whatsapp" else "user", **{"from": f"{self.phone}@c.us"}, **more)

    def echo(self, sent: dict) -> dict:
        """The delivery by which a message comes back that a program sent."""
        marks = {"wappi_bot_id": sent["bot_id"]} if sent.get("bot_id") else {}
        return self.own(sent["chat"], sent["id"], sent["text"], "outgoing_message_api", task_id=sent["task_id"], from_where="api", **marks)

    def typed_on_phone(self, customer: "Customer", text: str) -> dict:
        return self.own(customer.chat, self.new_id(), text, "outgoing_message_phone", from_where="phone")

    def status(self, sent: dict, status: str) -> dict:
        item = self.item("delivery_status", sent["chat"], id=sent["id"], status=status, task_id=sent.get("task_id", ""), to=sent["chat"])
        item["chat_id"] = item.pop("chatId")
        return item

    def state(self, kind: str, status: str) -> dict:
        """Of the account (`authorization_status`) or of its phone (`application_status`)."""
        item = self.item(kind, "", status=status, phone=self.phone)
        item.pop("chatId")
        return item

    # The methods.

    def done(self, **more) -> dict:
        return {"status": "done", "timestamp": int(time.time()), "time": stamp(), "uuid": self.id, **more}

    def run(self, call):
        if call.parameters.pop("prefix") != PREFIXES[self.platform]:
            raise Refused(400, self.failure("Wrong platform"))
        if time.time() > self.paid_until:
            raise Refused(402, self.failure("Profile is not paid"))
        return super().run(call)

    def do_status(self, _):
        return {"app_status": self.app_status, "authorized": self.authorized, "authorized_at": stamp(), "checked_at": stamp(),
                "last_activity": time.time(), "logouted_at": None, "message_count": len(self.outbox), "name": "Отдел продаж",
                "payment_expired_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.paid_until)), "phone": self.phone,
                "profile_id": self.id, "proxy": "", "uuid": self.id, "webhook_types": sorted(self.types), "webhook_url": self.url, "worked_days": 398}

    def do_set_url(self, given):
        if not given.get("url", "").startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise Refused(400, self.failure("invalid url"))
        self.url = given["url"]
        return self.done()

    def do_get_url(self, _):
        return self.done(url=self.url or "", installed=bool(self.url))

    def do_delete_url(self, _):
        self.url = None
        return self.done()

    def do_set_types(self, given):
        wanted = set(given.get("list") or [])
        if not wanted or not wanted <= TYPES:
            raise Refused(400, self.failure("unknown webhook type"))
        self.types = wanted
        return self.done()

    def chat_of(self, given) -> str:
        """The chat of a recipient: digits, or the chat's own id."""
        named = [given[key] for key in ("recipient", "chat_id") if given.get(key)]
        if len(named) != 1 or (self.platform != "max" and "chat_id" in given):
            raise Refused(400, self.failure("recipient is required"))
        chat = named[0] if "@" in named[0] or self.platform != "whatsapp" else f"{named[0]}@c.us"
        if chat not in self.people:
            raise Refused(400, self.failure("recipient not found"))
        return chat

    def accepted(self, chat: str, text: str, **more) -> dict:
        if not self.authorized:
            raise Refused(400, self.failure("profile is not authorized"))
        if not text and "link" not in more or len(text.encode("utf-16-le")) // 2 > TEXT_LIMITS[self.platform]:
            raise Refused(400, self.failure("invalid body"))
        sent = self.record(chat, text, self.new_id(), task_id=str(uuid.uuid4()), **more)
        self.chats.setdefault(chat, []).append({
            "id": sent["id"], "type": "chat" if self.platform == "whatsapp" else "text", "from": f"{self.phone}@c.us", "to": chat, "fromMe": True,
            "time": int(time.time()), "body": text, "stanzaId": "", "chatId": chat, "isEdited": False, "isFromAPI": True, "isDeleted": False,
            "delivery_status": "sent", "s3Info": {}})
        return self.done(message_id=sent["id"], task_id=sent["task_id"])

    def do_send(self, given):
        return self.accepted(self.chat_of(given), given.get("body") or "", bot_id=given.get("bot_id"))

    def do_send_link(self, given):
        """Wappi fetches the file itself."""
        if not given.get("url", "").startswith("https://"):
            raise Refused(400, self.failure("invalid url"))
        return self.accepted(self.chat_of(given), given.get("caption") or "", bot_id=given.get("bot_id"), link=given["url"], name=given.get("file_name"))

    def do_reply(self, given):
        quoted = given.get("message_id")
        chat = next((chat for chat, rows in self.chats.items() if any(row["id"] == quoted for row in rows)), None)
        if chat is None:
            raise Refused(400, self.failure("message not found"))
        return self.accepted(chat, given.get("body") or "", bot_id=given.get("bot_id"), quoted=quoted)

    def known(self, given) -> dict:
        for rows in self.chats.values():
            for row in rows:
                if row["id"] == given.get("message_id"):
                    return row
        raise Refused(400, self.failure("message not found"))

    def do_edit(self, given):
        self.known(given).update(body=given.get("body", ""), isEdited=True)
        return self.done()

    def do_delete(self, given):
        self.known(given)["isDeleted"] = True
        return self.done()

    def do_reaction(self, given):
        self.known(given)
        return self.done()

    do_read = do_reaction

    def do_typing(self, given):
        self.chat_of(given)
        return self.done()

    def do_messages(self, given):
        rows = self.chats.get(given.get("chat_id", ""), [])[::-1]
        offset = int(given.get("offset") or 0)
        return self.done(total_count=len(rows), messages=rows[offset:offset + int(given.get("limit") or 50)])

    def do_chats(self, _):
        # On Telegram the two times are swapped.
        names = ("last_timestamp", "last_time") if self.platform == "telegram" else ("last_time", "last_timestamp")
        dialogs = [{"id": chat, "name": self.people[chat].name, "isGroup": False, "last_message_id": rows[-1]["id"], names[0]: rows[-1]["time"],
                    names[1]: stamp(rows[-1]["time"])} for chat, rows in self.chats.items() if rows]
        return self.done(dialogs=sorted(dialogs, key=lambda dialog: -dialog[names[0]]), total_count=len(dialogs))


class Customer:
    """Somebody with a private chat: builds the items that Wappi would deliver."""

    def __init__(self, profile: Profile, name: str | None = None):
        self.profile = profile
        number = next(numbers)
        self.id = f"7705{number % 10**7:07d}"
        self.chat = f"{self.id}@c.us" if profile.platform == "whatsapp" else str(number)
        self.name = name or f"Айгуль{number % 10**6}"
        profile.people[self.chat] = self

    def message(self, text: str | None = None, at: int | None = None, **content) -> dict:
        phone = self.profile.platform == "whatsapp"
        at = at or int(time.time())
        content = {"body": text, "type": "chat" if phone else "text", "caption": None, **content}
        item = self.profile.item("incoming_message", self.chat, id=self.profile.new_id(), senderName=self.name, senderLastName="", contact_name=self.name,
                                 to=f"{self.profile.phone}@c.us", from_where="phone", is_forwarded=False, isReply=False, is_edited=False, stanza_id="",
                                 is_me=False, chat_type="dialog" if phone else "user", is_deleted=False, is_bot=False, **{"from": self.chat}, **content)
        item.update(time=at, timestamp=stamp(at))
        self.profile.chats.setdefault(self.chat, []).append({
            "id": item["id"], "type": item["type"], "from": self.chat, "to": item["to"], "fromMe": False, "senderName": self.name, "time": at,
            "body": item["body"], "chatId": self.chat, "isEdited": False, "isDeleted": False})
        return item

    def edit(self, update: dict, text: str, at: int | None = None) -> dict:
        at = at or int(time.time())
        return {**update, "body": text, "is_edited": True, "time": at, "timestamp": stamp(at)}

    def delete(self, update: dict) -> dict:
        return {**update, "is_deleted": True}

    def voice(self) -> dict:
        link = f"https://files.wappi.pro/{secrets.token_hex(8)}.ogg"
        return self.message("T2dnUwACAAAA", type="ptt", mimetype="audio/ogg; codecs=opus", file_name="5e0a91c3.ogg", length_seconds=4, file_link=link,
                            file_link_expire=int(time.time()) + 172_800)

    def call(self) -> dict:
        item = self.profile.item("incoming_call", "", type="missed_call", number=self.id, contact={"Found": True, "FullName": self.name})
        item.pop("chatId")
        return item


class WappiAPI(Provider):
    paths = Routes({
        "GET /sync/get/status": "status", "POST /webhook/url/set": "set_url", "GET /webhook/url/get": "get_url", "POST /webhook/url/delete": "delete_url",
        "POST /webhook/types/set": "set_types", "POST /sync/message/send": "send", "POST /sync/message/reply": "reply", "POST /sync/message/edit": "edit",
        "POST /sync/message/delete": "delete", "POST /sync/message/reaction": "reaction", "POST /sync/message/mark/read": "read",
        "POST /sync/chat/typing/start": "typing", "POST /sync/chats/typing/start": "typing", "GET /sync/messages/get": "messages",
        "POST /sync/chats/get": "chats", "GET /sync/chats/get": "chats",
        "POST /sync/message/file/url/send": "send_link", "GET /sync/qr/get": "qr", "GET /sync/auth/qr": "qr", "GET /sync/auth/code": "pairing",
        "POST /sync/auth/phone": "phone", "POST /sync/auth/code": "code", "POST /sync/auth/2fa": "password",
    })

    def __init__(self, port: int = 0):
        self.profiles: list[Profile] = []
        super().__init__(port)

    def profile(self, platform: str = "whatsapp", token: str | None = None, profile: str | None = None) -> Profile:
        made = Profile(token or secrets.token_hex(20), platform, profile)
        self.profiles.append(made)
        return made

    def locate(self, method, path, headers, found):
        own = [profile for profile in self.profiles if profile.token == headers.get("authorization")]
        if not own:
            raise Refused(401, {"status": "error", "detail": "Unauthorized"})
        profile = next((profile for profile in own if profile.id == found.get("profile_id")), None)
        if profile is None:
            raise Refused(400, {"status": "error", "detail": "profile not found"})
        prefix = next((prefix for prefix in PREFIXES.values() if path.startswith(prefix + "/")), "")
        match = self.paths.find(method, path.removeprefix(prefix)) if prefix else None
        if match is None:
            raise Refused(404, "404 page not found")
        return profile, match[0], {**found, **match[1], "prefix": prefix}
