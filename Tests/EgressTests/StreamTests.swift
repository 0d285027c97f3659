import Egress
import Glibc
import LocalServer
import Testing

struct StreamTests {
    /// Sends a head and then what `body` says.
    private static func server(_ body: @escaping @Sendable (Connection) -> Void) throws -> LocalServer {
        try LocalServer { connection in
            _ = connection.readRequest()
            guard connection.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n") else { return }
            body(connection)
        }
    }

    @Test func `the head comes before the body, and chunks as they are sent`() async throws {
        let gate = Box(0)
        let server = try Self.server { connection in
            for number in 1...3 {
                while gate.now < number { usleep(1_000) }
                _ = connection.write("data: \(number)\n\n")
            }
        }
        let client = Client()
        let stream = try await client.egress.stream(.test(server.url))
        #expect(stream.head.status == 200)
        var events = stream.events().makeAsyncIterator()
        for number in 1...3 {
            gate.with { $0 = number }
            #expect(try await events.next() == SSEEvent(data: "\(number)"))
        }
        #expect(try await events.next() == nil)
        #expect(try await eventually { client.log.now.count == 1 })
        #expect(client.log.now.first?.error == nil)
    }

    @Test func `a slow reader holds the sender back and then gets everything`() async throws {
        let size = 64 << 20
        let sent = Box(0)
        let server = try Self.server { connection in
            let piece = [UInt8](repeating: 65, count: 1 << 16)
            for _ in 0..<(size / piece.count) {
                guard connection.write(piece) else { return }
                sent.with { $0 += 1 << 16 }
            }
        }
        let request = EgressRequest.test(server.url).with { $0.bodyLimit = size }
        let stream = try await Client().egress.stream(request)
        // Until two looks in a row show the same, and the sender is stuck.
        var last = -1
        while last != sent.now || last == 0 {
            last = sent.now
            try await Task.sleep(for: .milliseconds(300))
        }
        #expect(last < size / 2)
        var received = 0
        for try await chunk in stream {
            #expect(chunk.count <= 1 << 20)
            received += chunk.count
        }
        #expect(received == size)
    }

    @Test func `a stream that falls silent, breaks off or grows too long says so`() async throws {
        let silent = try Self.server { connection in
            _ = connection.write("data: 1\n\n")
            _ = connection.readLine()
        }
        var request = EgressRequest.test(silent.url)
        request.deadlines.idle = .milliseconds(200)
        var events = try await Client().egress.stream(request).events().makeAsyncIterator()
        #expect(try await events.next()?.data == "1")
        let idle = await #expect(throws: EgressError.self) { try await events.next() }
        #expect(idle == EgressError(.timeout(.idle), .maybeSent))

        let cut = try LocalServer { connection in
            _ = connection.readRequest()
            _ = connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
        }
        let broken = try await Client().egress.stream(.test(cut.url))
        await #expect(throws: EgressError.self) { try await broken.collect(upTo: 1_000) }

        let endless = try Self.server { connection in while connection.write("data: x\n\n") {} }
        let long = try await Client().egress.stream(.test(endless.url).with { $0.bodyLimit = 1 << 20 })
        let error = await #expect(throws: EgressError.self) { for try await _ in long {} }
        #expect(error == EgressError(.tooLarge(limit: 1 << 20), .maybeSent))
    }

    @Test func `an error's body can be read`() async throws {
        let server = try LocalServer.http { _ in reply("429 Too Many Requests", ["Retry-After: 2"], body: "wait") }
        let stream = try await Client().egress.stream(.test(server.url))
        #expect(stream.head.status == 429 && stream.head.headers["retry-after"] == "2")
        #expect(try await stream.collect(upTo: 4) == Array("wait".utf8))
    }

    @Test func `dropping a stream, or cancelling its reader, closes the connection`() async throws {
        let closed = Box(0)
        let server = try Self.server { connection in
            while connection.write("data: x\n\n") { usleep(5_000) }
            closed.with { $0 += 1 }
        }
        let client = Client()
        do {
            let stream = try await client.egress.stream(.test(server.url))
            for try await _ in stream { break }
        }
        #expect(try await eventually { closed.now == 1 })

        let reader = Task {
            for try await _ in try await client.egress.stream(.test(server.url)) {}
        }
        #expect(try await eventually { server.accepted == 2 })
        reader.cancel()
        #expect(await #expect(throws: EgressError.self) { try await reader.value }?.reason == .cancelled)
        #expect(try await eventually { closed.now == 2 })
    }

    @Test func `a stream outlives the variable that held its client`() async throws {
        let server = try Self.server { connection in
            usleep(100_000)
            _ = connection.write("data: late\n\n")
        }
        func open() async throws -> EgressStream { try await Client().egress.stream(.test(server.url)) }
        var events = try await open().events().makeAsyncIterator()
        #expect(try await events.next()?.data == "late")
    }

    @Test func `a stream's place is given back`() async throws {
        let server = try Self.server { connection in _ = connection.write("data: x\n\n") }
        let client = Client(configure: { $0.perHost = 1 })
        for _ in 0..<5 {
            var events = try await client.egress.stream(.test(server.url)).events().makeAsyncIterator()
            #expect(try await events.next()?.data == "x")
        }
    }
}
