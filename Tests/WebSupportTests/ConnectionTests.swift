import Kernel
import TestSupport
import Testing

@testable import WebSupport

/// F-25, A-56 and the header limits.
struct ConnectionTests {
    private func status(_ server: TestServer, _ head: String) async throws -> Int {
        let client = try server.client()
        try? await client.write("GET /api/v1/open HTTP/1.1\r\nHost: x\r\n\(head)\r\n")
        // Some refusals are a closed connection.
        return (try? await client.answer().status) ?? 0
    }

    private func expectRefusal(_ server: TestServer, _ head: String) async throws {
        let status = try await status(server, head)
        #expect([0, 400, 431].contains(status), "\(head.utf8.count) bytes of headers: \(status)")
    }

    @Test func `headers end at their limits`() async throws {
        try await TestServer.sample { server async throws -> Void in
            func header(_ size: Int) -> String { "X-Big: \(String(repeating: "a", count: size))\r\n" }
            #expect(try await status(server, header(15_000)) == 200)
            for size in [17_000, 1_700_000] { try await expectRefusal(server, header(size)) }

            func list(_ count: Int, _ size: Int) -> String {
                (0..<count).map { "X-\($0): \(String(repeating: "a", count: size))\r\n" }.joined()
            }
            #expect(try await status(server, list(5, 12_000)) == 200)
            for count in [6, 60] { try await expectRefusal(server, list(count, 12_000)) }

            #expect(try await status(server, list(98, 1)) == 200)
            for count in [101, 10_000] { try await expectRefusal(server, list(count, 1)) }
            #expect(try await status(server, "") == 200)
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /api/v1/raw HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        "POST /api/v1/raw HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        "POST /api/v1/raw HTTP/1.1\r\nHost: x\r\nContent-Length: 5x\r\n\r\nabcde",
        "POST /api/v1/raw HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET / HTTP/1.1\r\nX-A: a\u{0}b\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\r\n\r\n", "GET /\r\n\r\n", "garbage\r\n\r\n",
    ]) func `a request that two servers would read differently is refused`(text: String) async throws {
        try await TestServer.sample { server async throws -> Void in
            let client = try server.client()
            try await client.write(text)
            let status = (try? await client.answer().status) ?? 0
            #expect([0, 400, 404, 405, 501].contains(status), "\(status)")
            #expect(try await server.send("GET", "/api/v1/open").text == "open", "others are served")
        }
    }

    private var quick: ConnectionLimits {
        var limits = ConnectionLimits()
        (limits.headerDeadline, limits.idle, limits.bodyGrace) = (.milliseconds(600), .seconds(1), .milliseconds(600))
        return limits
    }

    @Test func `a header that does not end closes the connection`() async throws {
        try await TestServer.sample(limits: quick) { server async throws -> Void in
            let client = try server.client()
            let start = ContinuousClock.now
            try await client.write("GET /api/v1/open HTTP/1.1\r\n")
            var trickled = 0
            while trickled < 100, (try? await client.write("X-\(trickled): a\r\n")) != nil {
                trickled += 1
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(ContinuousClock.now - start < .seconds(5))
            #expect(trickled < 50)
        }
    }

    @Test func `silence closes the connection, before the first request and after`() async throws {
        try await TestServer.sample(limits: quick) { server async throws -> Void in
            #expect(try await server.client().waitForClose() < .seconds(5))
            let client = try server.client()
            #expect(try await client.send("GET", "/api/v1/open").status == 200)
            #expect(try await client.waitForClose() < .seconds(5))
            // The second request's header may not trickle for ever either.
            let slow = try server.client()
            #expect(try await slow.send("GET", "/api/v1/open").status == 200)
            let start = ContinuousClock.now
            var trickled = 0
            while trickled < 100, (try? await slow.write("G")) != nil {
                trickled += 1
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(ContinuousClock.now - start < .seconds(5))
        }
    }

    @Test func `a body that trickles closes the connection`() async throws {
        try await TestServer.sample(limits: quick) { server async throws -> Void in
            let client = try server.client()
            try await client.write("POST /api/v1/raw HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
            let start = ContinuousClock.now
            var trickled = 0
            while trickled < 200, (try? await client.write("a")) != nil {
                trickled += 1
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(ContinuousClock.now - start < .seconds(8))
        }
    }

    @Test func `slow clients do not hold up others`() async throws {
        try await TestServer.sample { server async throws -> Void in
            let slow = try (0..<200).map { _ in try server.client() }
            for client in slow { try await client.write("GET / HTTP/1.1\r\nX: ") }
            let start = ContinuousClock.now
            for _ in 0..<20 { #expect(try await server.send("GET", "/api/v1/open").status == 200) }
            #expect(ContinuousClock.now - start < .seconds(5))
            withExtendedLifetime(slow) {}
        }
    }

    @Test func `an address has its share of connections, loopback has no limit`() {
        let counter = ConnectionCounter(perAddress: 2)
        let (one, neighbour, other, local) = (
            ClientAddress("2001:db8::1"), ClientAddress("2001:db8::2:3:4:5"), ClientAddress("2001:db8:0:1::1"),
            ClientAddress("127.0.0.1")
        )
        #expect(counter.entered(one) && counter.entered(neighbour))
        #expect(!counter.entered(one), "the /64 has its two")
        #expect(counter.entered(other))
        for _ in 0..<10 { #expect(counter.entered(local)) }
        counter.left(one.network)
        #expect(counter.entered(neighbour))
    }

    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:db8::6", "2001:db8:0:0::/64"),
        ("2001:db8::3:4:5:6", "2001:db8:0:0::/64"), ("::1", "0:0:0:0::/64"), ("fe80::1%eth0", "fe80:0:0:0::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""), ("nonsense:", "nonsense:"),
    ]) func `clients are grouped by what they own`(address: String, network: String) {
        #expect(ClientAddress(address).network == network)
    }
}
