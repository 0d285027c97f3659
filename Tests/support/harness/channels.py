"""Channels of any kind, connected to the fake of their provider."""
import threading

from fakes.provider import Delivery, Endpoint
from .people import Account
from .waiting import wait_until


class Channel:
    """One channel of an account and the endpoint that it is connected to."""

    #: Those that still exist. Many end as failed, which other suites of the same server would hear of.
    made_so_far: list["Channel"] = []

    def __init__(self, account: Account, endpoint: Endpoint, settings: dict, mode: str = "webhook", connect: bool = True):
        self.account, self.endpoint = account, endpoint
        self.made = account.owner.post("/api/v1/channels", {"kind": endpoint.kind, "name": f"{endpoint.kind} {endpoint.id}", "mode": mode,
                                                            "settings": settings, "risk_accepted": True}).ok(201)
        self.id, self.path = self.made["id"], self.made.get("webhook_path")
        self.made_so_far.append(self)
        if connect:
            self.connected = self.connect()
            assert self.connected["ok"], self.connected

    @classmethod
    def remove_all(cls):
        while cls.made_so_far:
            channel = cls.made_so_far.pop()
            try:
                channel.account.owner.delete(f"/api/v1/channels/{channel.id}")
            except ConnectionRefusedError:
                pass  # A server that a module had for itself has ended with its channels.

    def connect(self) -> dict:
        return self.account.owner.post(f"/api/v1/channels/{self.id}/webhook").ok()

    def test(self) -> dict:
        return self.account.owner.post(f"/api/v1/channels/{self.id}/test").ok()

    def change(self, **changes) -> dict:
        return self.account.owner.patch(f"/api/v1/channels/{self.id}", changes).ok()

    def show(self) -> dict:
        return next(c for c in self.account.owner.get("/api/v1/channels").ok()["items"] if c["id"] == self.id)

    @property
    def url(self) -> str:
        return self.account.server.url + self.path

    # What customers do.

    def customer(self, name: str | None = None):
        return self.endpoint.customer(name)

    def deliver(self, update) -> int:
        return self.endpoint.deliver(update)

    def say(self, customer, text: str, **more):
        update = customer.message(text, **more)
        status = self.deliver(update)
        assert status == 200, f"the webhook answered {status}"
        return update

    # What the inbox shows.

    def conversations(self) -> list[dict]:
        listed = self.account.conversations() + self.account.conversations("closed")
        return list({c["id"]: c for c in listed if c["channel"]["id"] == self.id}.values())

    def conversation(self, customer=None, timeout: float = 15) -> str:
        """The id of the channel's only conversation, or of the one with this customer, by the name that the inbox shows."""
        def find():
            mine = [c for c in self.conversations() if customer is None or c["contact"]["name"] == customer.name]
            return mine[0]["id"] if len(mine) == 1 else None
        return wait_until(find, timeout, f"one conversation in {self.made['name']}")

    def shown(self, customer=None, timeout: float = 15) -> list[dict]:
        return self.account.shown(self.conversation(customer, timeout))

    def reply(self, text: str, customer=None) -> dict:
        return self.account.reply(self.conversation(customer), text).ok(201)

    def last(self, status: str, timeout: float = 15) -> dict:
        """The newest message once it has this status."""
        conversation = self.conversation()
        return wait_until(lambda: (m := self.account.shown(conversation)[-1])["status"] == status and m, timeout, f"the last message is {status}")

    def shows(self, *texts: str, customer=None, timeout: float = 15):
        """Waits until the conversation says this and nothing else: what was acknowledged is written into it a moment later."""
        def said():
            found = [message["text"] for message in self.shown(customer, timeout=0)]
            assert found == list(texts), f"the conversation says {found}"
            return True
        wait_until(said, timeout, f"the conversation says {list(texts)}")


def new_endpoint(kind: str, fixture) -> tuple[Endpoint, dict]:
    """A new account at the provider of this kind, and the settings of a channel for it. `fixture` gives the fakes by the names of their fixtures."""
    api = fixture({"facebook": "graph_api", "instagram": "graph_api"}.get(kind, f"{kind}_api"))
    if kind in ("telegram", "max"):
        endpoint = api.bot()
        settings = {"token": endpoint.token}
    elif kind == "avito":
        endpoint = api.seller()
        settings = {"client_id": endpoint.client_id, "client_secret": endpoint.client_secret}
    elif kind == "wappi":
        endpoint = api.profile()
        settings = {"token": endpoint.token, "profile_id": endpoint.id}
    else:
        endpoint = api.account(kind)
        settings = {"access_token": endpoint.token, "app_secret": endpoint.app.secret, "app_id": endpoint.app.id}
    return endpoint, {"api_base": api.url, **settings}


class Retrying(threading.Thread):
    """The provider's own retries of one delivery, beside what the test does."""

    def __init__(self, channel: Channel, update, clock: float):
        super().__init__(daemon=True)
        self.channel, self.update, self.clock = channel, update, clock
        self.tries: int | None = None
        self.start()

    def run(self):
        self.tries = self.channel.endpoint.deliver_until_accepted(self.update, self.clock)

    def finish(self, timeout: float = 30) -> int:
        self.join(timeout)
        assert self.tries, "the provider's delivery was not accepted"
        return self.tries


def refused(deliveries: dict[str, Delivery]) -> dict[str, int]:
    """The statuses of those that were not turned away."""
    return {name: status for name, delivery in deliveries.items() if (status := delivery.post()) not in (401, 403, 404)}
