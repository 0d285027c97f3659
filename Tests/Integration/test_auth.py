"""Signing in, links, sessions, CSRF, API keys, roles."""
import json
import re
import statistics
import time
import uuid

import pytest

from harness.http import Client, next_source
from harness.people import PASSWORD, Account
from harness.programs import in_parallel
from harness.waiting import wait_until


class TestFirstRun:
    def test_the_owner_is_made_by_a_link_that_works_once(self, engine, places):
        server = places.server(engine)
        client = server.client()
        setup = client.get("/api/v1/setup").ok()
        assert setup["first_run"] is True and setup["demo"] is False and setup["languages"] == ["en", "ru", "kk"] and setup["version"]
        token = server.link()
        seen = client.post("/api/v1/links/inspect", {"token": token}).ok()
        assert seen["kind"] == "owner_setup" and seen["account"] is None
        client.post("/api/v1/links/inspect", {"token": token}).ok()  # looking does not use it up

        answers = {"token": token, "account_name": "Мебель", "name": "Асель", "email": "owner@example.kz", "password": PASSWORD, "language": "kk"}
        client.post("/api/v1/links/accept", {**answers, "age_confirmed": False}).problem(422, "invalid")
        client.post("/api/v1/links/accept", {**answers, "age_confirmed": True, "password": "short"}).problem(422, "invalid")
        client.post("/api/v1/links/accept", {**answers, "age_confirmed": True, "email": "no-at"}).problem(422, "invalid")
        assert client.get("/api/v1/setup").ok()["first_run"] is True

        def accept(index):
            return server.client().post("/api/v1/links/accept", {**answers, "age_confirmed": True, "email": f"owner{index}@example.kz"})
        results = in_parallel(8, accept)
        assert sorted(r.status for r in results) == [200] + [404] * 7, results
        winner = next(r for r in results if r.status == 200).json
        assert winner["role"] == "owner" and winner["account"]["name"] == "Мебель" and winner["user"]["language"] == "kk"
        assert client.get("/api/v1/setup").ok()["first_run"] is False
        client.post("/api/v1/links/inspect", {"token": token}).problem(404, "not_found")
        server.stop()
        restarted = places.keep(server.restarted())
        signed_in = restarted.client().sign_in(winner["user"]["email"], PASSWORD)
        assert signed_in["user"]["id"] == winner["user"]["id"]
        restarted.stop()

    @pytest.mark.parametrize("token", ["", "x", "0" * 64, "../../etc/passwd", "\u0000", "я" * 300, "'; --"])
    def test_wrong_tokens_are_not_found(self, server, token):
        client = server.client()
        answer = client.post("/api/v1/links/inspect", {"token": token})
        assert answer.status in (404, 422, 400), answer
        answer = client.post("/api/v1/links/accept", {"token": token, "name": "x", "password": PASSWORD, "age_confirmed": True})
        assert answer.status in (404, 422, 400), answer
        assert not client.cookies


class TestInvitations:
    def test_a06_an_invitation_leads_to_its_account_and_role_only_and_once(self, account, quiet):
        made = account.owner.post("/api/v1/invitations", {"email": "new@example.kz", "role": "operator"}).ok(201)
        assert re.fullmatch(r"https?://[^/]+/welcome#\S{32,}", made["link"]), made
        token = made["link"].split("#")[1]
        assert token not in account.owner.get("/api/v1/invitations").text, "the link is shown once"
        seen = account.server.client().post("/api/v1/links/inspect", {"token": token}).ok()
        assert (seen["kind"], seen["role"], seen["account"]["name"], seen["email"]) == ("invitation", "operator", account.name, "new@example.kz")

        def accept(index):
            client = account.server.client()
            return client, client.post("/api/v1/links/accept", {
                "token": token, "name": f"Новый {index}", "password": PASSWORD, "age_confirmed": True,
                "role": "owner", "account_id": quiet.id, "account_name": quiet.name, "email": f"other{index}@example.kz"})
        results = in_parallel(6, accept)
        winners = [(c, r) for c, r in results if r.status == 200]
        assert len(winners) == 1 and all(r.status in (404, 400, 422) for _, r in results if r.status != 200), results
        session = winners[0][1].json
        assert session["role"] == "operator" and session["account"]["id"] == account.id and session["user"]["email"] == "new@example.kz"

    def test_a_withdrawn_invitation_is_worth_nothing(self, account):
        made = account.owner.post("/api/v1/invitations", {"email": f"{uuid.uuid4().hex}@example.kz", "role": "analyst"}).ok(201)
        account.owner.delete(f"/api/v1/invitations/{made['id']}").ok(204)
        account.server.client().post("/api/v1/links/inspect", {"token": made["link"].split("#")[1]}).problem(404)
        assert made["id"] not in account.owner.get("/api/v1/invitations").text

    def test_nobody_hands_out_more_than_they_have(self, account):
        admin, operator = account.invite("admin"), account.invite("operator")
        admin.post("/api/v1/invitations", {"email": f"{uuid.uuid4().hex}@example.kz", "role": "owner"}).problem(403, "forbidden")
        admin.post("/api/v1/invitations", {"email": f"{uuid.uuid4().hex}@example.kz", "role": "operator"}).ok(201)
        operator.post("/api/v1/invitations", {"email": f"{uuid.uuid4().hex}@example.kz", "role": "analyst"}).problem(403, "forbidden")
        account.owner.post("/api/v1/invitations", {"email": f"{uuid.uuid4().hex}@example.kz", "role": "emperor"}).problem(422)


class TestSignIn:
    def test_the_answer_tells_who_and_what(self, account):
        client = account.server.client()
        session = client.sign_in(account.email, PASSWORD)
        assert session["account"] == {"id": account.id, "name": account.name} and session["role"] == "owner" and session["demo"] is False
        assert {"conversation.read", "apikey.write", "audit.read"} <= set(session["permissions"])
        assert client.get("/api/v1/session").ok()["user"] == session["user"]

    def test_the_cookie_is_as_strict_as_it_can_be(self, account):
        answer = account.server.client().post("/api/v1/session", {"email": account.email, "password": PASSWORD})
        [cookie] = [v for n, v in answer.fields if n.lower() == "set-cookie"]
        flags = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"httponly", "path=/"} <= flags and {"samesite=lax", "samesite=strict"} & flags, cookie
        assert cookie.startswith("__Host-") and "secure" in flags and not any(f.startswith("domain") for f in flags), cookie

    def test_wrong_ones_look_alike(self, account):
        client = account.server.client()
        wrong = client.post("/api/v1/session", {"email": account.email, "password": "wrong-password-1"}).problem(401, "bad_credentials")
        unknown = client.post("/api/v1/session", {"email": f"{uuid.uuid4().hex}@example.kz", "password": "wrong-password-1"}).problem(401, "bad_credentials")
        assert {k: v for k, v in wrong.items() if k != "request_id"} == {k: v for k, v in unknown.items() if k != "request_id"}

    @pytest.mark.once
    def test_a47_an_unknown_address_takes_as_long(self, account):
        times = {"known": [], "unknown": []}
        for index in range(6):
            for kind, email in (("known", account.email), ("unknown", f"{uuid.uuid4().hex}@example.kz")):
                answer = account.server.client().post("/api/v1/session", {"email": email, "password": f"wrong-{index}-password"})
                assert answer.status == 401
                times[kind].append(answer.seconds)
        known, unknown = (statistics.median(t) for t in times.values())
        assert abs(known - unknown) < 0.25 * max(known, unknown) + 0.02, (known, unknown)
        account.server.client().sign_in(account.email, PASSWORD)

    def test_a27_exactly_ten_tries_however_parallel_and_however_written(self, server):
        account = Account(server)
        spellings = [account.email, account.email.upper(), f" {account.email}", f"{account.email} ", account.email.title()]

        def attempt(index):
            headers = {"X-Forwarded-For": f"203.0.113.{index}", "X-Real-IP": f"203.0.113.{index}", "Forwarded": f"for=203.0.113.{index}"}
            return server.client().post("/api/v1/session", {"email": spellings[index % 5], "password": f"wrong-password-{index}"}, headers=headers, timeout=60)
        answers = in_parallel(26, attempt)
        statuses = sorted(a.status for a in answers)
        assert statuses == [401] * 10 + [429] * 16, statuses
        refused = next(a for a in answers if a.status == 429)
        refused.problem(429, "rate_limited")
        assert 1 <= int(refused.headers["retry-after"]) <= 900
        # Also the right password, until the time is over; others are not affected.
        server.client().post("/api/v1/session", {"email": account.email, "password": PASSWORD}).problem(429)
        assert account.owner.get("/api/v1/session").status == 200, "who is signed in stays so"

    @pytest.mark.once
    @pytest.mark.slow
    def test_a45_a_network_gets_fifty_tries_whatever_it_claims(self, server):
        """Fifty password hashes take their time; A-27 counts by the same statements on both engines."""
        source = next_source()

        def attempt(index):
            client = Client(server.url, source=source)
            headers = {"X-Forwarded-For": f"203.0.113.{index % 250}"}
            return client.post("/api/v1/session", {"email": f"{uuid.uuid4().hex}@example.kz", "password": "wrong-password"}, headers=headers, timeout=90).status
        statuses = in_parallel(70, attempt)
        assert statuses.count(401) <= 50 and statuses.count(429) >= 20 and set(statuses) <= {401, 429, 503}, sorted(statuses)

    @pytest.mark.once
    def test_right_passwords_are_not_counted(self, account):
        for _ in range(12):
            account.server.client().sign_in(account.email, PASSWORD)


class TestSessions:
    def test_signing_out_ends_it_at_once(self, account):
        client = account.server.client()
        client.sign_in(account.email, PASSWORD)
        copy = client.twin()
        client.delete("/api/v1/session").ok(204)
        assert copy.get("/api/v1/session").status == 401 and copy.get("/api/v1/conversations").status == 401
        assert not client.cookies, "the cookie is taken back"

    def test_a44_each_sign_in_has_its_own_session(self, account):
        client = account.server.client()
        name = next(iter(account.owner.cookies))
        client.cookies = {name: "attacker-chosen-value-0123456789abcdef"}
        client.sign_in(account.email, PASSWORD)
        one = dict(client.cookies)
        assert one[name] != "attacker-chosen-value-0123456789abcdef"
        client.cookies = {}
        client.sign_in(account.email, PASSWORD)
        assert client.cookies[name] != one[name]

    @pytest.mark.parametrize("value", ["", "x", "0" * 43, "null", "a.b.c", "%00", "../", "e30."])
    def test_made_up_cookies_are_nobody(self, account, value):
        client = account.server.client()
        client.cookies = {next(iter(account.owner.cookies)): value}
        client.get("/api/v1/session").problem(401, "unauthenticated")

    def test_own_settings_can_be_changed(self, account):
        person = account.invite("operator")
        changed = person.patch("/api/v1/me", {"language": "kk", "theme": "dark", "name": "Жаңа аты"}).ok()
        assert (changed["language"], changed["theme"], changed["name"]) == ("kk", "dark", "Жаңа аты")
        assert person.get("/api/v1/session").ok()["user"] == changed
        assert person.patch("/api/v1/me", {"language": "tlh"}).status in (400, 422)
        assert person.get("/api/v1/session").ok()["user"]["language"] == "kk"

    def test_a49_one_cannot_promote_oneself(self, account):
        person = account.invite("analyst")
        answer = person.patch("/api/v1/me", {"name": "x", "role": "owner", "account_id": str(uuid.uuid4()), "permissions": ["apikey.write"], "email": "boss@example.kz"})
        assert answer.status in (200, 400, 422), answer
        after = person.get("/api/v1/session").ok()
        assert after["role"] == "analyst" and after["account"]["id"] == account.id and after["user"]["email"] == person.email


class TestCSRF:
    """A-48."""

    def test_a_cookie_alone_changes_nothing(self, account):
        client = account.owner.twin()
        right = client.csrf
        other = account.invite("operator").csrf
        for wrong in (None, "", "x", right[:-1], right + "a", right.swapcase(), other):
            client.csrf = None
            headers = {"X-CSRF-Token": wrong} if wrong is not None else {}
            client.patch("/api/v1/me", {"name": "Взлом"}, headers=headers).problem(403, "csrf")
        assert client.get("/api/v1/session").ok()["user"]["name"] != "Взлом"
        client.csrf = right
        client.patch("/api/v1/me", {"theme": "light"}).ok()

    def test_simple_requests_of_other_pages_change_nothing(self, account):
        client = account.owner.twin()
        client.csrf = None
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json"):
            answer = client.request("PATCH", "/api/v1/me", raw=b'{"name":"x"}', headers={"Content-Type": kind, "Origin": "https://evil.example"})
            answer.problem(403, "csrf")

    def test_another_site_is_refused_even_with_the_token(self, account):
        for site in ("cross-site", "same-site"):
            account.owner.patch("/api/v1/me", {"theme": "dark"}, headers={"Sec-Fetch-Site": site}).problem(403, "csrf")
        account.owner.patch("/api/v1/me", {"theme": "dark"}, headers={"Sec-Fetch-Site": "same-origin"}).ok()

    def test_every_changing_route_asks_for_it(self, account):
        document = account.server.client().get("/api/v1/openapi.json").ok()
        client, checked = account.owner.twin(), 0
        client.csrf = None
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                if method == "get" or {"session": []} not in operation["security"]:
                    continue
                real = re.sub(r"\{version\}", "1", path)
                real = re.sub(r"\{\w+\}", str(uuid.uuid4()), real)
                answer = client.request(method.upper(), real, {})
                assert answer.status == 403 and answer.code == "csrf", answer
                checked += 1
        assert checked >= 20, "the document lists the changing routes"

    def test_method_override_does_nothing(self, account):
        """A-50."""
        client = account.owner.twin()
        answer = client.get("/api/v1/session", headers={"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "DELETE"})
        answer.ok()
        client.get("/api/v1/session?_method=DELETE").ok()
        client.get("/api/v1/session").ok()


@pytest.mark.once
class TestPaths:
    @pytest.mark.parametrize("path", ["/api/v1/%2e%2e/v1/conversations", "/api/v1//conversations", "/API/v1/conversations", "/api/v1/conversations/",
                                      "/api/v1/conversations;x=1", "/api/v1/setup/../conversations", "/api/v1/setup/..%2fconversations",
                                      "/api/v1/conversations%00", "/api/v1/conversations.", "/api/v1/..;/conversations", "/%2e/api/v1/conversations"])
    def test_a50_no_spelling_of_a_path_goes_around_the_door(self, server, account, path):
        answer = server.client().get(path)
        assert '"items"' not in answer.text, answer
        assert answer.status in (400, 401, 404) or "text/html" in answer.headers.get("content-type", ""), answer


class TestKeys:
    def test_a_key_may_do_what_it_says_and_no_more(self, account):
        client, made = account.key("conversation.read")
        assert made["key"].startswith("ssk_") and made["permissions"] == ["conversation.read"]
        client.get("/api/v1/conversations").ok()
        client.get("/api/v1/channels").problem(403, "forbidden")
        client.post(f"/api/v1/conversations/{uuid.uuid4()}/take").problem(403, "forbidden")
        client.post("/api/v1/api-keys", {"name": "more", "permissions": ["apikey.write"]}).problem(403, "forbidden")
        assert made["key"] not in account.owner.get("/api/v1/api-keys").text, "shown once"
        assert client.get("/api/v1/session").status in (401, 403)

    def test_a_key_needs_no_csrf_and_writes(self, account):
        client, _ = account.key("knowledge.write", "knowledge.read")
        entry = client.post("/api/v1/knowledge/entries", {"title": "Ключом", "text": "Текст по ключу.", "language": "ru"}).ok(201)
        client.delete(f"/api/v1/knowledge/entries/{entry['id']}").ok(204)

    def test_a_revoked_key_is_dead_at_once(self, account):
        client, made = account.key("conversation.read")
        client.get("/api/v1/conversations").ok()
        account.owner.delete(f"/api/v1/api-keys/{made['id']}").ok(204)
        client.get("/api/v1/conversations").problem(401, "unauthenticated")

    def test_a07_nobody_makes_a_key_stronger_than_themselves(self, account):
        operator = account.invite("operator")
        operator.post("/api/v1/api-keys", {"name": "x", "permissions": ["conversation.read"]}).problem(403, "forbidden")
        keymaker, _ = account.key("apikey.write", "conversation.read")
        answer = keymaker.post("/api/v1/api-keys", {"name": "x", "permissions": ["channel.write"]})
        assert answer.status in (403, 422), answer
        account.owner.post("/api/v1/api-keys", {"name": "x", "permissions": ["world.rule"]}).problem(422)

    @pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer x", "Basic YTpi", "bearer ssk_", "Bearer ssk_" + "A" * 43, "ssk_x", "Bearer null"])
    def test_made_up_keys_are_nobody(self, account, header):
        client = account.server.client()
        client.get("/api/v1/conversations", headers={"Authorization": header}).problem(401, "unauthenticated")

    def test_a_bad_key_is_not_rescued_by_a_cookie(self, account):
        account.owner.get("/api/v1/conversations", headers={"Authorization": "Bearer ssk_wrong"}).problem(401)

    def test_a_key_has_ten_calls_a_second_and_fifty_at_once(self, account):
        client, _ = account.key("conversation.read")
        start = time.monotonic()
        answers = in_parallel(8, lambda _: [client.get("/api/v1/conversations/counters") for _ in range(16)])
        answers = [a for some in answers for a in some]
        seconds = time.monotonic() - start
        good = sum(a.status == 200 for a in answers)
        refused = [a for a in answers if a.status == 429]
        assert 50 <= good <= 52 + 10 * seconds and refused, (good, seconds)
        assert int(refused[0].headers["retry-after"]) >= 1
        wait_until(lambda: client.get("/api/v1/conversations/counters").status == 200, 5, "it recovers")


class TestRoles:
    def test_each_route_asks_for_its_permission(self, account):
        """T-01, lower role -> 403. The table comes from the server's own document, the permissions from the session."""
        document = account.server.client().get("/api/v1/openapi.json").ok()
        people = {role: account.invite(role) for role in ("admin", "operator", "analyst")}
        assert set(people["analyst"].session["permissions"]) < set(people["admin"].session["permissions"])
        assert "conversation.reply" not in people["analyst"].session["permissions"]
        assert not {"apikey.write", "user.write", "channel.write", "audit.read"} & set(people["operator"].session["permissions"])
        checked = {403: 0, "else": 0}
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                needed = operation.get("x-permission")
                if not needed:
                    continue
                real = re.sub(r"\{version\}", "1", path)
                real = re.sub(r"\{\w+\}", str(uuid.uuid4()), real)
                for role, client in people.items():
                    answer = client.request(method.upper(), real, None if method in ("get", "delete") else {})
                    if needed in client.session["permissions"]:
                        assert answer.status not in (401, 403), f"{role}: {answer}"
                        checked["else"] += 1
                    else:
                        assert answer.status == 403 and answer.code == "forbidden", f"{role} lacks {needed}: {answer}"
                        checked[403] += 1
        assert checked[403] >= 15 and checked["else"] >= 30, checked

    def test_no_route_answers_without_a_caller(self, server):
        """T-01, no auth -> 401."""
        document = server.client().get("/api/v1/openapi.json").ok()
        checked = 0
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                if not operation["security"]:
                    continue
                real = re.sub(r"\{version\}", "1", path)
                if path.startswith("/webchat/"):
                    continue
                real = re.sub(r"\{\w+\}", str(uuid.uuid4()), real)
                answer = server.client().request(method.upper(), real, None if method in ("get", "delete") else {})
                answer.problem(401, "unauthenticated")
                checked += 1
        assert checked >= 35

    def test_public_routes_are_only_the_declared_ones(self, server):
        document = server.client().get("/api/v1/openapi.json").ok()
        public = {f"{m} {p}" for p, operations in document["paths"].items() for m, o in operations.items() if not o["security"] and m != "options"}
        assert public == {"get /api/v1/setup", "post /api/v1/session", "post /api/v1/links/inspect", "post /api/v1/links/accept",
                          "get /api/v1/openapi.json"}, json.dumps(sorted(public))


def test_changes_and_reads_are_in_the_audit_trail(account):
    """T-18."""
    marker = f"Ключ {uuid.uuid4().hex[:6]}"
    account.owner.post("/api/v1/api-keys", {"name": marker, "permissions": ["conversation.read"]}).ok(201)
    account.owner.get("/api/v1/conversations").ok()
    actions = wait_until(lambda: (a := {r["action"] for r in account.owner.items("/api/v1/audit")}) and any("viewed" in x for x in a) and a, what="reads are recorded")
    assert any(a.startswith("api") for a in actions) and any("channel" in a or "knowledge" in a for a in actions), actions
    line = account.owner.items("/api/v1/audit")[0]
    assert {"id", "at", "actor", "action", "object"} <= line.keys() and line["actor"]["type"] in ("user", "api_key", "bot", "system")
    account.invite("operator").get("/api/v1/audit").problem(403)
