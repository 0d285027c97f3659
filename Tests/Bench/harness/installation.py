"""One SevenSales installation in a temporary folder, as an operator would set it up: init, server, sign-in, channels, knowledge, bot."""
import http.client
import json
import os
import secrets
import sqlite3
import subprocess
import time

from processes import BenchError, at_end, free_port, run, start, status_field, stop

PASSWORD = "bench-" + "correct horse battery"
EMAIL = "bench@example.test"
ACCOUNT = "Bench"


class Installation:
    def __init__(self, programs, folder, postgres=None, demo=False):
        self.programs, self.folder, self.postgres, self.demo = programs, folder, postgres, demo
        self.port = free_port()
        self.process = None
        self.cookie = self.csrf = None
        os.makedirs(folder, mode=0o700, exist_ok=True)
        at_end(self.stop)

    def _common(self):
        return ["--data", self.folder] + (["--database", self.postgres] if self.postgres else [])

    def cli(self, *words, text=None, timeout=60):
        """Runs the operator's program; `--json` answers are decoded."""
        out = run([self.programs["sevensales"], *words, *self._common(), "--json"], timeout, text)
        lines = [line for line in out.splitlines() if line.strip()]
        try:
            return json.loads(out)
        except ValueError:
            return [json.loads(line) for line in lines if line.startswith("{")]

    def init(self):
        self.cli("init", "--account", ACCOUNT, "--email", EMAIL, "--password-stdin", text=PASSWORD + "\n")

    def start(self, patience=60):
        """Starts the server and returns the seconds until /readyz answered 200."""
        log = open(os.path.join(self.folder, "server.log"), "ab")
        began = time.monotonic()
        self.process = start(
            [self.programs["sevensales-server"], *self._common(), "--listen", f"127.0.0.1:{self.port}", "--egress-allow", "127.0.0.0/8",
             "--log-level", "warning"] + (["--demo"] if self.demo else []),
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        while time.monotonic() - began < patience:
            if self.process.poll() is not None:
                raise BenchError(f"the server ended with {self.process.returncode}: {self.log_tail()}")
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
                connection.request("GET", "/readyz")
                ready = connection.getresponse().status == 200
                connection.close()
                if ready:
                    return time.monotonic() - began
                time.sleep(0.02)
            except OSError:
                time.sleep(0.002)
        raise BenchError(f"the server was not ready within {patience} s: {self.log_tail()}")

    def stop(self):
        if self.process:
            stop(self.process)
            self.process = None

    def log_tail(self):
        with open(os.path.join(self.folder, "server.log"), errors="replace") as log:
            return " ".join(log.read()[-400:].split())

    def request(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if self.cookie:
            headers |= {"Cookie": self.cookie, "X-CSRF-Token": self.csrf}
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        text = answer.read()
        cookie = answer.getheader("Set-Cookie")
        connection.close()
        if not 200 <= answer.status < 300:
            raise BenchError(f"{method} {path} answered {answer.status}: {text[:200].decode(errors='replace')}")
        return (json.loads(text) if text else None), cookie

    def sign_in(self):
        session, cookie = self.request("POST", "/api/v1/session", {"email": EMAIL, "password": PASSWORD})
        self.cookie, self.csrf = cookie.split(";")[0], session["csrf"]

    def add_channel_by_cli(self, api_base):
        made = self.cli("channel", "add", "telegram", "--account", ACCOUNT, "--token", "6100000001:" + secrets.token_hex(16),
                        "--api-base", api_base, "--mode", "webhook")
        made = made[0] if isinstance(made, list) else made
        return made["webhook_path"], made["secret"]

    def add_channels(self, count, api_base):
        """Telegram allows 25 messages a second to one bot, and so does the plugin: many turns a second need many bots."""
        hooks = []
        for number in range(count):
            secret = secrets.token_hex(16)
            made, _ = self.request("POST", "/api/v1/channels", {
                "kind": "telegram", "name": f"Bot {number + 1}", "mode": "webhook", "settings": {
                    "token": f"{6100000002 + number}:{secrets.token_hex(16)}", "api_base": api_base, "webhook_secret": secret}})
            hooks.append((made["webhook_path"], secret))
        return hooks

    def configure_bot(self, **changes):
        bot, _ = self.request("GET", "/api/v1/bot")
        bot.pop("has_key", None)
        self.request("PUT", "/api/v1/bot", bot | changes)

    def stored(self):
        """(messages stored, messages searchable). Read beside the server, which is not asked."""
        if self.postgres:
            row = self._psql("SELECT (SELECT count(*) FROM sevensales.conversations_message),"
                             " (SELECT count(*) FROM sevensales_search.conversations_indexed)")
            return int(row[0]), int(row[1])
        return (self._row("data.sqlite", "SELECT count(*) FROM conversations_message")[0],
                self._row("search/search.sqlite", "SELECT count(*) FROM conversations_indexed")[0])

    def backlog(self):
        """(jobs still to do, messages searchable), by the cheapest query there is: it is asked while the clock runs. Look-ups of customers'
        names are spread over minutes on purpose."""
        jobs = "platform_job WHERE state < 2 AND queue <> 'channels.profile'"
        if self.postgres:
            row = self._psql(f"SELECT (SELECT count(*) FROM sevensales.{jobs}),"
                             " (SELECT count(*) FROM sevensales_search.conversations_indexed)")
            return int(row[0]), int(row[1])
        return (self._row("data.sqlite", f"SELECT count(*) FROM {jobs}")[0],
                self._row("search/search.sqlite", "SELECT coalesce(max(position), 0) FROM conversations_indexed")[0])

    def conversations(self):
        sql = "SELECT count(*) FROM {}conversations_conversation"
        return int(self._psql(sql.format("sevensales."))[0]) if self.postgres else self._row("data.sqlite", sql.format(""))[0]

    def _psql(self, sql):
        return run(["psql", "-XqtAF", " ", self.postgres, "-c", "SET sevensales.scope = 'system'; " + sql], 120).split()

    def _row(self, name, sql):
        path = os.path.join(self.folder, name)
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
        try:
            return connection.execute(sql).fetchone()
        finally:
            connection.close()

    def memory(self):
        """(resident, of that anonymous) in MB: SQLite maps its file, which counts as resident while nobody else needs the memory."""
        return status_field(self.process.pid, "VmRSS"), status_field(self.process.pid, "RssAnon")

    def bytes_on_disk(self):
        if self.postgres:
            return int(self._psql("SELECT pg_database_size(current_database())")[0])
        total = 0
        for folder, _, names in os.walk(self.folder):
            total += sum(os.path.getsize(os.path.join(folder, name)) for name in names)
        return total
