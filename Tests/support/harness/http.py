"""A plain HTTP client: cookies, CSRF, its own source address, server-sent events. Nothing is hidden, nothing retried twice."""
import http.client
import itertools
import json
import queue
import socket
import threading
import time
import urllib.parse

#: The whole of 127/8 is ours: each client calls from an address of its own, so that limits by network never mix tests up.
_sources = itertools.count(1)


def next_source() -> str:
    number = next(_sources)
    return f"127.{10 + number // 62500 % 200}.{number // 250 % 250}.{1 + number % 250}"


class Response:
    def __init__(self, status: int, headers: list[tuple[str, str]], content: bytes, request: str, seconds: float):
        self.status, self.fields, self.content, self.request, self.seconds = status, headers, content, request, seconds

    @property
    def headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.fields}

    @property
    def text(self) -> str:
        return self.content.decode(errors="replace")

    @property
    def json(self):
        try:
            return json.loads(self.content)
        except ValueError:
            raise AssertionError(f"{self} is no JSON") from None

    @property
    def code(self) -> str:
        return self.json.get("code")

    def __repr__(self):
        return f"<{self.request} -> {self.status} {self.text[:500]}>"

    def ok(self, *expected: int):
        """The decoded body of an answer with one of the expected statuses (any 2xx when none is named)."""
        good = self.status in expected if expected else 200 <= self.status < 300
        assert good, f"{self.request} answered {self.status}, expected {expected or '2xx'}: {self.text[:800]}"
        return json.loads(self.content) if self.content else None

    def problem(self, status: int, code: str | None = None) -> dict:
        """The body of a refusal in the contract's shape."""
        assert self.status == status, f"{self.request} answered {self.status}, expected {status}: {self.text[:800]}"
        assert self.headers.get("content-type", "").startswith("application/problem+json"), f"{self}: {self.headers}"
        body = self.json
        assert {"type", "title", "status", "code", "detail", "request_id"} <= body.keys(), f"{self}"
        assert body["status"] == status, f"{self}"
        if code:
            assert body["code"] == code, f"{self.request}: code {body['code']}, expected {code}: {self.text[:500]}"
        return body


class Client:
    """One person's browser or one program. Safe to use from several threads."""

    def __init__(self, base: str, bearer: str | None = None, source: str | None = None):
        address = urllib.parse.urlsplit(base)
        self.base, self.host, self.port = base.rstrip("/"), address.hostname, address.port
        self.bearer, self.source = bearer, source or next_source()
        self.cookies: dict[str, str] = {}
        self.csrf: str | None = None
        self.local = threading.local()
        #: After so many requests it calls from another address: for suites that ask more than one network may.
        self.roam, self.count = 0, itertools.count(1)

    def twin(self) -> "Client":
        """The same session on another connection."""
        other = Client(self.base, self.bearer, self.source)
        other.cookies, other.csrf = dict(self.cookies), self.csrf
        return other

    def headers(self, method: str, extra: dict | None = None) -> dict[str, str]:
        headers = {}
        if self.bearer:
            headers["Authorization"] = f"Bearer {self.bearer}"
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{n}={v}" for n, v in self.cookies.items())
        if self.csrf and method not in ("GET", "HEAD"):
            headers["X-CSRF-Token"] = self.csrf
        for name, value in (extra or {}).items():
            if value is None:
                headers.pop(name, None)
            else:
                headers[name] = value
        return headers

    def connect(self, timeout=30) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.host, self.port, timeout=timeout, source_address=(self.source, 0))

    def request(self, method: str, path: str, body=None, *, raw: bytes | None = None, headers: dict | None = None, timeout: float = 30) -> Response:
        content, fields = raw, self.headers(method, headers)
        if body is not None:
            content = json.dumps(body, ensure_ascii=False).encode()
            fields.setdefault("Content-Type", "application/json")
        if content is None and method in ("POST", "PUT", "PATCH"):
            content = b""
        if self.roam and next(self.count) % self.roam == 0:
            self.source, self.local = next_source(), threading.local()
        path = urllib.parse.quote(path, safe="/?&=%:,;+@!$'()*~#[]{}|^`\\\"<>")
        for attempt in (1, 2):
            kept = getattr(self.local, "connection", None)
            connection = kept or self.connect(timeout)
            self.local.connection = None
            start = time.monotonic()
            try:
                connection.timeout = timeout
                if connection.sock:
                    connection.sock.settimeout(timeout)
                connection.request(method, path, content, fields)
                answer = connection.getresponse()
                data = answer.read()
            except (http.client.HTTPException, ConnectionError, BrokenPipeError) as problem:
                connection.close()
                # Only a kept connection may have been closed by the other side in good order.
                if kept is None or attempt == 2:
                    if isinstance(problem, OSError):
                        raise
                    raise ConnectionError(str(problem)) from problem
                continue
            except OSError:
                connection.close()
                raise
            if not answer.will_close:
                self.local.connection = connection
            else:
                connection.close()
            response = Response(answer.status, answer.getheaders(), data, f"{method} {path}", time.monotonic() - start)
            self.keep_cookies(response)
            return response
        raise AssertionError

    def keep_cookies(self, response: Response):
        for name, value in response.fields:
            if name.lower() == "set-cookie":
                pair = value.split(";", 1)[0]
                key, _, content = pair.partition("=")
                if content and "max-age=0" not in value.lower().replace(" ", ""):
                    self.cookies[key.strip()] = content
                else:
                    self.cookies.pop(key.strip(), None)

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.request("POST", path, body, **more)

    def put(self, path, body=None, **more):
        return self.request("PUT", path, body, **more)

    def patch(self, path, body=None, **more):
        return self.request("PATCH", path, body, **more)

    def delete(self, path, **more):
        return self.request("DELETE", path, **more)

    def items(self, path: str, parameter="after") -> list[dict]:
        """All pages of a list."""
        found, cursor = [], None
        for _ in range(1000):
            page = self.get(path + ("&" if "?" in path else "?") + "limit=100" + (f"&{parameter}={urllib.parse.quote(cursor)}" if cursor else "")).ok()
            found += page["items"]
            cursor = page.get("next")
            if cursor is None:
                return found
        raise AssertionError(f"{path} does not end")

    def sign_in(self, email: str, password: str) -> dict:
        return self.enter(self.post("/api/v1/session", {"email": email, "password": password}))

    def accept(self, token: str, **answers) -> dict:
        return self.enter(self.post("/api/v1/links/accept", {"token": token, **answers}))

    def enter(self, response: Response) -> dict:
        session = response.ok(200, 201)
        self.csrf = session["csrf"]
        return session

    def events(self, path: str = "/api/v1/events", headers: dict | None = None) -> "Events":
        return Events(self, path, headers or {})

    def raw_connection(self, timeout: float = 10) -> socket.socket:
        return socket.create_connection((self.host, self.port), timeout, (self.source, 0))


class Events:
    """A stream of server-sent events, read on a thread of its own."""

    def __init__(self, client: Client, path: str, headers: dict):
        self.connection = client.connect(timeout=60)
        self.connection.request("GET", path, headers=client.headers("GET", {"Accept": "text/event-stream", **headers}))
        self.answer = self.connection.getresponse()
        self.status = self.answer.status
        self.kind = self.answer.getheader("Content-Type") or ""
        self.queue: queue.Queue[dict] = queue.Queue()
        self.seen: list[dict] = []
        self.ended = threading.Event()
        if self.status == 200:
            threading.Thread(target=self.read, daemon=True).start()
        else:
            self.body = self.answer.read()

    def read(self):
        event: dict = {}
        try:
            while line := self.answer.readline():
                line = line.rstrip(b"\r\n").decode()
                if not line:
                    if event:
                        event["at"] = time.monotonic()
                        self.queue.put(event)
                    event = {}
                elif line.startswith(":"):
                    self.queue.put({"event": ":", "at": time.monotonic()})
                else:
                    name, _, value = line.partition(":")
                    value = value.removeprefix(" ")
                    event[name] = event[name] + "\n" + value if name == "data" and "data" in event else value
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass
        finally:
            self.ended.set()

    def wait(self, test=lambda event: True, timeout: float = 15, what: str = "an event") -> dict:
        """The first event, seen already or to come, that passes `test` (a name or a function)."""
        wanted = (lambda event: event.get("event") == test) if isinstance(test, str) else test
        for event in self.seen:
            if wanted(event):
                return event
        end = time.monotonic() + timeout
        while True:
            try:
                event = self.queue.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"{what} ({test}) did not come in {timeout} s; seen: {[e.get('event') for e in self.seen][-20:]}") from None
            self.seen.append(event)
            if wanted(event):
                return event

    def drain(self) -> list[dict]:
        while True:
            try:
                self.seen.append(self.queue.get_nowait())
            except queue.Empty:
                return self.seen

    def data(self, event: dict):
        return json.loads(event["data"])

    def close(self):
        try:
            if self.connection.sock:
                self.connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.answer.close()
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
