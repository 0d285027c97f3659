"""Where providers keep the files of messages: a host of its own, over TLS, with a certificate that only a test's authority vouches for."""
import pathlib
import secrets
import shutil
import ssl
import subprocess
import tempfile

from .httpd import Exchange, Fake


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class Files(Exchange):
    fake: "TLSFiles"

    def do_GET(self):
        self.fake.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        content, type = self.fake.files.get(self.path.split("?")[0], (None, ""))
        if content is None:
            return self.answer(404, b"not here", "text/plain")
        self.answer(200, content, type)


class TLSFiles(Fake):
    """Serves what `add` was given at `https://127.0.0.1:port/…`. `authority` is the PEM file to trust."""

    handler = Files

    def __init__(self, port: int = 0):
        super().__init__(port)
        self.files: dict[str, tuple[bytes, str]] = {}
        #: Path and headers of each request.
        self.asked: list[tuple[str, dict]] = []
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tls-files-"))
        self.authority = self.folder / "authority.pem"
        self.certify()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "leaf.pem", self.folder / "leaf.key")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)

    def certify(self):
        new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        openssl("req", "-x509", *new, "-keyout", self.folder / "authority.key", "-out", self.authority, "-days", 2, "-subj", "/CN=test authority",
                "-addext", "basicConstraints=critical,CA:TRUE")
        openssl("req", *new, "-keyout", self.folder / "leaf.key", "-out", self.folder / "leaf.csr", "-subj", "/CN=files")
        (self.folder / "leaf.ext").write_text("subjectAltName=IP:127.0.0.1\n")
        openssl("x509", "-req", "-in", self.folder / "leaf.csr", "-CA", self.authority, "-CAkey", self.folder / "authority.key", "-CAcreateserial",
                "-out", self.folder / "leaf.pem", "-days", 2, "-extfile", self.folder / "leaf.ext")

    @property
    def url(self) -> str:
        return f"https://{self.host}:{self.port}"

    def add(self, content: bytes, type: str = "image/jpeg", ending: str = "jpg") -> str:
        """The address of a file."""
        path = f"/{secrets.token_hex(8)}.{ending}"
        self.files[path] = (content, type)
        return self.url + path

    def stop(self):
        super().stop()
        shutil.rmtree(self.folder, ignore_errors=True)
