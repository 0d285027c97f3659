import HTTPTypes
import Kernel
import TestSupport
import Testing

@testable import WebSupport

struct EventStreamTests {
    private func route(_ frames: AsyncStream<EventStream.Frame>, heartbeat: Duration = .seconds(15)) -> Route {
        Route(.get, "/api/v1/events", "Live", access: .open(reason: "test"), scope: .none) { _ in
            EventStream.reply(frames, heartbeat: heartbeat)
        }
    }

    @Test func `frames go out as they come, with their ids, and the stream ends with them`() async throws {
        let (frames, source) = AsyncStream.makeStream(of: EventStream.Frame.self)
        try await TestServer.run([route(frames)]) { server async throws -> Void in
            let client = try server.client()
            try await client.write("GET /api/v1/events HTTP/1.1\r\nHost: x\r\n\r\n")
            source.yield(.init(id: "1", event: "message.added", data: "{\"a\":1}"))
            let head = try await client.streamHead()
            #expect(head.status == 200)
            #expect(head.headers["content-type"] == "text/event-stream")
            #expect(head.headers["cache-control"] == "no-store")
            #expect(head.headers["x-accel-buffering"] == "no")
            #expect(try await client.chunk() == "id: 1\nevent: message.added\ndata: {\"a\":1}\n\n")
            source.yield(.init(event: "resync", data: "{}"))
            #expect(try await client.chunk() == "event: resync\ndata: {}\n\n")
            source.finish()
            #expect(try await client.chunk() == nil)
        }
    }

    @Test func `a silent stream pings`() async throws {
        let (frames, source) = AsyncStream.makeStream(of: EventStream.Frame.self)
        try await TestServer.run([route(frames, heartbeat: .milliseconds(100))]) { server async throws -> Void in
            let client = try server.client()
            try await client.write("GET /api/v1/events HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = try await client.streamHead()
            for _ in 0..<3 { #expect(try await client.chunk() == ": ping\n\n") }
            source.finish()
        }
    }

    @Test func `an open stream outlives the idle limit`() async throws {
        let (frames, source) = AsyncStream.makeStream(of: EventStream.Frame.self)
        var limits = ConnectionLimits()
        (limits.headerDeadline, limits.idle) = (.milliseconds(500), .seconds(1))
        try await TestServer.run([route(frames)], limits: limits) { server async throws -> Void in
            let client = try server.client()
            try await client.write("GET /api/v1/events HTTP/1.1\r\nHost: x\r\n\r\n")
            source.yield(.init(event: "a", data: "1"))
            _ = try await client.streamHead()
            _ = try await client.chunk()
            try await Task.sleep(for: .milliseconds(2_500))
            source.yield(.init(event: "a", data: "2"))
            #expect(try await client.chunk() == "event: a\ndata: 2\n\n")
            source.finish()
        }
    }

    @Test func `a client that goes away ends the stream's source`() async throws {
        let (frames, source) = AsyncStream.makeStream(of: EventStream.Frame.self)
        let ended = Recorder<Bool>()
        source.onTermination = { _ in ended.append(true) }
        try await TestServer.run([route(frames, heartbeat: .milliseconds(50))]) { server async throws -> Void in
            do {
                let client = try server.client()
                try await client.write("GET /api/v1/events HTTP/1.1\r\nHost: x\r\n\r\n")
                _ = try await client.streamHead()
            }
            try await eventually { ended.count == 1 }
        }
    }

    @Test func `a client that does not read costs a bounded amount of memory`() async throws {
        let (frames, source) = AsyncStream.makeStream(of: EventStream.Frame.self)
        try await TestServer.run([route(frames)]) { server async throws -> Void in
            let client = try server.client()
            try await client.write("GET /api/v1/events HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = try await client.streamHead()
            let data = String(repeating: "x", count: 60_000)
            // 180 MB, were they kept for this client.
            for _ in 0..<3_000 { source.yield(.init(event: "a", data: data)) }
            try await Task.sleep(for: .seconds(1))
            var received = 0
            while try await client.chunk() != nil { received += 1 }
            #expect(received > 0 && received < 1_500, "\(received) frames were kept")
        }
    }

    @Test(arguments: [
        ("a\nb", "data: a\ndata: b\n\n"), ("a\r\nevent: x", "data: a\ndata: \ndata: event: x\n\n"),
        ("a\rb", "data: a\ndata: b\n\n"), ("", "data: \n\n"), ("a\u{2028}b", "data: a\u{2028}b\n\n"),
    ])
    func `data cannot become another field`(data: String, end: String) {
        #expect(String(decoding: EventStream.Frame(event: "e", data: data).bytes, as: UTF8.self) == "event: e\n" + end)
    }
}
