"""A customer's picture from every provider whose files lie behind https links: fetched over TLS, cleaned, sealed and shown."""
import time

import pytest

from fakes.tls_files import TLSFiles
from harness.channels import Channel, new_endpoint
from harness.media import CAMERA, PLACE, body, jpeg
from harness.people import Account
from harness.waiting import wait_until

KINDS = ["max", "avito", "wappi", "facebook", "instagram"]


@pytest.fixture(scope="module")
def files():
    with TLSFiles() as host:
        yield host


@pytest.fixture(scope="module")
def trusting(places, engine, files):
    """An account of a server that trusts the files' authority, for their host alone."""
    server = places.server(engine, "--egress-allow", "127.0.0.0/8", "--trust-root", f"127.0.0.1={files.authority}")
    made = Account(server)
    made.bot(enabled=False)
    yield made
    server.stop()


def picture(kind: str, customer, link: str) -> dict:
    """What the provider reports of a picture that lies at `link`."""
    if kind == "max":
        return customer.message("Такой есть?", attachments=[{"type": "image", "payload": {"photo_id": 9123456789012, "token": "t1", "url": link}}])
    if kind == "avito":
        return customer.message(kind="image", content={"image": {"sizes": {"140x105": "https://files.invalid/small.jpg", "1280x960": link}}})
    if kind == "wappi":
        return customer.message("/9j/", type="image", mimetype="image/jpeg", caption="Такой есть?", file_link=link, file_link_expire=int(time.time()) + 172_800)
    return customer.message(None, attachments=[{"type": "image", "payload": {"url": link}}])


def attachment(channel: Channel, state: str) -> dict:
    def found():
        all = [a for m in channel.shown() for a in m["attachments"]]
        assert [a["state"] for a in all] == [state], all
        return all[0]
    return wait_until(found, 30, f"the file is {state}")


@pytest.mark.parametrize("kind", KINDS)
def test_a_customers_picture_arrives_cleaned_sealed_and_shown(request, trusting, files, kind):
    endpoint, settings = new_endpoint(kind, request.getfixturevalue)
    channel = Channel(trusting, endpoint, settings)
    content = jpeg(turned=6)
    assert CAMERA in content and PLACE in content
    link = files.add(content)
    assert channel.deliver(picture(kind, channel.customer(), link)) == 200
    stored = attachment(channel, "stored")
    assert (stored["kind"], stored["mime"]) == ("image", "image/jpeg"), stored
    last = channel.conversations()[0]["last_message"]
    assert (last["kind"], last["attachment"], last["deleted"]) == ("media", "image", False), "the list tells what came"
    answer = trusting.owner.get(f"/api/v1/files/{stored['file']}")
    assert answer.status == 200 and body(answer.content) == body(content)
    assert CAMERA not in answer.content and PLACE not in answer.content
    assert "sandbox" in answer.headers["content-security-policy"]
    [(_, headers)] = [asked for asked in files.asked if link.endswith(asked[0])]
    sent = " ".join(headers.values())
    assert "authorization" not in headers and not any(secret and secret in sent for secret in settings.values()), "the files' host gets no credentials"
    kept = [path.read_bytes() for path in (trusting.server.place.data / "files").rglob("*") if path.is_file()]
    assert kept and not any(body(content)[:64] in bytes for bytes in kept), "what lies on the disk is sealed"


@pytest.mark.once
def test_without_the_authority_nothing_is_fetched(quiet, files, max_api):
    bot = max_api.bot()
    channel = Channel(quiet, bot, {"api_base": max_api.url, "token": bot.token})
    before = len(files.asked)
    assert channel.deliver(picture("max", channel.customer(), files.add(jpeg()))) == 200
    assert attachment(channel, "waiting")["file"]
    time.sleep(2)
    assert attachment(channel, "waiting")["file"] and len(files.asked) == before


@pytest.mark.once
def test_an_authority_for_another_host_is_none_for_this(places, files, max_api):
    server = places.server("sqlite", "--egress-allow", "127.0.0.0/8", "--trust-root", f"platform-api2.max.ru={files.authority}", "--trust-root", f"*.oneme.ru={files.authority}")
    account = Account(server)
    account.bot(enabled=False)
    bot = max_api.bot()
    channel = Channel(account, bot, {"api_base": max_api.url, "token": bot.token})
    before = len(files.asked)
    assert channel.deliver(picture("max", channel.customer(), files.add(jpeg()))) == 200
    time.sleep(2)
    assert attachment(channel, "waiting")["file"] and len(files.asked) == before
    server.stop()
