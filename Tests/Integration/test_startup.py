"""Starting and stopping: every mistake is one clear line on stderr and status 2."""
import os
import shutil
import socket
import subprocess
import time

import pytest

from harness.people import PASSWORD, Account
from harness.postgres import free_port
from harness.programs import Place, Server, clean_environment, program
from harness.waiting import wait_until


def start(*arguments: str, timeout=30, **environment):
    """Runs the server until it gives up; returns (status, stdout, stderr)."""
    process = subprocess.Popen([program("sevensales-server"), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=clean_environment(**environment))
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(f"{arguments} did not give up: {out[-500:]} {err[-500:]}") from None
    return process.returncode, out, err


def refused(*arguments: str, says: str | tuple[str, ...] = (), **environment):
    status, out, err = start(*arguments, **environment)
    lines = [line for line in err.strip().splitlines() if line.strip()]
    assert status == 2, f"status {status}: {out[-500:]} | {err[-1500:]}"
    assert len(lines) == 1, f"one clear line, not {len(lines)}: {err[-1500:]}"
    assert len(lines[0]) < 400 and "Fatal error" not in err and "0x" not in err, lines[0]
    for word in [says] if isinstance(says, str) else says:
        assert word.lower() in lines[0].lower(), f"{word!r} is not in {lines[0]!r}"
    return lines[0]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


class TestMistakes:
    def test_an_unknown_option(self, folder):
        refused("--data", str(folder), "--listn", "127.0.0.1:0", says="listn")
        assert not folder.exists(), "nothing was made"

    @pytest.mark.parametrize("listen", ["127.0.0.1", "127.0.0.1:99999", "127.0.0.1:x", ":::", "nowhere.invalid:80", "127.0.0.1:-1", ""])
    def test_a_bad_address(self, folder, listen):
        refused("--data", str(folder), "--listen", listen)

    @pytest.mark.parametrize("option, value", [("--database", "mysql://x"), ("--database", "postgres://"), ("--egress-allow", "lots"), ("--egress-allow", "127.0.0.0/99"),
                                               ("--log-level", "loud"), ("--public-url", "not a url"), ("--web-dir", "/nowhere/at/all"), ("--tls-cert", "/nowhere.pem")])
    def test_bad_values(self, folder, option, value):
        refused("--data", str(folder), "--listen", f"127.0.0.1:{free_port()}", option, value)

    def test_an_occupied_port(self, folder):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            refused("--data", str(folder), "--listen", f"127.0.0.1:{port}", says=str(port))

    def test_an_unreadable_folder(self, tmp_path):
        file = tmp_path / "file"
        file.write_text("not a folder")
        refused("--data", str(file), "--listen", f"127.0.0.1:{free_port()}", says=str(file))
        refused("--data", str(file / "below"), "--listen", f"127.0.0.1:{free_port()}", says=str(file))
        refused("--data", "/proc/1/nowhere", "--listen", f"127.0.0.1:{free_port()}", says="/proc/1/nowhere")

    @pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything; /proc and a plain file above say the same")
    def test_a_forbidden_folder(self, folder):
        folder.mkdir()
        folder.chmod(0)
        refused("--data", str(folder), "--listen", f"127.0.0.1:{free_port()}", says=str(folder))

    def test_f31_a_wrong_master_key(self, engine, places):
        server = places.server(engine)
        Account(server)
        server.stop()
        place = server.place
        key = next(p for p in place.data.iterdir() if "master" in p.name)
        kept = key.read_bytes()
        key.chmod(0o600)

        other = Place()
        other.cli("init", "--account", "x", "--email", "x@example.kz", "--password-stdin", stdin=PASSWORD + "\n")
        strange = next(p for p in other.data.iterdir() if "master" in p.name).read_bytes()
        other.remove()
        options = [*place.options, "--listen", f"127.0.0.1:{server.port}"]
        for wrong in (strange, kept[:-3], b"", b"nonsense"):
            key.write_bytes(wrong)
            refused(*options, says="key")
        key.unlink()
        refused(*options, says="key")
        assert not key.exists(), "a lost key is not silently replaced by a new one"
        key.write_bytes(kept)
        key.chmod(0o400)
        again = places.keep(server.restarted())
        again.stop()

    def test_f34_a_second_server_on_one_folder(self, engine, places):
        server = places.server(engine)
        refused(*server.place.options, "--listen", f"127.0.0.1:{free_port()}", says=str(server.place.data))
        assert server.client().get("/healthz").status == 200, "the first is not disturbed"
        server.stop()

    def test_the_cli_tells_mistakes_the_same_way(self, tmp_path):
        for arguments in (["nonsense"], ["kb"], ["init"], ["kb", "search"], ["bot", "ask", "--what"], ["account", "list", "--data", "/proc/1/nowhere"]):
            done = subprocess.run([program("sevensales"), *arguments], input="", capture_output=True, text=True, timeout=30, env=clean_environment(SEVENSALES_DATA=tmp_path / "none"))
            if arguments == ["kb"]:
                continue  # prints what it can do
            assert done.returncode == 2, f"{arguments}: {done.returncode} {done.stderr}"
            assert done.stderr.strip() and len(done.stderr.strip().splitlines()) <= 3, done.stderr

    def test_a_crash_leaves_no_lock(self, engine, places):
        server = places.server(engine)
        server.kill()
        places.keep(server.restarted()).stop()


class TestLife:
    def test_it_starts_quickly_and_stops_quickly(self, engine, places):
        place = places.new(engine)
        first = places.keep(Server(place))
        assert first.stop() < 10, "graceful stop within 10 s"
        assert first.status == 0
        begin = time.monotonic()
        second = places.keep(first.restarted())
        assert time.monotonic() - begin < 0.3 * 10, "ready again"
        assert second.stop() < 10

    def test_a_stop_with_open_streams_is_quick(self, engine, places):
        server = places.server(engine)
        account = Account(server)
        streams = [account.owner.twin().events() for _ in range(5)]
        for stream in streams:
            stream.wait("hello")
        assert server.stop() < 10
        for stream in streams:
            wait_until(stream.ended.is_set, what="the stream ended")
            stream.close()

    def test_it_prints_its_address_and_a_link_on_first_run(self, engine, places):
        server = places.server(engine)
        assert server.url in server.text() and f"{server.url}/welcome#" in server.text()
        server.stop()

    def test_the_links_host_is_the_public_one(self, engine, places):
        server = places.server(engine, "--public-url", "https://inbox.example.kz")
        assert "https://inbox.example.kz/welcome#" in server.text()
        server.stop()

    def test_the_demo_has_a_company_and_a_link_that_signs_in(self, engine, places):
        server = places.server(engine, "--demo")
        client = server.client()
        assert client.get("/api/v1/setup").ok()["demo"] is True
        session = client.accept(server.link())
        assert session["demo"] is True and session["role"] == "owner"
        demo = client.get("/api/v1/demo").ok()
        assert demo["channel_key"].startswith("wk_") and demo["questions"][:2] == ["Сколько стоит диван?", "А скидку 80 %?"]
        answer = client.post("/api/v1/bot/ask", {"text": "Сколько стоит диван?"}).ok()
        assert answer["outcome"] == "answer" and "189 000" in answer["text"].replace("\u00a0", " ") and answer["citations"]
        refused = client.post("/api/v1/bot/ask", {"text": "А скидку 80 %?"}).ok()
        assert refused["outcome"] == "handoff"
        for question, expected in (("Диван қанша тұрады?", "189"), ("How much is a sofa?", "189")):
            assert expected in client.post("/api/v1/bot/ask", {"text": question}).ok()["text"], question
        client.post("/api/v1/links/accept", {"token": server.link()}).problem(404)
        # A restart keeps the company and prints a new link.
        server.stop()
        again = places.keep(server.restarted())
        again.client().accept(again.link())
        again.stop()

    def test_without_demo_there_is_no_demo(self, account):
        account.owner.get("/api/v1/demo").problem(404, "not_found")

    @pytest.mark.once
    def test_tls(self, engine, places, tmp_path):
        import ssl
        import http.client
        certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=localhost"],
                       check=True, capture_output=True)
        server = places.keep(Server(places.new(engine), "--tls-cert", str(certificate), "--tls-key", str(key), wait=False))
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

        def answers():
            connection = http.client.HTTPSConnection("127.0.0.1", server.port, context=context, timeout=5)
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        wait_until(answers, 60, "it answers over TLS")
        server.stop()

    def test_egress_allow_is_logged(self, server):
        assert b"127.0.0.0/8" in server.logs(), "an opened network is said at the start"

    def test_the_folder_is_private(self, server):
        assert server.place.data.stat().st_mode & 0o077 == 0
        for path in server.place.data.rglob("*"):
            assert path.stat().st_mode & 0o007 == 0, path

    def test_a_copied_folder_works_elsewhere(self, places):
        """The small install is one folder."""
        server = places.server("sqlite")
        account = Account(server)
        account.teach()
        server.stop()
        other = Place()
        shutil.rmtree(other.folder)
        shutil.copytree(server.place.folder, other.folder)
        places.all.append(other)
        shutil.rmtree(other.data / "search", ignore_errors=True)
        copied = places.keep(Server(other))
        client = copied.client()
        client.sign_in(account.email, PASSWORD)
        answer = wait_until(lambda: (a := client.post("/api/v1/bot/ask", {"text": "Сколько стоит диван?"}).ok())["outcome"] == "answer" and a, what="the search index is rebuilt")
        assert "189 000" in answer["text"].replace("\u00a0", " ")
        copied.stop()


def test_the_database_must_be_there(tmp_path):
    """An address where nobody listens: refused in one line or answered with 503, never a crash."""
    data = tmp_path / "data"
    process = subprocess.Popen([program("sevensales-server"), "--data", str(data), "--listen", f"127.0.0.1:{(port := free_port())}",
                                "--database", f"postgres://sevensales@127.0.0.1:{free_port()}/none"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=clean_environment())
    try:
        try:
            out, _ = process.communicate(timeout=20)
            assert process.returncode == 2 and len(out.strip().splitlines()) <= 3 and "Fatal error" not in out, out
        except subprocess.TimeoutExpired:
            import http.client
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/readyz")
            assert connection.getresponse().status == 503
    finally:
        process.kill()
        process.wait()
