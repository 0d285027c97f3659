"""The server's own HTTPS, for those without a proxy before it."""
import http.client
import ssl
import subprocess
import warnings

import pytest

from harness.programs import Place, Server
from harness.postgres import free_port
from harness.waiting import wait_until


@pytest.fixture
def certificate(tmp_path):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"], check=True, capture_output=True)
    return tmp_path / "cert.pem", tmp_path / "key.pem"


def test_it_serves_https(certificate):
    (certificate, key), place, port = certificate, Place(), free_port()
    server = Server(place, "--tls-cert", str(certificate), "--tls-key", str(key), "--public-url", f"https://localhost:{port}", port=port, wait=False)
    try:
        trust = ssl.create_default_context(cafile=certificate)

        def get(path):
            connection = http.client.HTTPSConnection("localhost", port, context=trust, timeout=5)
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        wait_until(lambda: get("/readyz")[0] == 200, 60, "it is ready")
        assert get("/api/v1/setup")[0] == 200
        with pytest.raises((http.client.HTTPException, OSError)):
            plain = http.client.HTTPConnection("localhost", port, timeout=5)
            plain.request("GET", "/healthz")
            plain.getresponse()
        weak = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        weak.check_hostname, weak.verify_mode = False, ssl.CERT_NONE
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            weak.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises((ssl.SSLError, OSError)):
            http.client.HTTPSConnection("localhost", port, context=weak, timeout=5).request("GET", "/healthz")
    finally:
        server.stop()
        place.remove()
    assert server.status == 0


@pytest.mark.parametrize("broken", ["missing", "no key"])
def test_an_unusable_certificate_is_one_line(certificate, tmp_path, broken):
    certificate, key = certificate
    place = Place()
    words = ["--tls-cert", str(tmp_path / "none.pem") if broken == "missing" else str(certificate), "--tls-key", str(key if broken == "missing" else certificate)]
    server = Server(place, *words, wait=False)
    try:
        assert server.process.wait(30) == 2, server.text()
        said = [line for line in server.text().splitlines() if line.startswith("sevensales:")]
        assert len(said) == 1 and "certificate" in said[0], server.text()
    finally:
        server.output.close()
        place.remove()
