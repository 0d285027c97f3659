"""Starting and ending the product's programs."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

from .http import Client
from .postgres import free_port
from .waiting import wait_until

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
#: How the servers of all suites run their channels: "linked", "isolated" (the linked code, in processes of its own) or "installed"
#: (shared objects in processes of their own).
CHANNELS = os.environ.get("SEVENSALES_TEST_CHANNELS", "linked")
#: A debug build is slower than what the limits are meant for.
PATIENCE = float(os.environ.get("SEVENSALES_TEST_PATIENCE", "4"))


def program(name: str) -> str:
    folder = pathlib.Path(os.environ.get("SEVENSALES_BIN", REPOSITORY / ".build/debug"))
    path = folder / name
    assert path.exists(), f"{path} is missing: build first, or set SEVENSALES_BIN"
    return str(path)


def clean_environment(**more) -> dict:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SEVENSALES_")}
    return {**kept, **{name: str(value) for name, value in more.items()}}


class Place:
    """Where one installation keeps its things: a data folder and, on PostgreSQL, a database."""

    def __init__(self, database: str | None = None, postgres=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sevensales-test-"))
        self.data = self.folder / "data"
        self.database, self.postgres = database, postgres
        self.clients = 0

    @property
    def options(self) -> list[str]:
        return ["--data", str(self.data)] + (["--database", self.database] if self.database else [])

    def cli(self, *arguments: str, stdin: str | None = None, timeout: float = 60, check=True, environment=None, bare=False) -> "Output":
        """Runs `sevensales <arguments>` on this place. The place's options go behind the command's words, unless it is `bare`."""
        done = subprocess.run([program("sevensales"), *arguments, *([] if bare else self.options)], input=stdin, capture_output=True, text=True,
                              timeout=timeout, env=clean_environment(**(environment or {})))
        output = Output(arguments, done)
        if check:
            assert done.returncode == 0, f"{output}"
        return output

    def install_channels(self):
        """The shared object of each linked channel, in its place."""
        if (self.data / "plugins").exists():
            return
        for file in sorted(pathlib.Path(program("sevensales")).parent.glob("libSevenSales*.so")):
            self.cli("plugin", "install", str(file), "--unsigned")

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Output:
    def __init__(self, arguments, done: subprocess.CompletedProcess):
        self.arguments, self.status, self.out, self.err = arguments, done.returncode, done.stdout, done.stderr

    @property
    def json(self):
        try:
            return json.loads(self.out)
        except ValueError:
            raise AssertionError(f"no JSON: {self}") from None

    @property
    def lines(self) -> list[dict]:
        """One JSON value a line; a single array or `{"items": …}` will do too."""
        try:
            return [json.loads(line) for line in self.out.splitlines() if line.strip()]
        except ValueError:
            raise AssertionError(f"no JSON lines: {self}") from None

    @property
    def list(self) -> list[dict]:
        """A list, however it is printed: an array, an object with `items`, or a line each."""
        try:
            value = json.loads(self.out)
        except ValueError:
            return self.lines
        if isinstance(value, dict):
            return value["items"] if "items" in value else [value]
        return value

    def __repr__(self):
        return f"<sevensales {' '.join(self.arguments)} -> {self.status}\nstdout: {self.out[-1500:]}\nstderr: {self.err[-1500:]}>"


class Process:
    """A running program whose output goes to a file that outlives it."""

    def __init__(self, name: str, arguments: list[str], log: pathlib.Path, environment: dict):
        self.log = log
        self.output = open(log, "ab")
        self.mark = log.stat().st_size
        self.arguments = [program(name), *arguments]
        self.process = subprocess.Popen(self.arguments, stdout=self.output, stderr=subprocess.STDOUT, env=environment, start_new_session=True)

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    @property
    def status(self) -> int | None:
        return self.process.poll()

    def text(self) -> str:
        with open(self.log, "rb") as file:
            file.seek(self.mark)
            return file.read().decode(errors="replace")

    def kill(self):
        """kill -9: as the power goes."""
        if self.is_running:
            self.process.kill()
        self.process.wait(30)
        self.output.close()

    def stop(self, timeout: float = 20) -> float:
        """SIGTERM; returns how long it took."""
        start = time.monotonic()
        if self.is_running:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
                raise AssertionError(f"did not stop within {timeout} s of SIGTERM:\n{self.text()[-3000:]}") from None
        self.output.close()
        return time.monotonic() - start

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def memory(self) -> int:
        """Resident, in MiB."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) // 1024
        raise AssertionError("no VmRSS")


class Server(Process):
    """`sevensales-server` on a place. Restarting keeps the address."""

    def __init__(self, place: Place, *options: str, port: int | None = None, failpoint: str | None = None, environment: dict | None = None, wait=True):
        self.place, self.options = place, options
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.extra = environment or {}
        more = dict(self.extra)
        if CHANNELS != "linked":
            more.setdefault("SEVENSALES_PLUGIN_MODE", "*=isolated")
        if CHANNELS == "installed":
            place.install_channels()
        if failpoint:
            more["SEVENSALES_FAILPOINT"] = failpoint
        given = ["--listen", f"127.0.0.1:{self.port}", *place.options, *options]
        if "--public-url" not in options:
            given += ["--public-url", self.url]
        if web := os.environ.get("SEVENSALES_TEST_WEB_DIR"):
            # A web interface that is built but not yet embedded.
            given += ["--web-dir", web]
        super().__init__("sevensales-server", given, place.folder / "server.log", clean_environment(**more))
        if wait:
            self.wait_ready()

    def wait_ready(self, timeout: float = 60):
        client = Client(self.url)

        def ready():
            assert self.is_running, f"ended with status {self.status}:\n{self.text()[-3000:]}"
            try:
                return client.get("/readyz", timeout=5).status == 200
            except OSError:
                return False

        try:
            wait_until(ready, timeout, "the server is ready")
        except AssertionError as error:
            self.kill()
            raise AssertionError(f"{error}\n{self.text()[-3000:]}") from None
        return self

    def restarted(self, *options: str, failpoint: str | None = None, wait=True) -> "Server":
        """A new process on the same place and address, once this one has ended."""
        assert not self.is_running
        return Server(self.place, *(options or self.options), port=self.port, failpoint=failpoint, environment=self.extra, wait=wait)

    def link(self, timeout: float = 10) -> str:
        """The token of the one-time link that it printed."""
        found = wait_until(lambda: re.search(r"/welcome#([A-Za-z0-9_\-.]+)", self.text()), timeout, "a link /welcome#… on stdout")
        return found.group(1)

    def client(self, **more) -> Client:
        return Client(self.url, **more)

    def logs(self) -> bytes:
        return self.log.read_bytes()


class Worker(Process):
    def __init__(self, place: Place, *options: str, failpoint: str | None = None, name: str = "worker"):
        more = {"SEVENSALES_FAILPOINT": failpoint} if failpoint else {}
        if CHANNELS != "linked":
            more["SEVENSALES_PLUGIN_MODE"] = "*=isolated"
        super().__init__("sevensales-worker", [*place.options, *options], place.folder / f"{name}.log", clean_environment(**more))


def in_parallel(count: int, work) -> list:
    """Runs `work(i)` for each i at the same moment; returns the results, raises the first failure."""
    barrier, results, problems = threading.Barrier(count), [None] * count, []

    def run(index):
        try:
            barrier.wait(30)
            results[index] = work(index)
        except BaseException as error:  # noqa: BLE001 - handed to the caller
            problems.append(error)

    threads = [threading.Thread(target=run, args=(i,), daemon=True) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    if problems:
        raise problems[0]
    return results
