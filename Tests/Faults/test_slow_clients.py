"""F-25, A-56: hundreds of slow clients; others do not notice, and they are closed in time."""
import select
import statistics
import time

import pytest

from harness.people import Account


def ready(connections, timeout):
    """Those that can be read. `select` itself knows descriptors below 1024 only."""
    poll, known = select.poll(), {}
    for connection in connections:
        known[connection.fileno()] = connection
        poll.register(connection, select.POLLIN | select.POLLHUP)
    return [known[descriptor] for descriptor, _ in poll.poll(timeout * 1000)]


@pytest.mark.slow
def test_slowloris_is_closed_and_others_do_not_notice(server, telegram_api, full):
    account = Account(server)
    account.bot(enabled=False)
    channel = account.telegram(telegram_api.bot(), telegram_api)

    def latency(count=60):
        times = []
        for _ in range(count):
            start = time.monotonic()
            assert channel.deliver(channel.customer().message("x")) == 200
            times.append(time.monotonic() - start)
        return statistics.median(times), sorted(times)[int(count * 0.95)]
    calm = latency()
    slow, begin = [], time.monotonic()
    for index in range(2000 if full else 400):
        connection = server.client().raw_connection()
        connection.sendall(b"POST /api/v1/session HTTP/1.1\r\nHost: a\r\nX-A: ")
        slow.append(connection)
    busy = latency()
    assert busy[0] < 3 * calm[0] + 0.02 and busy[1] < 4 * calm[1] + 0.1, f"calm {calm}, busy {busy}"
    left = set(slow)
    while left and time.monotonic() - begin < 30:
        for connection in list(left):
            try:
                connection.sendall(b"a")
            except OSError:
                left.discard(connection)
        readable = ready(list(left)[:500], 0.5) if left else []
        for connection in readable:
            left.discard(connection)
        time.sleep(0.3)
    seconds = time.monotonic() - begin
    for connection in slow:
        connection.close()
    assert not left and seconds < 25, f"{len(left)} still open after {seconds:.0f} s"
    assert server.client().get("/healthz").status == 200


def test_idle_connections_do_not_take_the_place_of_others(server):
    """Beyond a hundred connections of one address, the others still get in."""
    greedy = server.client()
    held = []
    try:
        for _ in range(130):
            try:
                held.append(greedy.raw_connection(2))
            except OSError:
                break
        assert server.client().get("/healthz", timeout=5).status == 200
    finally:
        for connection in held:
            connection.close()
