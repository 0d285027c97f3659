import Egress
import Foundation
import Glibc
import Kernel
import LocalServer
import Testing

struct SendTests {
    @Test func `a request arrives as it was meant, and its answer as it was sent`() async throws {
        let box = Box<[Seen]>([])
        let server = try LocalServer.http { seen in
            box.with { $0.append(seen) }
            return reply("201 Created", ["X-One: 1", "X-Two:"], body: "да")
        }
        let client = Client()
        let account = AccountID()
        var request = EgressRequest(
            .post, server.url + "/a/../b?x=1#part", purpose: .tenantWebhook, account: account,
            headers: ["Content-Type": "application/json", "X-Empty": ""], body: Array("{\"a\":\"ы\"}".utf8))
        request.credentials = [.bearer("t0ken", host: "127.0.0.1")]
        let response = try await client.egress.send(request)
        #expect(response.status == 201 && response.headers["x-ONE"] == "1" && response.headers["X-Two"] == "")
        #expect(response.body == Array("да".utf8))
        #expect(response.head.remoteAddress == "127.0.0.1")
        let seen = try #require(box.now.first)
        #expect(seen.line == "POST /b?x=1 HTTP/1.1")
        #expect(seen.body == request.body)
        #expect(seen.header("content-type") == "application/json" && seen.header("X-Empty") == "")
        #expect(seen.header("authorization") == "Bearer t0ken")
        #expect(seen.header("expect") == nil && seen.header("cookie") == nil)
        let entry = try #require(client.log.now.first)
        #expect(entry.account == account && entry.purpose == .tenantWebhook && entry.host == "127.0.0.1")
        #expect(entry.status == 201 && entry.error == nil && entry.ip == "127.0.0.1")
        #expect(entry.bytesOut > request.body.count && entry.bytesIn > 4)
    }

    @Test(arguments: [
        (EgressMethod.get, ""), (.head, ""), (.delete, ""), (.delete, "x"), (.put, "x"), (.put, ""), (.patch, "x"),
        (.post, ""), (.get, "x"), (EgressMethod(rawValue: "PROPFIND") ?? .get, "x"),
    ])
    func `every method with and without a body`(method: EgressMethod, body: String) async throws {
        let box = Box<[Seen]>([])
        let server = try LocalServer.http { seen in
            box.with { $0.append(seen) }
            return seen.line.hasPrefix("HEAD") ? "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" : reply("200 OK")
        }
        let response = try await Client().egress.send(.test(method, server.url, body: body))
        #expect(response.status == 200 && response.body.isEmpty)
        #expect(box.now.first?.line == "\(method.rawValue) / HTTP/1.1")
        #expect(box.now.first?.body == Array(body.utf8))
        #expect(box.now.first?.header("content-type") == nil)
    }

    @Test func `a large body goes up whole, and a connection is kept`() async throws {
        let server = try LocalServer.http { reply("200 OK", body: "\($0.body.count) \($0.body.last ?? 0)") }
        let client = Client()
        for _ in 0..<5 {
            let request = EgressRequest(
                .post, server.url, purpose: .tenantWebhook, body: Array(repeating: 7, count: 3 << 20))
            #expect(try await client.egress.send(request).body == Array("3145728 7".utf8))
        }
        #expect(server.accepted == 1)
    }

    @Test func `nothing of the environment's proxy is used`() async throws {
        let proxy = try LocalServer.http { _ in reply("500 Proxied") }
        for name in ["http_proxy", "HTTPS_PROXY", "ALL_PROXY"] { setenv(name, proxy.url, 1) }
        defer { for name in ["http_proxy", "HTTPS_PROXY", "ALL_PROXY"] { unsetenv(name) } }
        let server = try LocalServer.http { _ in reply("200 OK") }
        #expect(try await Client().egress.send(.test(server.url)).status == 200)
        #expect(proxy.accepted == 0)
    }

    // MARK: Limits

    @Test(arguments: [(1_000, true), (1_001, false), (100_000, false)])
    func `a body at the limit is taken and one past it is not`(size: Int, fits: Bool) async throws {
        let server = try LocalServer { connection in
            _ = connection.readRequest()
            // No length, so that the limit is met while it comes.
            _ = connection.write("HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: size))
        }
        let request = EgressRequest.test(server.url).with { $0.bodyLimit = 1_000 }
        if fits {
            #expect(try await Client().egress.send(request).body.count == size)
        } else {
            #expect(await Client().failure(request) == EgressError(.tooLarge(limit: 1_000), .maybeSent))
        }
    }

    @Test func `an announced length past the limit is not even read`() async throws {
        let server = try LocalServer.http { _ in "HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n" }
        let error = await Client().failure(.test(server.url))
        #expect(error == EgressError(.tooLarge(limit: 25 << 20), .maybeSent))
    }

    @Test func `a compressed bomb is counted as it unfolds`() async throws {
        let bomb = try gzip(Array(repeating: 0, count: 30 << 20))
        #expect(bomb.count < 100_000)
        let server = try LocalServer { connection in
            _ = connection.readRequest()
            _ = connection.write(
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(bomb.count)\r\n\r\n")
            _ = connection.write(bomb)
        }
        #expect(await Client().failure(.test(server.url)) == EgressError(.tooLarge(limit: 25 << 20), .maybeSent))
        let small = try gzip(Array("привет".utf8))
        let honest = try LocalServer { connection in
            _ = connection.readRequest()
            _ = connection.write(
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(small.count)\r\n\r\n")
            _ = connection.write(small)
        }
        #expect(try await Client().egress.send(.test(honest.url)).body == Array("привет".utf8))
    }

    @Test(arguments: [
        "X: " + String(repeating: "a", count: 17_000),
        (0..<1_000).map { "X-\($0): 1" }.joined(separator: "\r\n"),
        (0..<50).map { "X-\($0): " + String(repeating: "a", count: 2_000) }.joined(separator: "\r\n"),
    ])
    func `a head with too much in it is refused`(headers: String) async throws {
        let server = try LocalServer.http { _ in "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\(headers)\r\n\r\n" }
        guard case .tooLarge = await Client().failure(.test(server.url))?.reason else {
            Issue.record("taken")
            return
        }
    }

    @Test(arguments: [
        "", "HTTP/9 nonsense\r\n\r\n", "SSH-2.0-OpenSSH\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab",
    ])
    func `an answer that is none, or not whole, is broken`(answer: String) async throws {
        let server = try LocalServer { connection in
            _ = connection.readRequest()
            _ = connection.write(answer)
        }
        let error = await Client().failure(.test(server.url))
        guard case .broken = error?.reason else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.delivery == .maybeSent)
    }

    // MARK: Deadlines

    @Test func `no answer, a slow one and an endless one end at their deadlines`() async throws {
        let silent = try LocalServer { connection in
            _ = connection.readRequest()
            _ = connection.readLine()
        }
        var request = EgressRequest.test(silent.url)
        request.deadlines.firstByte = .milliseconds(200)
        #expect(await Client().failure(request) == EgressError(.timeout(.firstByte), .maybeSent))

        let drip = try LocalServer { connection in
            _ = connection.readRequest()
            _ = connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while connection.write("x") { usleep(20_000) }
        }
        request = .test(drip.url)
        request.deadlines.total = .milliseconds(400)
        #expect(await Client().failure(request) == EgressError(.timeout(.total), .maybeSent))
    }

    @Test func `a connection that is never answered is a connect timeout, and surely not sent`() async throws {
        // The listener's queue is full and never emptied, so the kernel leaves further SYNs unanswered.
        let full = try FullBacklog()
        var request = EgressRequest.test(.post, "http://127.0.0.1:\(full.port)/", body: "x")
        request.deadlines.connect = .milliseconds(300)
        #expect(await Client().failure(request) == EgressError(.timeout(.connect), .notSent))
    }

    // MARK: Sent or not

    @Test func `what was surely not sent and what may have been`() async throws {
        // Port 1 (tcpmux) has no listener anywhere.
        let closed = await Client().failure(.test(.post, "http://127.0.0.1:1/", body: "x"))
        #expect(closed == EgressError(.unreachable, .notSent))

        let unknown = await Client().failure(.test(.post, "https://no-such-host.invalid/", body: "x"))
        #expect(unknown == EgressError(.unresolved, .notSent))

        let cut = try LocalServer { connection in
            _ = connection.readRequest()
            connection.reset()
        }
        #expect(await Client().failure(.test(.post, cut.url, body: "x"))?.delivery == .maybeSent)
        let noTLS = try LocalServer { connection in _ = connection.write("220 hello\r\n") }
        let tls = await Client().failure(.test(.post, "https://127.0.0.1:\(noTLS.port)/", body: "x"))
        #expect(tls?.delivery == .notSent)
        guard case .tls = tls?.reason else {
            Issue.record("\(String(describing: tls))")
            return
        }
    }

    @Test(arguments: [(EgressMethod.post, 2), (.put, 3)])
    func `a request on a kept connection that dies is repeated only when that is harmless`(
        method: EgressMethod, seen: Int
    ) async throws {
        let count = Box(0)
        let server = try LocalServer { connection in
            while connection.readRequest() != nil {
                let number = count.with { count in
                    count += 1
                    return count
                }
                // The second request of the first connection is read and never answered.
                guard number != 2, connection.write(reply("200 OK")) else { return }
            }
        }
        let client = Client()
        _ = try await client.egress.send(.test(.get, server.url))
        do {
            _ = try await client.egress.send(.test(method, server.url, body: "x"))
            #expect(method.isIdempotent)
        } catch let error as EgressError {
            #expect(!method.isIdempotent && error.delivery == .maybeSent)
        }
        #expect(count.now == seen)
    }

    // MARK: Concurrency and cancelling

    @Test func `a host gets no more simultaneous requests than its limit, and all are answered`() async throws {
        let server = try LocalServer.http { _ in
            usleep(20_000)
            return reply("200 OK")
        }
        let client = Client(configure: { $0.perHost = 3 })
        await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<30 { group.addTask { try? await client.egress.send(.test(server.url)).status } }
            for await status in group { #expect(status == 200) }
        }
        #expect(server.mostOpen <= 3)
        #expect(server.accepted <= 3)
    }

    @Test func `one request too many is told so at once`() async throws {
        let server = try LocalServer { connection in while connection.readLine() != nil {} }
        let client = Client(configure: { ($0.perHost, $0.waiting) = (1, 1) })
        let running = (0..<2).map { _ in Task { try await client.egress.send(.test(server.url)) } }
        // One runs and one waits; which of the three is refused depends on who comes first.
        let third = Task { try await client.egress.send(.test(server.url)) }
        #expect(try await eventually { client.log.now.contains { $0.error == EgressError(.busy) } })
        for task in running + [third] { task.cancel() }
        for task in running + [third] { _ = await task.result }
    }

    @Test func `cancelling ends a request whether it runs, waits or has not begun`() async throws {
        let server = try LocalServer { connection in while connection.readLine() != nil {} }
        let client = Client(configure: { $0.perHost = 1 })
        let tasks = (0..<3).map { _ in Task { try await client.egress.send(.test(server.url)) } }
        #expect(try await eventually { server.accepted == 1 })
        tasks.forEach { $0.cancel() }
        for task in tasks {
            let error = await #expect(throws: EgressError.self) { try await task.value }
            #expect(error?.reason == .cancelled)
        }
        let early = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await client.egress.send(.test(server.url))
        }
        early.cancel()
        let error = await #expect(throws: EgressError.self) { try await early.value }
        #expect(error == EgressError(.cancelled, .notSent))
    }

    @Test func `stopping lets what runs finish and takes nothing new`() async throws {
        let server = try LocalServer.http { _ in
            usleep(200_000)
            return reply("200 OK")
        }
        let client = Client()
        let running = Task { try await client.egress.send(.test(server.url)).status }
        #expect(try await eventually { server.accepted == 1 })
        await client.egress.shutdown()
        #expect(try await running.value == 200)
        #expect(await client.failure(.test(server.url)) == EgressError(.busy))
        await client.egress.shutdown()

        let silent = try LocalServer { connection in while connection.readLine() != nil {} }
        let other = Client()
        let stuck = Task { try await other.egress.send(.test(silent.url)) }
        #expect(try await eventually { silent.accepted == 1 })
        await other.egress.shutdown(grace: .milliseconds(50))
        let error = await #expect(throws: EgressError.self) { try await stuck.value }
        #expect(error?.reason == .cancelled)
    }
}

/// A listener that accepts nothing and whose queue is full.
private final class FullBacklog {
    let port: Int
    private var sockets: [Int32] = []

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        sockets.append(listener)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(listener, $0, length)
                _ = listen(listener, 0)
                _ = getsockname(listener, $0, &length)
            }
            return Int(UInt16(bigEndian: pointer.pointee.sin_port))
        }
        for _ in 0..<8 {
            let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            sockets.append(client)
            _ = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(client, $0, length) }
            }
        }
    }

    deinit { sockets.forEach { close($0) } }
}

/// What the system's gzip makes of `bytes`.
private func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
    let file = FileManager.default.temporaryDirectory.appending(path: "egress-\(UUID()).bin")
    try Data(bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-9", "-c", file.path]
    process.standardOutput = output
    try process.run()
    return Array(output.fileHandleForReading.readDataToEndOfFile())
}
