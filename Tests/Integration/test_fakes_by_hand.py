"""`Scripts/fake`: a channel tried by hand, from the lines that it prints to the lines that a person types."""
import pathlib
import re
import shlex
import subprocess
import threading

import pytest

from harness.postgres import free_port
from harness.waiting import wait_until

FAKE = pathlib.Path(__file__).resolve().parents[2] / "Scripts/fake"


class Hand:
    """A person at the terminal of the fake."""

    def __init__(self, kind: str):
        self.process = subprocess.Popen([FAKE, kind, "--port", str(free_port()), "--latency", "5"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.lines: list[str] = []
        threading.Thread(target=lambda: self.lines.extend(iter(self.process.stdout.readline, "")), daemon=True).start()

    def sees(self, pattern: str) -> str:
        return wait_until(lambda: next((line for line in self.lines if re.search(pattern, line)), None), what=f"{pattern} among {self.lines[-5:]}")

    def types(self, text: str):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def end(self):
        self.process.terminate()
        self.process.wait(10)
        self.process.stdin.close()
        self.process.stdout.close()


@pytest.mark.once
@pytest.mark.parametrize("kind", ["telegram", "max", "avito", "wappi", "facebook", "instagram"])
def test_a_channel_is_tried_by_hand(server, quiet, kind):
    hand = Hand(kind)
    try:
        def typed(pattern: str) -> list[str]:
            """The printed line, with the account that there is."""
            return [quiet.name if word == "My shop" else word for word in shlex.split(hand.sees(pattern))[1:]]
        id = quiet.place.cli(*typed("sevensales channel add"), "--json").json["id"]
        connect = [{"ID": id, "http://127.0.0.1:8080": server.url}.get(word, word) for word in typed("sevensales channel connect")]
        assert quiet.place.cli(*connect).out.startswith("ok ")
        hand.types("Сколько стоит диван?")
        hand.sees("Айгуль says 'Сколько стоит диван.': the webhook answered 200")
        conversation = wait_until(lambda: next((c for c in quiet.conversations() if c["channel"]["id"] == id), None), what="the conversation")
        assert [m["text"] for m in quiet.shown(conversation["id"])] == ["Сколько стоит диван?"]
        quiet.reply(conversation["id"], "189 000 ₸").ok(201)
        hand.sees("POST .* 200 send.* '189 000 ₸'")
        quiet.owner.delete(f"/api/v1/channels/{id}").ok(204)
    finally:
        hand.end()
