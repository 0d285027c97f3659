"""Answers of the server with fields that today's backend does not give yet, put in between server and browser.

Everything else in an answer is the server's own. When the backend gives these fields, what is set here still decides which states a test sees:
a broken channel or a file that is too large cannot be ordered from a fake messenger.
"""
import base64
import copy
import json
import re
import uuid
from urllib.parse import unquote

from playwright.sync_api import Error

MEGABYTE = 1_000_000
#: A picture of 8 × 6 pixels, and a tenth of a second of silence.
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAgAAAAGCAIAAABxZ0isAAAAZ0lEQVR4nA3JIQFEMQwFwZPzRVREcXBIHDwHIcXBIXFQESvrOnR+n7GMbbgh4xhtXOP3BSvYgQcKTtDBjRdiiS1cSBzR4upFspKdeKLkJJ3cfFGsYhdeqDhFF7deDGvYgw8aztDDHf7xNFIJ9aEoYAAAAABJRU5ErkJggg==")
WAV = b"RIFF" + (36 + 800).to_bytes(4, "little") + b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data" + (800).to_bytes(4, "little") + b"\x80" * 800

TITLES = {
    "telegram": ("Telegram bot", "Telegram-бот", "Telegram-бот"), "max": ("MAX bot", "Бот MAX", "MAX боты"), "avito": ("Avito", "Авито", "Авито"),
    "facebook": ("Facebook Messenger", "Мессенджер Facebook", "Facebook мессенджері"), "webchat": ("Web chat", "Чат на сайте", "Сайттағы чат"),
    "instagram": ("Instagram messages", "Сообщения Instagram", "Instagram хабарламалары"),
}
DEFAULTS = {"api_base": "https://api.example.org", "api_version": "v23.0"}


def words(en: str, ru: str | None = None, kk: str | None = None) -> dict:
    return {"en": en, "ru": ru or en, "kk": kk or en}


def media(*kinds: str, most: int = 20 * MEGABYTE, types=()) -> list[dict]:
    return [{"kind": kind, "max_bytes": most, "mime_types": list(types)} for kind in kinds]


def health(state="healthy", **more) -> dict:
    return {"state": state, "reason": None, "detail": None, "checked_at": "2026-11-20T10:00:00.000Z", "account": None, "expires_at": None,
            "waiting": 0, "uncertain": 0, "failed": 0, "notices": [], **more}


def attachment(kind: str, name: str | None = None, mime: str | None = None, size: int | None = 1_200, state="stored", note: str | None = None) -> dict:
    return {"kind": kind, "name": name, "mime": mime, "size": size, "note": note, "state": state, "file": str(uuid.uuid4()) if state == "stored" else None}


class Promised:
    """Puts the coming fields into the answers of one watched page. Open pages only after making it."""

    def __init__(self, watched, capabilities: dict | None = None):
        self.watched = watched
        self.capabilities = {"media": media("image", "video", "audio", "voice", "document"), "caption": 1_024, "reply_window": None,
                             "person_reply_window": None, **(capabilities or {})}
        #: By channel id: what its answer is to hold.
        self.channels: dict[str, dict] = {}
        #: What the conversation's messages are to hold, by message id, and messages that are only here, oldest first.
        self.messages: dict[str, dict] = {}
        self.added: list[dict] = []
        self.uploads: list[dict] = []
        self.sent: list[dict] = []
        self.retried: list[str] = []
        self.upload_status = 201
        context = watched.context
        context.route(re.compile(r"/api/v1/channel-kinds$"), self._kinds)
        context.route(re.compile(r"/api/v1/channels$"), self._channels)
        context.route(re.compile(r"/api/v1/conversations/[^/]+/messages(\?.*)?$"), self._messages)
        context.route(re.compile(r"/api/v1/conversations/[^/]+/files\?"), self._upload)
        context.route(re.compile(r"/api/v1/messages/[^/]+/retry$"), self._retry)
        context.route(re.compile(r"/api/v1/files/"), self._file)
        context.route(lambda url: "/api/" not in url and "/assets/" not in url, self._page)

    def _changed(self, route, change):
        try:
            answer = route.fetch()
            if not answer.ok:
                return route.fulfill(response=answer)
            value = answer.json()
            change(value)
            return route.fulfill(response=answer, json=value)
        except Error:
            # The page went away while it asked; it hears no answer.
            return None

    def _page(self, route):
        """The policy of the page has to let it play what the server stores."""
        if route.request.resource_type != "document":
            return route.continue_()
        answer = route.fetch()
        headers = dict(answer.headers)
        policy = headers.get("content-security-policy", "")
        if policy and "media-src" not in policy:
            headers["content-security-policy"] = policy.replace("font-src 'self'", "media-src 'self' blob:; font-src 'self'")
        return route.fulfill(response=answer, headers=headers)

    def _kinds(self, route):
        def change(value):
            for kind in value["items"]:
                kind.setdefault("titles", words(*TITLES.get(kind["kind"], (kind["title"],))))
                kind["capabilities"].update(self.capabilities)
                for field in kind["fields"]:
                    name = field["name"]
                    field.setdefault("kind", "base-url" if name == "api_base" else "flag" if name in ("human_agent", "through_page") else "text")
                    field.setdefault("default", DEFAULTS.get(name))
        return self._changed(route, change)

    def _channels(self, route):
        if route.request.method != "GET":
            return route.continue_()

        def change(value):
            for channel in value["items"]:
                channel.setdefault("plugin", {"state": "working", "reason": None})
                channel.update(copy.deepcopy(self.channels.get(channel["id"], {})))
        return self._changed(route, change)

    def _messages(self, route):
        if route.request.method == "POST":
            return self._send(route)

        def change(value):
            for message in value["items"]:
                message.update(self.messages.get(message["id"], {}))
            if "before=" not in route.request.url:
                value["items"] = self.added[::-1] + value["items"]
        return self._changed(route, change)

    def message(self, conversation: str, **more) -> dict:
        """A message that only this page sees."""
        made = {"id": str(uuid.uuid4()), "conversation_id": conversation, "direction": "in", "kind": "text", "text": "", "attachments": [],
                "author": {"type": "customer", "id": None, "name": "Айгүл"}, "status": "received", "failure": None, "sent_at": "2026-11-23T12:00:00.000Z",
                "edited": False, "deleted": False, "citations": [], "cost": None, **more}
        self.added.append(made)
        return made

    def _send(self, route):
        draft = route.request.post_data_json
        self.sent.append(draft)
        if not draft.get("attachments"):
            return route.continue_()
        files = [upload for upload in self.uploads if upload["id"] in draft["attachments"]]
        made = self.message(
            route.request.url.split("/conversations/")[1].split("/")[0], id=draft["id"], direction="out", text=draft["text"], status="sent",
            author={"type": "user", "id": None, "name": "Оператор"}, sent_at=f"2026-11-23T12:00:{len(self.sent):02}.000Z",
            attachments=[{**{k: v for k, v in file.items() if k != "id"}, "note": None, "state": "stored", "file": file["id"]} for file in files])
        return route.fulfill(status=201, json=made)

    def _upload(self, route):
        request = route.request
        if self.upload_status != 201:
            return route.fulfill(status=self.upload_status, json={"code": "unavailable", "detail": "no room", "status": self.upload_status})
        query = dict(pair.split("=", 1) for pair in request.url.split("?", 1)[1].split("&"))
        mime = unquote(query["mime"])
        body = request.post_data_buffer or b""
        kind = mime.split("/")[0] if mime.split("/")[0] in ("image", "video", "audio") else "document"
        made = {"id": str(uuid.uuid4()), "kind": kind, "name": unquote(query["name"]), "mime": mime, "size": len(body) or 1}
        self.uploads.append(made)
        return route.fulfill(status=201, content_type="application/json", body=json.dumps(made))

    def _retry(self, route):
        id = route.request.url.split("/messages/")[1].split("/")[0]
        self.retried.append(id)
        message = next(m for m in self.added if m["id"] == id)
        message["status"] = "queued"
        return route.fulfill(json=message)

    def _file(self, route):
        isSound = any(a["file"] and a["file"] in route.request.url and (a["mime"] or "").startswith(("audio", "video")) for m in self.added for a in m["attachments"])
        return route.fulfill(content_type="audio/wav" if isSound else "image/png", body=WAV if isSound else PNG)
