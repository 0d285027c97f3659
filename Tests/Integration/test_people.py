"""People of an account: roles, shutting out, passwords."""
import pytest

from harness.people import PASSWORD


def find(account, client):
    me = client.get("/api/v1/session").ok()["user"]["id"]
    return me, next(u for u in account.owner.items("/api/v1/users") if u["id"] == me)


class TestRoles:
    def test_a_new_role_takes_effect_with_the_next_request(self, account):
        colleague = account.invite("operator")
        user, before = find(account, colleague)
        assert before["role"] == "operator" and before["disabled"] is False
        assert colleague.get("/api/v1/audit").status == 403
        changed = account.owner.patch(f"/api/v1/users/{user}", {"role": "admin"}).ok()
        assert changed["role"] == "admin"
        colleague.get("/api/v1/audit").ok()

    def test_whoever_is_shut_out_is_out_at_once_and_may_come_back(self, account):
        colleague = account.invite("operator")
        user, _ = find(account, colleague)
        assert account.owner.patch(f"/api/v1/users/{user}", {"disabled": True}).ok()["disabled"] is True
        assert colleague.get("/api/v1/conversations").status == 401
        assert account.owner.patch(f"/api/v1/users/{user}", {"disabled": False}).ok()["disabled"] is False
        assert colleague.get("/api/v1/conversations").status == 401, "the old session stays ended"

    @pytest.mark.parametrize("role", ["operator", "analyst"])
    def test_those_who_may_not_are_refused(self, account, role):
        colleague, other = account.invite(role), account.invite("operator")
        user, _ = find(account, other)
        assert colleague.patch(f"/api/v1/users/{user}", {"role": "admin"}).status == 403

    def test_nobody_gives_or_takes_what_is_not_theirs(self, account):
        admin, operator = account.invite("admin"), account.invite("operator")
        own, _ = find(account, admin)
        user, _ = find(account, operator)
        assert admin.patch(f"/api/v1/users/{user}", {"role": "owner"}).status == 403
        assert admin.patch(f"/api/v1/users/{own}", {"role": "owner"}).status == 403
        assert admin.patch(f"/api/v1/users/{account.user}", {"disabled": True}).status == 403
        assert admin.patch(f"/api/v1/users/{own}", {"disabled": True}).status == 409
        admin.patch(f"/api/v1/users/{user}", {"role": "analyst"}).ok()

    def test_an_account_keeps_an_owner(self, account):
        assert account.owner.patch(f"/api/v1/users/{account.user}", {"role": "operator"}).status == 409
        account.owner.get("/api/v1/audit").ok()

    def test_every_change_leaves_a_line(self, account):
        colleague = account.invite("operator")
        user, _ = find(account, colleague)
        account.owner.patch(f"/api/v1/users/{user}", {"role": "analyst", "disabled": True}).ok()
        lines = {(e["action"], e["actor"]["id"]) for e in account.owner.items("/api/v1/audit") if e["object"] == f"user/{user}"}
        assert {("user.role-changed", account.user), ("user.disabled", account.user)} <= lines, lines


class TestPassword:
    NEW = "длинная фраза про диван Осло"

    def test_a_changed_password_ends_the_sessions(self, account):
        colleague = account.invite("operator")
        assert colleague.put("/api/v1/me/password", {"current": PASSWORD, "new": self.NEW}).status == 204
        assert colleague.get("/api/v1/conversations").status == 401
        client = account.server.client()
        assert client.post("/api/v1/session", {"email": colleague.email, "password": PASSWORD}).status == 401
        client.post("/api/v1/session", {"email": colleague.email, "password": self.NEW}).ok()

    def test_the_old_one_must_be_known_and_the_new_one_good(self, account):
        colleague = account.invite("operator")
        refused = colleague.put("/api/v1/me/password", {"current": "wrong", "new": self.NEW})
        assert refused.status == 422 and refused.json["errors"][0]["field"] == "current", refused
        assert colleague.put("/api/v1/me/password", {"current": PASSWORD, "new": "short"}).status == 422
        colleague.get("/api/v1/conversations").ok()
