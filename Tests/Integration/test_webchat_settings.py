"""What an owner decides about a web chat: kept, refused with a reason, and told to visitors as far as it concerns them."""
import pytest

HOURS = {"time_zone": "UTC", "periods": [{"day": day, "from": "00:00", "to": "24:00"} for day in range(1, 8)]}
CLOSED = {"time_zone": "UTC", "periods": []}


@pytest.fixture(scope="module")
def owner(account):
    return account.owner


@pytest.fixture
def chat(owner):
    made = owner.post("/api/v1/channels", {"kind": "webchat", "name": "Лавка", "settings": {}}).ok(201)
    yield made
    owner.delete(f"/api/v1/channels/{made['id']}").ok(204)


def change(owner, chat, **settings):
    return owner.patch(f"/api/v1/channels/{chat['id']}", {"web_chat": settings})


def config(account, chat, language="", **headers):
    return account.server.client().get(f"/webchat/{chat['public_key']}/config?language={language}", headers=headers)


def test_a_chat_about_which_nothing_was_decided_is_as_it_always_was(account, chat):
    seen = config(account, chat).ok()
    assert (seen["title"], seen["greeting"], seen["color"], seen["language"]) == ("Лавка", "", "#2563eb", "ru")
    assert (seen["position"], seen["launcher"], seen["open"], seen["rating"], seen["files"]) == ("right", {"icon": "chat"}, True, False, False)
    assert seen["pre_chat"] == {"name": "off", "email": "off", "phone": "off"} and "consent" not in seen and "avatar" not in seen


def test_what_is_decided_is_kept_and_told(account, owner, chat):
    kept = change(owner, chat, title={"ru": " Мебель ", "kk": "Жиһаз"}, greeting={"en": "Hello"}, color="#AA0000", position="left", launcher={"icon": "question", "label": {"kk": "Жазыңыз"}},
                  initials="МО", languages=["ru", "kk"], hours=HOURS, offline_message={"ru": "Завтра"}, pre_chat={"name": "required", "email": "optional", "phone": "off"},
                  consent={"text": {"ru": "Согласен"}, "link": "https://shop.example/policy", "version": 77}, rating=True, files=True, origins=["https://Shop.example/"]).ok()
    assert kept["web_chat"] == next(c for c in owner.get("/api/v1/channels").ok()["items"] if c["id"] == chat["id"])["web_chat"]
    assert kept["web_chat"]["title"] == {"ru": "Мебель", "kk": "Жиһаз"} and kept["web_chat"]["origins"] == ["https://shop.example"]
    assert kept["settings"]["title"] == "Мебель" and kept["settings"]["color"] == "#aa0000"
    russian, kazakh, english = (config(account, chat, language).ok() for language in ("ru", "kk-KZ", "en"))
    assert (russian["title"], kazakh["title"], english["title"]) == ("Мебель", "Жиһаз", "Мебель"), "English is none of its languages"
    assert (russian["language"], kazakh["language"], english["language"]) == ("ru", "kk", "ru")
    assert kazakh["greeting"] == "Hello" and kazakh["launcher"] == {"icon": "question", "label": "Жазыңыз"}
    assert russian["consent"] == {"text": "Согласен", "link": "https://shop.example/policy", "version": 1}
    assert russian["open"] is True and russian["offline_message"] == "Завтра" and russian["files"] and russian["rating"]
    assert "origins" not in russian and "hours" not in russian
    assert change(owner, chat, color="#0000aa").ok()["web_chat"]["title"] == {"ru": "Мебель", "kk": "Жиһаз"}, "what is not named stays"


@pytest.mark.parametrize("settings,field", [
    ({"color": "red"}, "web_chat.color"), ({"color": "#ffffff"}, "web_chat.color"), ({"position": "top"}, "web_chat.position"),
    ({"title": {"ru": "я" * 101}}, "web_chat.title.ru"), ({"languages": []}, "web_chat.languages"), ({"languages": ["en"]}, "web_chat.language"),
    ({"hours": {"time_zone": "Mars/Olympus", "periods": []}}, "web_chat.hours.time_zone"),
    ({"hours": {"time_zone": "UTC", "periods": [{"day": 1, "from": "18:00", "to": "09:00"}]}}, "web_chat.hours.periods.[0].to"),
    ({"origins": ["https://shop.example/page"]}, "web_chat.origins.[0]"), ({"consent": {"link": "javascript:alert(1)"}}, "web_chat.consent.link"),
    ({"avatar": "data:text/html;base64,PGI+"}, "web_chat.avatar"), ({"pre_chat": {"name": "maybe", "email": "off", "phone": "off"}}, "web_chat.pre_chat.name"),
])
def test_what_cannot_be_is_refused_by_its_name_and_changes_nothing(owner, chat, settings, field):
    body = change(owner, chat, rating=True, **settings).problem(422)
    assert body["errors"][0]["field"] == field, body
    assert next(c for c in owner.get("/api/v1/channels").ok()["items"] if c["id"] == chat["id"])["web_chat"]["rating"] is False


def test_a_messenger_has_no_such_settings(account, telegram):
    refused = account.owner.patch(f"/api/v1/channels/{telegram.id}", {"web_chat": {"rating": True}}).problem(422)
    assert refused["errors"][0]["field"] == "web_chat"


def test_the_chat_runs_where_it_is_allowed_to(account, owner, chat):
    change(owner, chat, origins=["https://shop.example", "https://*.wild.example"]).ok()
    key = chat["public_key"]
    for origin, runs in {"https://shop.example": True, "https://a.wild.example": True, account.server.url: True, "https://evil.example": False,
                         "http://shop.example": False, "https://shop.example.evil.example": False, "null": False}.items():
        answer = config(account, chat, Origin=origin)
        assert (answer.status == 200) == runs, (origin, answer)
        assert runs or (answer.status == 403 and answer.headers["access-control-allow-origin"] == "*"), "the widget can read why"
        made = account.server.client().post(f"/webchat/{key}/visitors", {"language": "ru"}, headers={"Origin": origin})
        assert (made.status == 201) == runs, (origin, made)
    assert config(account, chat).status == 200, "our own pages send no Origin with a GET"
