"""A developer's program that takes webhooks. It checks signatures by itself, from the Standard Webhooks specification."""
import base64
import hashlib
import hmac
import json
import threading
import time
from dataclasses import dataclass, field

from .httpd import Exchange, Fake


@dataclass
class Taken:
    """One request."""
    id: str
    stamp: str
    signatures: list[str]
    raw: bytes
    headers: dict
    at: float = field(default_factory=time.monotonic)

    @property
    def payload(self) -> dict:
        return json.loads(self.raw)

    def is_signed_by(self, secret: str) -> bool:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        wanted = base64.b64encode(hmac.new(key, f"{self.id}.{self.stamp}.".encode() + self.raw, hashlib.sha256).digest()).decode()
        return any(hmac.compare_digest(given, f"v1,{wanted}") for given in self.signatures)


class Receiver(Fake):
    """Answers with `script`, one entry a request, and with `status` when it is over. An entry is a status or (status, headers, body)."""

    class handler(Exchange):
        def do_POST(self):
            raw, fake = self.body(), self.fake
            headers = {name.lower(): value for name, value in self.headers.items()}
            taken = Taken(headers.get("webhook-id", ""), headers.get("webhook-timestamp", ""), headers.get("webhook-signature", "").split(), raw, headers)
            with fake.lock:
                fake.taken.append(taken)
                step = fake.script.pop(0) if fake.script else fake.status
                delay = fake.delay
            if delay:
                time.sleep(delay)
            status, more, body = step if isinstance(step, tuple) else (step, {}, b"ok")
            try:
                self.answer(status, body, "text/plain", more)
            except OSError:
                pass

    def __init__(self, status: int = 200, delay: float = 0):
        self.status, self.delay, self.script, self.taken = status, delay, [], []
        self.lock = threading.Lock()
        super().__init__()

    def of(self, event: str) -> list[Taken]:
        with self.lock:
            return [t for t in self.taken if t.payload["type"] == event]
