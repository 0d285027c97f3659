"""The messenger of Plugins/Examples/HelloChannel, quick enough to be no part of the figure: takes messages, answers each after 50 ms.

    messenger.py PORT HOST…

Until `POST /open` no answer is given, so that what is sent piles up behind it. `GET /sent` lists what came, in the order it came:
`{"opened": seconds, "early": whether nobody said so in time, "sent": [[seconds, chat, text], …]}`.
"""
import asyncio
import json
import sys
import time

LATENCY = 0.05
#: Whoever sends gives up after half a minute.
MOST_HELD = 25.0


class Desk:
    """What all connections share."""

    def __init__(self):
        self.sent, self.held, self.opened, self.early = [], [], None, False

    def open(self, early=False):
        if self.opened is None:
            self.opened, self.early = time.monotonic(), early
            for answer in self.held:
                answer()
            self.held = []


class Connection(asyncio.Protocol):
    def __init__(self, desk):
        self.desk, self.buffer, self.transport = desk, b"", None

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15:].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.buffer) < end + 4 + length:
                return
            body, target = self.buffer[end + 4:end + 4 + length], self.buffer.split(b" ", 2)[1]
            self.buffer = self.buffer[end + 4 + length:]
            self.take(target, body)

    def take(self, target, body):
        desk = self.desk
        if target == b"/open":
            desk.open()
            return self.answer(b"{}")
        if target == b"/sent":
            return self.answer(json.dumps({"opened": desk.opened, "early": desk.early, "sent": desk.sent}).encode())
        message = json.loads(body)
        desk.sent.append((time.monotonic(), message["chat"], message["text"]))
        content = b'{"id": "m%d"}' % len(desk.sent)
        loop = asyncio.get_running_loop()
        if desk.opened is not None:
            loop.call_later(LATENCY, self.answer, content)
        else:
            if not desk.held:
                loop.call_later(MOST_HELD, desk.open, True)
            desk.held.append(lambda: loop.call_later(LATENCY, self.answer, content))

    def answer(self, content):
        if not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(content), content))


async def serve(port, hosts):
    desk = Desk()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(desk), hosts, port, backlog=512)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2:]))
