"""What all fakes stand on: a small threaded HTTP/1.1 server whose answers can misbehave on purpose."""
import json
import re
import socket
import socketserver
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Connections(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 512

    def __init__(self, address, handler):
        self.opened = 0
        self.lock = threading.Lock()
        super().__init__(address, handler)

    def process_request(self, request, client_address):
        with self.lock:
            self.opened += 1
        request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().process_request(request, client_address)

    def handle_error(self, request, client_address):
        """Clients that are killed leave broken pipes behind; that is what the suites are about."""


class Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 120

    def log_message(self, *_):
        pass

    def body(self) -> bytes:
        if "chunked" in (self.headers.get("Transfer-Encoding") or ""):
            whole = b""
            while True:
                size = int(self.rfile.readline().split(b";")[0] or b"0", 16)
                chunk = self.rfile.read(size)
                self.rfile.readline()
                if size == 0:
                    return whole
                whole += chunk
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def answer(self, status: int, content: bytes, content_type="application/json", headers=None):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def pour(self, pieces, announced: int | None = None, content_type="application/octet-stream"):
        """A body piece by piece, until the reader has enough. Without a length the connection's end is its end."""
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        if announced is not None:
            self.send_header("Content-Length", str(announced))
        self.send_header("Connection", "close")
        self.end_headers()
        for piece in pieces:
            self.wfile.write(piece)

    def cut(self):
        """Closes the connection without another byte."""
        self.close_connection = True
        try:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


class Upload(str):
    """A file in a form: its bytes as they came, its name and its type. As text it is its name."""

    content: bytes
    name: str
    type: str

    @classmethod
    def of(cls, content: bytes, name: str, type: str) -> "Upload":
        made = cls(name)
        made.content, made.name, made.type = content, name, type
        return made


def multipart(boundary: str, body: bytes) -> dict:
    """The parts of a form (RFC 7578): texts, and files as `Upload`."""
    found = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:]:
        head, _, content = part.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        fields = {name.lower(): value for name, value in fields.items()}
        words = dict(re.findall(r'(\w+)="([^"]*)"', fields.get("content-disposition", "")))
        if "name" in words:
            is_file = "filename" in words
            found[words["name"]] = Upload.of(content, words["filename"], fields.get("content-type", "")) if is_file else content.decode(errors="replace")
    return found


def parameters(handler: Exchange, body: bytes) -> dict:
    """Query string, form, JSON or multipart. A list of JSON is named `list`."""
    found = {name: values[-1] for name, values in urllib.parse.parse_qs(urllib.parse.urlsplit(handler.path).query).items()}
    given = handler.headers.get("Content-Type") or ""
    kind = given.lower()
    if "json" in kind:
        given = json.loads(body or b"{}")
        found.update(given if isinstance(given, dict) else {"list": given})
    elif "x-www-form-urlencoded" in kind:
        found.update({n: v[-1] for n, v in urllib.parse.parse_qs(body.decode(), keep_blank_values=True).items()})
    elif "multipart/form-data" in kind:
        found.update(multipart(re.split("boundary=", given, flags=re.IGNORECASE)[1].split(";")[0].strip('"'), body))
    return found


class Fake:
    """Starts and stops a server on a free port of 127.0.0.1."""

    handler: type[Exchange]

    def __init__(self, port: int = 0, host: str = "127.0.0.1"):
        owner = self

        class Handler(self.handler):
            fake = owner

        self.server = Connections((host, port), Handler)
        self.host, self.port = self.server.server_address[:2]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def connections(self) -> int:
        return self.server.opened

    def start(self):
        self.thread.start()
        return self

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


class Listener:
    """A bare socket that counts who connects: what an SSRF must never reach. `reply` makes it answer, e.g. with a redirect."""

    def __init__(self, reply: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", host: str = "127.0.0.1", family=socket.AF_INET):
        self.connections = 0
        listener = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                listener.connections += 1
                self.request.settimeout(1)
                try:
                    self.request.recv(65536)
                    self.request.sendall(reply)
                except OSError:
                    pass

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            address_family = family

        self.server = Server((host, 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def now() -> float:
    return time.monotonic()
