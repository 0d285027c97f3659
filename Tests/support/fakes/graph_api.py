"""A fake Graph API (v25.0) with the webhooks of Facebook Messenger and Instagram.

An `App` has its secrets and, for each kind of object, one callback, which it proves by the `hub.challenge` handshake. Pages and Instagram
accounts belong to an app. Deliveries are signed with the app secret over the bytes as sent, with non-ASCII text escaped; they come in
batches, at least once, and after an hour of failures the app is unsubscribed. Tokens die with code 190, an Instagram token after 60 days
unless it is renewed. Texts have 2,000 characters on Messenger and 1,000 bytes on Instagram; a day after the customer's last act the window closes.
"""
import base64
import hashlib
import hmac
import http.client
import json
import secrets
import time
import urllib.parse

from .provider import Behaviour, Delivery, Endpoint, Provider, Refused, Routes, numbers

FIELDS = {
    "facebook": ["messages", "messaging_postbacks", "message_deliveries", "message_reads", "message_echoes", "message_reactions", "message_edits",
                 "messaging_referrals", "messaging_optins", "messaging_handovers", "standby", "messaging_policy_enforcement"],
    "instagram": ["messages", "messaging_postbacks", "messaging_seen", "message_reactions", "messaging_referral", "message_edit",
                  "messaging_optins", "messaging_handover", "standby"],
}
DAY = 86_400
TOKEN_LIFE = 60 * DAY


def fault(status: int, code: int, message: str, subcode: int | None = None, transient: bool = False) -> tuple[int, dict]:
    content = {"message": message, "type": "OAuthException", "code": code, "is_transient": transient, "fbtrace_id": "A" + secrets.token_hex(5)}
    return status, {"error": content | ({"error_subcode": subcode} if subcode else {})}


def error(status: int, code: int, message: str, subcode: int | None = None, transient: bool = False, **headers) -> Behaviour:
    status, body = fault(status, code, message, subcode, transient)
    return Behaviour(status, body, headers)


def refuse(*arguments):
    raise Refused(*fault(*arguments))


def milliseconds() -> int:
    return int(time.time() * 1000)


class App:
    def __init__(self):
        self.id = str(next(numbers))
        self.secret, self.instagram_secret = secrets.token_hex(16), secrets.token_hex(16)
        #: By object, `page` or `instagram`.
        self.callbacks: dict[str, dict] = {}

    def signature(self, content: bytes, key: str | None = None) -> str:
        return "sha256=" + hmac.new((self.secret if key is None else key).encode(), content, hashlib.sha256).hexdigest()

    def signed_request(self, person: str, key: str | None = None, **more) -> bytes:
        """The form that Meta posts when a person wants their data deleted, or takes the app's rights away."""
        content = json.dumps({"user_id": person, "algorithm": "HMAC-SHA256", "issued_at": int(time.time()), **more}).encode()
        payload = base64.urlsafe_b64encode(content).rstrip(b"=")
        code = hmac.new((self.secret if key is None else key).encode(), payload, hashlib.sha256).digest()
        return b"signed_request=" + base64.urlsafe_b64encode(code).rstrip(b"=") + b"." + payload

    def handshake(self, url: str, verify_token: str) -> tuple[int, str, str]:
        """Status, type and body of the answer to Meta's question whether the address is wanted."""
        challenge = str(secrets.randbelow(10**10))
        query = urllib.parse.urlencode({"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token})
        address = urllib.parse.urlsplit(url)
        connection = http.client.HTTPConnection(address.hostname, address.port or 80, timeout=10)
        try:
            connection.request("GET", f"{address.path}?{query}")
            answer = connection.getresponse()
            return answer.status, answer.getheader("Content-Type") or "", answer.read().decode().removeprefix(challenge)
        finally:
            connection.close()

    def subscribe(self, given: dict) -> dict:
        status, kind, rest = self.handshake(given["callback_url"], given["verify_token"])
        if (status, rest) != (200, "") or not kind.startswith("text/plain"):
            refuse(400, 2200, "(#2200) callback verification failed with the following errors: HTTP Status Code = "
                   f"{status}; HTTP Message = {kind}")
        self.callbacks[given["object"]] = {"url": given["callback_url"], "fields": given["fields"].split(","), "verify_token": given["verify_token"]}
        return {"success": True}


class Account(Endpoint):
    """A Page, or an Instagram account with its own sign-in or through its Page."""
    retries = (0, 5, 30, 60, 300, 600, 900, 1_800, 3_600)
    patience = 3600

    def __init__(self, app: App, kind: str, through_page: bool = False):
        super().__init__()
        self.app, self.kind, self.through_page = app, kind, through_page
        self.object = "page" if kind == "facebook" else "instagram"
        self.id, self.alias, self.page = str(next(numbers)), str(next(numbers)), str(next(numbers))
        if kind == "facebook":
            self.page = self.id
        self.username = f"shop{int(self.id) % 10**6}"
        self.issued: dict[str, float] = {}
        self.token = self.new_token()
        self.fields: list[str] = []
        self.people: dict[str, "Customer"] = {}
        self.threads: dict[str, list[dict]] = {}
        self.unreachable: set[str] = set()

    @property
    def is_login(self) -> bool:
        return self.kind == "instagram" and not self.through_page

    # Errors to script.

    def too_many(self, seconds: int) -> Behaviour:
        return error(400, 613, "(#613) Calls to this api have exceeded the rate limit.", **{"Retry-After": str(seconds), "X-App-Usage": '{"call_count":100}'})

    def unavailable(self) -> Behaviour:
        return error(503, 4_999, "Service temporarily unavailable", transient=True)

    def timed_out(self) -> Behaviour:
        return error(500, 2, "An unexpected error has occurred. Please retry your request later.", transient=True)

    def revoked(self) -> Behaviour:
        return error(400, 190, "Error validating access token: The session has been invalidated", 460)

    def blocked(self) -> Behaviour:
        return error(400, 551, "(#551) This person isn't available right now.", 1_545_041)

    def window_closed(self) -> Behaviour:
        return error(*self.outside_window)

    # Tokens.

    def new_token(self, age: float = 2 * DAY) -> str:
        token = ("IGAA" if self.kind == "instagram" else "EAAG") + secrets.token_urlsafe(60)
        self.issued[token] = time.time() - age
        return token

    def expire_token(self, token: str | None = None):
        self.issued[token or self.token] = time.time() - TOKEN_LIFE - 1

    def check(self, token: str):
        if token not in self.issued:
            refuse(401, 190, "Invalid OAuth access token - Cannot parse access token")
        if time.time() > self.issued[token] + TOKEN_LIFE:
            refuse(400, 190, "Error validating access token: Session has expired", 463)

    # Webhooks.

    @property
    def webhook(self) -> dict:
        return self.app.callbacks.get(self.object, {}) if self.fields else {}

    def customer(self, name: str | None = None) -> "Customer":
        return Customer(self, name)

    def signed(self, body: dict, key: str | None = None) -> Delivery:
        delivery = Delivery.of(self.app.callbacks[self.object]["url"], body, ascii_only=True)
        return delivery.with_headers(X_Hub_Signature_256=self.app.signature(delivery.content, key))

    def batch(self, items: list[dict]) -> dict:
        return {"object": self.object, "entry": [{"id": self.id, "time": milliseconds(), "messaging": [item]} for item in items]}

    def delivery(self, update: dict) -> Delivery:
        return self.signed(self.batch([update]))

    def report(self, update: dict) -> int | None:
        return self.deliver(update) if self.webhook else None

    def unsubscribe(self):
        self.fields = []

    def event(self, customer: "Customer", own: bool = False, **content) -> dict:
        pair = (self.id, customer.id) if own else (customer.id, self.id)
        return {"sender": {"id": pair[0]}, "recipient": {"id": pair[1]}, "timestamp": milliseconds(), **content}

    def new_mid(self) -> str:
        return ("aWdfZAG1faXRlbToxOklHTWVzc2FnZA" if self.kind == "instagram" else "m_") + secrets.token_urlsafe(40)

    def echo(self, sent: dict) -> dict:
        """How a message of ours comes back. Instagram leaves out the app and the metadata."""
        marks = {} if self.kind == "instagram" else {"app_id": int(self.app.id), "metadata": sent["metadata"]}
        return self.event(self.people[sent["chat"]], own=True, message={"mid": sent["id"], "is_echo": True, "text": sent["text"], **marks})

    def typed_in_inbox(self, customer: "Customer", text: str) -> dict:
        """By a person in the Page's inbox or in Instagram's app."""
        marks = {} if self.kind == "instagram" else {"app_id": 26390203743090}
        return self.event(customer, own=True, message={"mid": self.new_mid(), "is_echo": True, "text": text, **marks})

    def delivered(self, customer: "Customer", mids: list[str]) -> dict:
        return self.event(customer, delivery={"mids": mids, "watermark": milliseconds()})

    def read(self, customer: "Customer", mid: str) -> dict:
        return self.event(customer, read={"mid": mid})

    # The methods.

    def run(self, call):
        given = call.parameters
        token = given.get("access_token") or given.get("authorization", "").removeprefix("Bearer ")
        if call.name == "debug_token":
            if token != f"{self.app.id}|{self.app.secret}":
                refuse(400, 190, "Invalid OAuth access token signature.")
        elif call.name == "app_subscribe":
            if token != f"{self.app.id}|{self.app.secret}":
                refuse(400, 101, "Error validating application. Cannot get application info due to a system error.")
        else:
            self.check(token)
        return super().run(call)

    def do_app_subscribe(self, given):
        return self.app.subscribe(given)

    def do_me(self, given):
        if self.is_login:
            return {"id": self.alias, "user_id": self.id, "username": self.username, "name": "Мебель «Осло»"}
        known = {"id": self.page, "name": "Мебель «Осло»"}
        if self.kind == "instagram" and "instagram_business_account" in given.get("fields", ""):
            known["instagram_business_account"] = {"id": self.id, "username": self.username, "name": "Мебель «Осло»"}
        return known

    def do_subscribe(self, given):
        # The Page's edge refuses Instagram's fields, also for an Instagram account behind it.
        allowed = FIELDS["instagram" if self.is_login else "facebook"]
        wanted = given.get("subscribed_fields", "").split(",")
        for index, field in enumerate(wanted):
            if field not in allowed:
                refuse(400, 100, f"(#100) Param subscribed_fields[{index}] must be one of {{{', '.join(allowed)}}} - got \"{field}\".")
        self.fields = wanted
        return {"success": True}

    def do_subscriptions(self, _):
        return {"data": [{"id": self.app.id, "name": "SevenSales", "subscribed_fields": self.fields}] if self.fields else []}

    def do_end_subscription(self, _):
        self.unsubscribe()
        return {"success": True}

    def do_renew(self, given):
        if not self.is_login or given.get("grant_type") != "ig_refresh_token":
            refuse(400, 100, "Unsupported request")
        if time.time() - self.issued[given["access_token"]] < DAY:
            refuse(400, 10, "The token is less than 24 hours old")
        return {"access_token": self.new_token(age=0), "token_type": "bearer", "expires_in": TOKEN_LIFE}

    def do_debug_token(self, given):
        issued = self.issued.get(given.get("input_token", ""), 0)
        return {"data": {"app_id": self.app.id, "is_valid": issued + TOKEN_LIFE > time.time(), "expires_at": 0, "data_access_expires_at": 0}}

    @staticmethod
    def spoken(given: dict, name: str) -> dict:
        """An object of a request; in a form it is JSON text."""
        value = given.get(name) or {}
        return json.loads(value) if isinstance(value, str) else value

    def recipient(self, given) -> "Customer":
        person = self.people.get(self.spoken(given, "recipient").get("id", ""))
        if person is None:
            refuse(400, 100, "(#100) No matching user found", 2_534_014 if self.kind == "instagram" else 2_018_001)
        if person.id in self.unreachable:
            refuse(400, 551, "(#551) This person isn't available right now.", 1_545_041)
        return person

    def do_signal(self, given):
        return {"recipient_id": self.recipient(given).id}

    def do_send(self, given):
        person, message, file = self.recipient(given), self.spoken(given, "message"), given.get("filedata")
        kind, text = given.get("messaging_type"), message.get("text", "")
        if not self.is_login and kind not in ("RESPONSE", "UPDATE", "MESSAGE_TAG"):
            refuse(400, 100, "(#100) Param messaging_type must be one of {RESPONSE, UPDATE, MESSAGE_TAG}")
        if kind == "MESSAGE_TAG" and given.get("tag") != "HUMAN_AGENT":
            refuse(400, 100, "(#100) Invalid tag")
        if time.time() - person.last_act > (7 * DAY if kind == "MESSAGE_TAG" else DAY):
            refuse(*self.outside_window)
        size = len(text.encode()) if self.kind == "instagram" else len(text)
        if size > (1_000 if self.kind == "instagram" else 2_000):
            refuse(400, 100, "(#100) Length of param message[text] must be less than or equal to the limit", 2_018_109)
        if not text and "attachment" not in message and "attachments" not in message:
            refuse(400, 100, "(#100) The parameter message[text] is required")
        link = ((message.get("attachment") or {}).get("payload") or {}).get("url")
        if (message.get("attachment") or {}).get("type", "template") != "template" and (file is None) == (link is None):
            refuse(400, 100, "(#100) Upload attachment failure.", 2_018_047)
        mid = self.new_mid()
        self.threads.setdefault(person.id, []).append(self.row(mid, self.id, text))
        self.record(person.id, text, mid, metadata=message.get("metadata"), tag=given.get("tag"), kind=kind, message=message, file=file, link=link)
        return {"recipient_id": person.id, "message_id": mid}

    @property
    def outside_window(self):
        return 400, 10, "(#10) This message is sent outside of allowed window.", 2_534_022 if self.kind == "instagram" else 2_018_278

    @staticmethod
    def row(mid: str, author: str, text: str) -> dict:
        return {"id": mid, "created_time": time.strftime("%Y-%m-%dT%H:%M:%S+0000", time.gmtime()), "from": {"id": author}, "message": text}

    def do_conversations(self, given):
        rows = self.threads.get(given.get("user_id", ""), [])
        return {"data": [{"id": "t_1", "messages": {"data": rows[::-1][:20]}}] if rows else []}

    def do_person(self, given):
        person = self.people.get(given["person"])
        if person is None:
            refuse(400, 100, "(#100) No profile available for this user.", 2_018_218)
        return {"id": person.id, "name": person.name, "first_name": person.name, "username": person.name}


class Customer:
    """Somebody who wrote to the account: builds the elements of `messaging` that Meta would deliver. Webhooks tell no names."""

    def __init__(self, account: Account, name: str | None = None):
        self.account, self.id = account, str(next(numbers))
        self.chat, self.last_act = self.id, 0.0
        self.name = name or f"Айгуль{int(self.id) % 10**6}"
        account.people[self.id] = self

    def event(self, at: int | None = None, **content) -> dict:
        made = self.account.event(self, **content)
        made["timestamp"] = at or made["timestamp"]
        self.last_act = made["timestamp"] / 1000
        return made

    def message(self, text: str | None = None, at: int | None = None, **content) -> dict:
        mid = self.account.new_mid()
        self.account.threads.setdefault(self.id, []).append(self.account.row(mid, self.id, text or ""))
        return self.event(at, message={"mid": mid, **({"text": text} if text is not None else {}), **content})

    def edit(self, update: dict, text: str, number: int = 1) -> dict:
        # Real deliveries have the number as text.
        return self.event(message_edit={"mid": update["message"]["mid"], "text": text, "num_edit": str(number)})

    def delete(self, update: dict) -> dict:
        return self.event(message={"mid": update["message"]["mid"], "is_deleted": True})

    def press(self, payload: str, title: str = "Начать") -> dict:
        return self.event(postback={"mid": self.account.new_mid(), "title": title, "payload": payload})

    def react(self, mid: str, emoji: str = "❤️") -> dict:
        return self.event(reaction={"mid": mid, "action": "react", "reaction": "love", "emoji": emoji})


class GraphAPI(Provider):
    routes = Routes({
        "GET /me": "me", "POST /{node}/subscribed_apps": "subscribe", "GET /{node}/subscribed_apps": "subscriptions",
        "DELETE /{node}/subscribed_apps": "end_subscription", "POST /{node}/messages": "send", "GET /{node}/conversations": "conversations",
        "GET /debug_token": "debug_token", "POST /{app}/subscriptions": "app_subscribe", "GET /{person}": "person",
    })

    def __init__(self, port: int = 0):
        self.accounts: list[Account] = []
        super().__init__(port)

    def account(self, kind: str, app: App | None = None, through_page: bool = False, token: str | None = None) -> Account:
        made = Account(app or App(), kind, through_page)
        if token:
            made.token, made.issued = token, {token: time.time() - 2 * DAY}
        self.accounts.append(made)
        return made

    def locate(self, method, path, headers, found):
        token = found.get("access_token") or headers.get("authorization", "").removeprefix("Bearer ")
        found["authorization"] = headers.get("authorization", "")
        owner = next((a for a in self.accounts if token in a.issued or token.startswith(a.app.id + "|")), None)
        if owner is None:
            raise Refused(*fault(401, 190, "Invalid OAuth access token - Cannot parse access token"))
        if path == "/refresh_access_token":
            return owner, "renew", found
        version, _, rest = path.removeprefix("/").partition("/")
        match = self.routes.find(method, "/" + rest) if version.startswith("v") else None
        if match is None:
            raise Refused(*fault(400, 2500, "Unknown path components: " + path))
        name, groups = match
        if groups.get("node") not in (None, "me", owner.page, owner.id):
            raise Refused(*fault(400, 100, "Unsupported request. Object does not exist", 33))
        if name == "app_subscribe" and groups["app"] != owner.app.id:
            raise Refused(*fault(400, 101, "Error validating application."))
        return owner, "signal" if name == "send" and "sender_action" in found else name, {**found, **groups}
