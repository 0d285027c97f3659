"""Health, metrics, the API document, pages and their headers."""
import json
import re
import uuid

import pytest

from harness.people import QUESTION


def test_health(server):
    client = server.client()
    assert client.get("/healthz").status == 200 and client.get("/readyz").status == 200
    assert client.request("HEAD", "/healthz").status in (200, 405, 404)


def test_metrics_are_prometheus_text_without_anybodys_data(account, telegram):
    customer = telegram.customer("Айгүл Метрика")
    telegram.say(customer, QUESTION)
    telegram.bot.wait(1, customer.id)
    answer = account.server.client().get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    lines = [
        line for line in answer.text.splitlines() if line and not line.startswith("#")]
    pattern = re.compile(r'^[a-zA-Z_:][a-zA-Z0-9_:]*(\{[a-zA-Z_][a-zA-Z0-9_]*="[^"\n]*"(,[a-zA-Z_][a-zA-Z0-9_]*="[^"\n]*")*\})? -?[0-9.eE+-]+(Inf|NaN)?$')
    assert lines and not [line for line in lines if not pattern.match(line)], [line for line in lines if not pattern.match(line)][:5]
    assert any(line.startswith("sevensales_") for line in lines) and any("jobs" in line for line in lines)
    for secret in (customer.name, account.email, account.name, account.id, telegram.bot.token, str(customer.id), telegram.path):
        assert secret not in answer.text, secret


def test_the_api_document_is_openapi_31_and_whole(server):
    document = server.client().get("/api/v1/openapi.json").ok()
    assert document["openapi"].startswith("3.1") and document["info"]["title"] and document["info"]["version"]
    contract = """get /api/v1/setup|post /api/v1/links/inspect|post /api/v1/links/accept|get /api/v1/session|post /api/v1/session|delete /api/v1/session|patch /api/v1/me|get /api/v1/users
        get /api/v1/invitations|post /api/v1/invitations|delete /api/v1/invitations/{}|get /api/v1/api-keys|post /api/v1/api-keys|delete /api/v1/api-keys/{}|get /api/v1/conversations
        get /api/v1/conversations/counters|get /api/v1/conversations/{}|get /api/v1/conversations/{}/messages|post /api/v1/conversations/{}/messages|post /api/v1/conversations/{}/take
        post /api/v1/conversations/{}/give-back|post /api/v1/conversations/{}/close|post /api/v1/conversations/{}/reopen|post /api/v1/conversations/{}/read|post /api/v1/conversations/{}/assign
        post /api/v1/messages/{}/retry|get /api/v1/search/messages|get /api/v1/events|get /api/v1/events/poll|get /api/v1/knowledge/entries|post /api/v1/knowledge/entries|get /api/v1/knowledge/entries/{}
        put /api/v1/knowledge/entries/{}|delete /api/v1/knowledge/entries/{}|post /api/v1/knowledge/files|get /api/v1/knowledge/entries/{}/versions|get /api/v1/knowledge/entries/{}/versions/{}|get /api/v1/knowledge/search
        get /api/v1/bot|put /api/v1/bot|post /api/v1/bot/ask|get /api/v1/usage|get /api/v1/ai-calls|get /api/v1/channel-kinds|get /api/v1/channels|post /api/v1/channels|patch /api/v1/channels/{}|delete /api/v1/channels/{}
        post /api/v1/channels/{}/test|post /api/v1/channels/{}/webhook|get /webchat/{}/config|post /webchat/{}/visitors|get /webchat/{}/messages|post /webchat/{}/messages|get /webchat/{}/events|post /webchat/{}/typing
        get /api/v1/contacts|get /api/v1/contacts/{}|get /api/v1/audit|get /api/v1/demo"""
    wanted = {part.strip() for part in contract.replace("\n", "|").split("|")}
    present = {f"{m} {re.sub(r'{[^}]*}', '{}', p)}" for p, operations in document["paths"].items() for m in operations}
    assert not wanted - present, f"missing: {sorted(wanted - present)}"
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            named = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path)), path
            assert operation["summary"] and "security" in operation and operation["responses"], (method, path)


def test_answers_have_the_shapes_that_the_document_says(account, telegram):
    """The document is not decoration: a sample of answers has exactly its required members."""
    customer = telegram.customer()
    telegram.say(customer, QUESTION)
    telegram.bot.wait(1, customer.id)
    document = account.server.client().get("/api/v1/openapi.json").ok()

    def schema(path, method="get"):
        return document["paths"][path][method]["responses"]["2XX"]["content"]["application/json"]["schema"]

    def check(value, shape, where):
        kind = shape.get("type")
        kinds = kind if isinstance(kind, list) else [kind]
        if value is None:
            return
        if "object" in kinds and "properties" in shape:
            assert isinstance(value, dict), where
            missing = set(shape.get("required", [])) - value.keys()
            assert not missing, f"{where}: {missing} missing in {json.dumps(value, ensure_ascii=False)[:300]}"
            for name, inner in shape["properties"].items():
                if name in value:
                    check(value[name], inner, f"{where}.{name}")
        elif "array" in kinds:
            assert isinstance(value, list), where
            for item in value[:3]:
                check(item, shape["items"], where + "[]")
        elif "string" in kinds:
            assert isinstance(value, str), (where, value)
        elif "integer" in kinds:
            assert isinstance(value, int), (where, value)
        elif "boolean" in kinds:
            assert isinstance(value, bool), (where, value)
    conversation = account.conversation(customer.name)["id"]
    checked = 0
    for path in document["paths"]:
        if "get" not in document["paths"][path] or path.startswith("/webchat/") or path.endswith(("/events", "/openapi.json", "/demo")):
            continue
        if "{" in path and "/conversations/" not in path:
            continue
        if "content" not in document["paths"][path]["get"]["responses"]["2XX"]:
            continue
        real = re.sub(r"{\w+}", conversation, path) + {"/api/v1/search/messages": "?q=x", "/api/v1/knowledge/search": "?q=x"}.get(path, "")
        answer = account.owner.get(real)
        if path in ("/api/v1/calendar/bookings", "/api/v1/privacy/consents"):
            assert answer.status == 422, answer
            continue  # asks for parameters of its own
        check(answer.ok(), schema(path), path)
        checked += 1
    assert checked >= 15


def test_conversation_and_message_have_the_contracts_members(account, telegram):
    customer = telegram.customer()
    telegram.say(customer, QUESTION)
    telegram.bot.wait(1, customer.id)
    conversation = account.conversation(customer.name)
    assert set(conversation) >= {"id", "contact", "channel", "state", "owner", "assignee", "needs_human", "handoff", "unread", "last_message", "bot_typing", "created_at", "updated_at"}
    for message in account.messages(conversation["id"]):
        assert set(message) >= {"id", "conversation_id", "direction", "kind", "author", "text", "attachments", "status", "failure", "sent_at", "edited", "deleted", "citations", "cost"}
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", message["sent_at"]), message["sent_at"]
        assert str(uuid.UUID(message["id"])) == message["id"]


@pytest.mark.once
class TestPages:
    def test_pages_come_with_their_policy(self, server):
        client = server.client()
        for path in ("/", "/inbox", "/welcome", "/knowledge/whatever", "/demo"):
            answer = client.get(path, headers={"Accept": "text/html"})
            assert answer.status == 200 and answer.headers["content-type"].startswith("text/html"), f"{path}: {answer}"
            policy = answer.headers["content-security-policy"]
            assert "unsafe-inline" not in policy and "unsafe-eval" not in policy and "script-src 'self'" in policy and "frame-ancestors 'none'" in policy, policy
            assert answer.headers["x-content-type-options"] == "nosniff" and answer.headers["referrer-policy"]
            assert "no-cache" in answer.headers.get("cache-control", "") or "no-store" in answer.headers.get("cache-control", "") or "max-age=0" in answer.headers.get("cache-control", "")

    def test_assets_are_immutable_and_compressed(self, server):
        client = server.client()
        page = client.get("/").text
        assets = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page)
        assert assets
        for asset in assets:
            answer = client.get(asset, headers={"Accept-Encoding": "br, gzip"})
            assert answer.status == 200 and "immutable" in answer.headers["cache-control"] and answer.headers["x-content-type-options"] == "nosniff", asset
            if asset.endswith((".js", ".css")) and len(client.get(asset).content) > 2000:
                assert answer.headers.get("content-encoding") in ("br", "gzip"), asset
                assert "accept-encoding" in answer.headers.get("vary", "").lower()
            etag = answer.headers.get("etag")
            if etag:
                assert client.get(asset, headers={"If-None-Match": etag, "Accept-Encoding": "br, gzip"}).status == 304

    def test_the_widget_may_be_used_anywhere(self, server):
        answer = server.client().get("/widget.js")
        assert answer.status == 200 and "javascript" in answer.headers["content-type"]
        assert answer.headers.get("cross-origin-resource-policy", "cross-origin") == "cross-origin"

    @pytest.mark.parametrize("path", ["/assets/../../../etc/passwd", "/assets/%2e%2e/%2e%2e/etc/passwd", "/assets/..%2f..%2fetc%2fpasswd", "/../etc/passwd", "/assets//etc/passwd", "/assets/nothing.js",
                                      "/%00", "/assets/index.html%00.js", "/.git/config", "/data/master.key", "/..;/..;/etc/passwd"])
    def test_a19_no_path_leads_out(self, server, path):
        answer = server.client().get(path)
        assert "root:" not in answer.text and "[core]" not in answer.text
        if path.startswith("/assets/"):
            assert answer.status in (400, 404), answer

    def test_the_api_never_answers_with_a_page(self, server):
        for path in ("/api/v1/nothing", "/api/", "/api/v2/conversations", "/webchat/x/nothing"):
            answer = server.client().get(path, headers={"Accept": "text/html"})
            assert answer.status in (401, 404) and "text/html" not in answer.headers.get("content-type", ""), answer


def test_idempotency_keys_repeat_the_answer(account):
    key = str(uuid.uuid4())
    body = {"title": "Один раз", "text": "Текст.", "language": "ru"}
    first = account.owner.post("/api/v1/knowledge/entries", body, headers={"Idempotency-Key": key}).ok(201)
    second = account.owner.post("/api/v1/knowledge/entries", body, headers={"Idempotency-Key": key}).ok(200, 201)
    assert first == second
    refused = account.owner.post("/api/v1/knowledge/entries", body | {"title": "Другое"}, headers={"Idempotency-Key": key})
    assert refused.status == 422, refused
    assert len([e for e in account.owner.items("/api/v1/knowledge/entries") if e["title"] == "Один раз"]) == 1
