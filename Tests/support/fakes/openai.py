"""A fake OpenAI-compatible endpoint: chat completions, plain and streamed, with scripted misbehaviour.

    with OpenAI() as ai:
        ai.script(say("Диван «Осло» стоит 189 000 ₸."), status(429, "rate_limit_exceeded", retry_after=1), cut("Ди"))
        ai.base_url                     # …/v1
        ai.calls[0].body["store"]

Standalone: `python3 openai.py --port 9001` echoes the last user message.
"""
import argparse
import dataclasses
import json
import secrets
import sys
import threading
import time
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from fakes.httpd import Exchange, Fake


@dataclasses.dataclass
class Behaviour:
    text: str | None = None
    tool: tuple[str, str] | None = None
    status: int = 200
    error: dict | str | None = None
    headers: dict = dataclasses.field(default_factory=dict)
    finish: str = "stop"
    #: Where the stream ends: "whole", "cut" (connection broken), "silent end" (no [DONE]), "error" (error object), "stall".
    ending: str = "whole"
    wait: float = 0
    #: Bytes to send instead of anything sensible.
    raw: bytes | None = None


def say(text: str, **more) -> Behaviour:
    return Behaviour(text=text, **more)


def call_tool(name: str, arguments: str) -> Behaviour:
    return Behaviour(tool=(name, arguments), finish="tool_calls")


def status(code: int, name: str, kind: str = "server_error", retry_after: float | None = None, **headers) -> Behaviour:
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return Behaviour(status=code, error={"message": name, "type": kind, "param": None, "code": name}, headers=headers)


def cut(text: str = "Ди") -> Behaviour:
    return Behaviour(text=text, ending="cut")


def stall(seconds: float, text: str = "Ди") -> Behaviour:
    return Behaviour(text=text, ending="stall", wait=seconds)


def silent_end(text: str) -> Behaviour:
    return Behaviour(text=text, ending="silent end")


def error_in_stream(text: str = "Ди") -> Behaviour:
    return Behaviour(text=text, ending="error")


def garbage(content: bytes = b"{not json") -> Behaviour:
    return Behaviour(raw=content)


@dataclasses.dataclass
class Call:
    path: str
    headers: dict
    body: dict
    at: float


class Handler(Exchange):
    fake: "OpenAI"

    def do_GET(self):
        if self.path.endswith("/models"):
            self.fake.probes.append(dict(self.headers))
            return self.answer(200, json.dumps({"object": "list", "data": [{"id": "fake-1", "object": "model"}]}).encode())
        self.answer(404, b'{"error":{"message":"not found","type":"invalid_request_error","code":null}}')

    def do_POST(self):
        body = json.loads(self.body() or b"{}")
        if not self.path.endswith("/chat/completions"):
            return self.answer(404, b'{"error":"not found"}')
        with self.fake.changed:
            self.fake.calls.append(Call(self.path, {k.lower(): v for k, v in self.headers.items()}, body, time.monotonic()))
            behaviour = self.fake.scripts.pop(0) if self.fake.scripts else self.fake.respond(body)
            self.fake.changed.notify_all()
        if behaviour.wait and behaviour.ending != "stall":
            time.sleep(behaviour.wait)
        if behaviour.raw is not None:
            return self.answer(200, behaviour.raw, "text/event-stream" if body.get("stream") else "application/json")
        if behaviour.status != 200:
            return self.answer(behaviour.status, json.dumps({"error": behaviour.error}).encode(), headers=behaviour.headers)
        if body.get("stream"):
            self.stream(behaviour, body)
        else:
            self.whole(behaviour, body)

    def usage(self, behaviour, body):
        prompt = sum(len(json.dumps(m, ensure_ascii=False)) for m in body.get("messages", [])) // 4
        completion = max(1, len(behaviour.text or "") // 3)
        return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}

    def whole(self, behaviour, body):
        message = {"role": "assistant", "content": behaviour.text, "refusal": None}
        if behaviour.tool:
            message["tool_calls"] = [self.tool(behaviour)]
        if behaviour.ending == "cut":
            return self.cut()
        self.answer(200, json.dumps({
            "id": "chatcmpl-1", "object": "chat.completion", "created": int(time.time()), "model": "fake-1-2026",
            "choices": [{"index": 0, "finish_reason": behaviour.finish, "message": message}], "usage": self.usage(behaviour, body)
        }, ensure_ascii=False).encode())

    def tool(self, behaviour):
        name, arguments = behaviour.tool
        return {"id": "call_" + secrets.token_hex(4), "type": "function", "function": {"name": name, "arguments": arguments}}

    def stream(self, behaviour, body):
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        base = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": int(time.time()), "model": "fake-1-2026"}

        def event(delta, finish=None, **more):
            self.send(b"data: " + json.dumps({**base, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], "usage": None, **more},
                                             ensure_ascii=False).encode() + b"\n\n")

        event({"role": "assistant", "content": ""})
        self.send(b": keep-alive\n\n")
        if behaviour.tool:
            tool = self.tool(behaviour)
            event({"tool_calls": [{"index": 0, "id": tool["id"], "type": "function", "function": {"name": tool["function"]["name"], "arguments": ""}}]})
            arguments = tool["function"]["arguments"]
            for start in range(0, len(arguments), 7):
                event({"tool_calls": [{"index": 0, "function": {"arguments": arguments[start:start + 7]}}]})
        text = behaviour.text or ""
        for start in range(0, len(text), 5):
            event({"content": text[start:start + 5]})
        if behaviour.ending == "cut":
            return self.cut()
        if behaviour.ending == "stall":
            time.sleep(behaviour.wait)
            return self.cut()
        if behaviour.ending == "error":
            return self.send(b'data: {"error":{"message":"The server had an error","type":"server_error","code":null}}\n\n')
        if behaviour.ending == "silent end":
            return
        event({}, behaviour.finish)
        if (body.get("stream_options") or {}).get("include_usage"):
            self.send(b"data: " + json.dumps({**base, "choices": [], "usage": self.usage(behaviour, body)}).encode() + b"\n\n")
        self.send(b"data: [DONE]\n\n")

    def send(self, content: bytes):
        # Two writes, split inside a character when there is one: readers must join bytes before they decode.
        middle = len(content) // 2
        for piece in (content[:middle], content[middle:]):
            self.wfile.write(piece)
            self.wfile.flush()


class OpenAI(Fake):
    handler = Handler

    def __init__(self, port: int = 0, host: str = "127.0.0.1"):
        self.calls: list[Call] = []
        self.probes: list[dict] = []
        self.scripts: list[Behaviour] = []
        self.changed = threading.Condition()
        super().__init__(port, host)

    @property
    def base_url(self) -> str:
        return self.url + "/v1"

    def script(self, *behaviours: Behaviour):
        with self.changed:
            self.scripts.extend(behaviours)

    def reset(self):
        with self.changed:
            self.scripts.clear()
            self.calls.clear()

    def respond(self, body) -> Behaviour:
        """Without a script: repeats what the customer said."""
        last = next((m for m in reversed(body.get("messages", [])) if m.get("role") == "user"), {"content": ""})
        content = last["content"]
        if isinstance(content, list):
            content = " ".join(part.get("text", "") for part in content)
        return say(content[-200:] or "…")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--port", type=int, default=9001)
    server = OpenAI(options.parse_args().port)
    print(f"fake OpenAI-compatible endpoint on {server.base_url}", flush=True)
    try:
        server.server.serve_forever()
    except KeyboardInterrupt:
        pass
