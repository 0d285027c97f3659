"""PostgreSQL for the suites: the server that SEVENSALES_TEST_POSTGRES names, or a private one started here.

Every database is fresh and belongs to the role `sevensales`. That role may not create databases (as in production), so the
superuser `admin` of the test server (trusted on 127.0.0.1 by Tests/support/postgres.sh) makes them.
"""
import os
import pathlib
import secrets
import shutil
import socket
import subprocess
import tempfile
import urllib.parse

SCRIPT = pathlib.Path(__file__).resolve().parents[1] / "postgres.sh"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    def __init__(self, url: str, folder: pathlib.Path | None = None):
        self.address = urllib.parse.urlsplit(url)
        self.folder = folder
        self.made: list[str] = []

    @classmethod
    def shared(cls) -> "Postgres":
        given = os.environ.get("SEVENSALES_TEST_POSTGRES")
        return cls(given) if given else cls.private()

    @classmethod
    def private(cls) -> "Postgres":
        """A server of one's own, which may be stopped and started at will."""
        # Not below a folder that only this user may enter: as root the server runs as another user.
        folder = pathlib.Path(tempfile.mkdtemp(prefix="sevensales-pg-", dir="/tmp"))
        folder.chmod(0o755)
        url = cls.script("start", folder, free_port())
        return cls(url.strip().splitlines()[-1], folder)

    @staticmethod
    def script(*arguments) -> str:
        done = subprocess.run([str(SCRIPT), *map(str, arguments)], capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise RuntimeError(f"{SCRIPT.name} {' '.join(map(str, arguments))} failed: {done.stderr[-2000:]}")
        return done.stdout

    def psql(self, statement: str, database: str = "postgres", user: str = "admin") -> str:
        done = subprocess.run(
            ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.address.hostname, "-p", str(self.address.port or 5432),
             "-U", user, "-d", database, "-c", statement], capture_output=True, text=True, timeout=60, env={**os.environ, "PGCONNECT_TIMEOUT": "10"})
        if done.returncode:
            raise RuntimeError(f"psql as {user} on {self.address.hostname}:{self.address.port} failed: {done.stderr.strip()}")
        return done.stdout.strip()

    def database(self) -> str:
        """The address of a new, empty database."""
        name, owner = "t_" + secrets.token_hex(6), self.address.username or "sevensales"
        try:
            self.psql(f"CREATE DATABASE {name} OWNER {owner}")
        except RuntimeError as error:
            try:
                self.psql(f"CREATE DATABASE {name}", user=owner)
            except RuntimeError as second:
                raise RuntimeError(
                    f"no fresh database: neither the superuser admin ({error}) nor {owner} ({second}) may create one on "
                    f"{self.address.hostname}:{self.address.port}") from None
        self.made.append(name)
        return f"postgres://{owner}@{self.address.hostname}:{self.address.port or 5432}/{name}"

    def dump(self, url: str, unlogged: bool = True) -> bytes:
        """Everything a database holds, as text: for looking for what must not be in it. UNLOGGED tables are the search store."""
        name = urllib.parse.urlsplit(url).path.strip("/")
        kinds = "'p', 'u'" if unlogged else "'p'"
        tables = self.psql(
            "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            f"WHERE c.relkind = 'r' AND c.relpersistence IN ({kinds}) AND n.nspname NOT IN ('pg_catalog', 'information_schema')", name)
        content = []
        for table in filter(None, tables.splitlines()):
            rows = self.psql(f"SET row_security = off; SELECT t.* FROM {table} t", name)
            content.append(f"== {table}\n{rows}\n")
        return "".join(content).encode()

    def stop(self):
        assert self.folder, "only a private server may be stopped"
        self.script("stop", self.folder)

    def start(self):
        self.script("start", self.folder, self.address.port)

    def close(self):
        for name in self.made:
            try:
                self.psql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            except (RuntimeError, subprocess.TimeoutExpired):
                pass
        if self.folder:
            try:
                self.stop()
            finally:
                shutil.rmtree(self.folder, ignore_errors=True)
