"""The messenger that HelloSwift speaks to, as small as it can be: `python3 messenger.py [port]`. It keeps everything in memory."""
import hashlib
import hmac
import http.server
import itertools
import json
import sys
import time
import urllib.request

TOKEN = "a-token-of-hello"


class Messenger(http.server.ThreadingHTTPServer):
    """`sent` holds what was posted to /messages, `left` the chats that take no more, and `hook` where deliveries go and what signs them."""

    def __init__(self, port: int = 0):
        super().__init__(("127.0.0.1", port), Handler)
        self.sent, self.left, self.hook, self.numbers = [], set(), None, itertools.count(1)

    def deliver(self, *events: dict) -> int:
        """Posts `events` to the hook, signed, and returns the status."""
        body = json.dumps({"events": [{"at": int(time.time()), **event} for event in events]}).encode()
        code = hmac.new(self.hook["secret"].encode(), body, hashlib.sha256).hexdigest()
        request = urllib.request.Request(self.hook["url"], body, {"X-Hello-Signature": f"sha256={code}"}, method="POST")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status

    def say(self, chat: str, text: str, **more) -> int:
        """A customer writes."""
        return self.deliver({"type": "message", "id": f"c{next(self.numbers)}", "chat": chat, "text": text, **more})


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}")
        match self.command, self.path:
            # For the walk in the README alone: what a customer would do in the messenger's app.
            case "POST", "/say":
                return self.give(200, {"delivered": self.server.say(**body)})
            case _ if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                return self.give(401, {})
            case "GET", "/me":
                return self.give(200, {"id": "hello-1", "name": "Hello shop"})
            case "PUT", "/webhook":
                self.server.hook = body
                return self.give(200, {})
            case "DELETE", "/webhook":
                self.server.hook = None
                return self.give(200, {})
            case "POST", "/messages" if body["chat"] in self.server.left:
                return self.give(410, {})
            case "POST", "/messages":
                self.server.sent.append(body)
                print(f"{body['chat']} reads: {body['text']}", flush=True)
                return self.give(201, {"id": f"m{len(self.server.sent)}"})
        return self.give(404, {})

    do_GET = do_PUT = do_POST = do_DELETE = answer

    def give(self, status: int, value: dict):
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    messenger = Messenger(int(sys.argv[1]) if len(sys.argv) > 1 else 8090)
    print(f"The address is http://127.0.0.1:{messenger.server_port} and the token is {TOKEN}", flush=True)
    messenger.serve_forever()
