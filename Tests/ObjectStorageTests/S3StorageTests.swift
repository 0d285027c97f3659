import Foundation
import Kernel
import LocalServer
import ObjectStorage
import Synchronization
import Testing
import Vault

/// Against a server that misbehaves.
struct S3StorageTests {
    let time = HastyTime()

    /// A store of which the test writes each answer, and what it was asked.
    private final class Script: Sendable {
        private let seen = Mutex<[Seen]>([])
        private let answers: @Sendable (Seen, Int) -> String?
        init(_ answers: @escaping @Sendable (Seen, Int) -> String?) { self.answers = answers }

        var all: [Seen] { seen.withLock { $0 } }
        var lines: [String] { all.map { String($0.line.dropLast(9)) } }

        /// `count` says how often the same line has come, from 1 on.
        func answer(_ request: Seen) -> String? {
            let count = seen.withLock { seen in
                seen.append(request)
                return seen.filter { $0.line == request.line }.count
            }
            return answers(request, count)
        }
    }

    private func storage(_ server: LocalServer, prefix: String = "p/", time: (any TimeSource)? = nil) throws -> S3Storage {
        let configuration = try S3Configuration(
            endpoint: server.url, region: "eu-west-1", bucket: "media", prefix: prefix, accessKey: "AKID", secretKey: "s3cret/key"
        )
        return S3Storage(egress: StoragePlace.egress, configuration: configuration, time: time ?? self.time)
    }

    private func storage(_ script: Script) throws -> S3Storage { try storage(try LocalServer.http { script.answer($0) }) }

    private static func error(_ status: String, _ code: String) -> String {
        reply(status, body: "<?xml version=\"1.0\"?>\n<Error><Code>\(code)</Code><Message>s3cret</Message></Error>")
    }

    private static func tag(_ bytes: [UInt8]) -> String { "ETag: \"\((Digest.md5(bytes) ?? []).hex)\"" }

    // MARK: One request

    @Test func `a store that is busy is asked again, later each time`() async throws {
        let script = Script { seen, count in
            switch count {
            case 1: Self.error("503 Slow Down", "SlowDown")
            case 2: Self.error("500 Internal Server Error", "InternalError")
            case 3: Self.error("400 Bad Request", "RequestTimeout")
            default: reply("200 OK", [Self.tag(seen.body)])
            }
        }
        try await storage(script).put(try ObjectKey.known("a/b"), ObjectContent(sample(10_000)))
        #expect(script.lines == Array(repeating: "PUT /media/p/a/b", count: 4))
        for seen in script.all {
            #expect(seen.body == sample(10_000))
            #expect(seen.header("x-amz-content-sha256") == Digest.sha256(seen.body).hex)
            let authorization = try #require(seen.header("authorization"))
            #expect(
                authorization.contains("SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date,"), "\(authorization)")
        }
        let bounds = [0.2, 0.4, 0.8]
        #expect(time.slept.count == 3)
        for (slept, most) in zip(time.slept, bounds) { #expect((most * 0.09...most).contains(slept.inSeconds)) }
    }

    @Test func `one that stays busy is given up after five tries`() async throws {
        let script = Script { _, _ in Self.error("503 Slow Down", "SlowDown") }
        let storage = try storage(script)
        await #expect(throws: ObjectStorageError.unavailable("SlowDown")) {
            try await storage.get(try ObjectKey.known("a"), from: 0)
        }
        #expect(script.all.count == 5)
    }

    @Test(arguments: [
        ("403 Forbidden", "AccessDenied", ObjectStorageError.refused("AccessDenied")),
        ("404 Not Found", "NoSuchBucket", .refused("NoSuchBucket")),
        ("405 Not Allowed", "MethodNotAllowed", .refused("MethodNotAllowed")),
        ("507 Insufficient Storage", "XMinioStorageFull", .full), ("403 Forbidden", "QuotaExceeded", .full),
        ("400 Bad Request", "<script>", .refused("status 400")),
        ("301 Moved", "PermanentRedirect", .refused("PermanentRedirect")),
    ])
    func `a no is final and says why`(status: String, code: String, expected: ObjectStorageError) async throws {
        let script = Script { _, _ in Self.error(status, code) }
        let (storage, key) = (try storage(script), try ObjectKey.known("a"))
        await #expect(throws: expected) { try await storage.get(key, from: 0) }
        await #expect(throws: expected) { try await storage.put(key, ObjectContent([1])) }
        #expect(script.all.count == 2 && time.slept.isEmpty)
    }

    @Test func `only reading says that there is no such object`() async throws {
        for answer in [Self.error("404 Not Found", "NoSuchKey"), reply("404 Not Found"), reply("404 Not Found", body: "<html>")] {
            let (storage, key) = (try storage(Script { _, _ in answer }), try ObjectKey.known("a"))
            await #expect(throws: ObjectStorageError.notFound) { try await storage.get(key, from: 0) }
            try await storage.delete(key)
            await #expect(throws: ObjectStorageError.refused("status 404")) { try await storage.put(key, ObjectContent([1])) }
        }
    }

    @Test func `an upload that is cut off goes up again`() async throws {
        let kept = Kept()
        let server = try LocalServer { connection in
            if kept.count() == 1 {
                while let line = connection.readLine(), !line.isEmpty {}
                _ = connection.read(1_000_000)
                connection.reset()
                return
            }
            while let seen = connection.readRequest() {
                kept.add(seen.body)
                guard connection.write(reply("200 OK", [Self.tag(seen.body)])) else { return }
            }
        }
        try await storage(server).put(try ObjectKey.known("a"), .made(5_000_000))
        #expect(kept.bodies == [sample(5_000_000)] && time.slept.count == 1)
    }

    private final class Kept: Sendable {
        private let state = Mutex((count: 0, bodies: [[UInt8]]()))
        var bodies: [[UInt8]] { state.withLock { $0.bodies } }
        func count() -> Int {
            state.withLock { state in
                state.count += 1
                return state.count
            }
        }
        func add(_ body: [UInt8]) { state.withLock { $0.bodies.append(body) } }
    }

    @Test func `bytes that the store says it kept otherwise are an error`() async throws {
        let script = Script { _, _ in reply("200 OK", [Self.tag([0])]) }
        let storage = try storage(script)
        await #expect(throws: ObjectStorageError.damaged) { try await storage.put(try ObjectKey.known("a"), ObjectContent([1])) }
        #expect(script.all.count == 5)
        // Tags that are not an MD5 say nothing.
        for headers in [
            ["ETag: \"abc-1\""], [], [Self.tag([0]), "x-amz-server-side-encryption: aws:kms"],
            [Self.tag([0]), "x-amz-server-side-encryption-customer-algorithm: AES256"],
        ] {
            let other = try self.storage(Script { _, _ in reply("200 OK", headers) })
            try await other.put(try ObjectKey.known("a"), ObjectContent([1]))
        }
    }

    @Test func `cancelling ends the waiting between two tries`() async throws {
        let script = Script { _, _ in Self.error("503 Slow Down", "SlowDown") }
        let server = try LocalServer.http { script.answer($0) }
        let storage = try storage(server, time: EndlessTime())
        let task = Task { try await storage.put(try ObjectKey.known("a"), ObjectContent([1])) }
        while script.all.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(script.all.count == 1)
    }

    private struct EndlessTime: TimeSource {
        func now() -> Instant { SystemTime().now() }
        func uptime() -> Duration { SystemTime().uptime() }
        func sleep(for duration: Duration) async throws { try await Task.sleep(for: .seconds(3_600)) }
    }

    // MARK: Parts

    /// Answers the steps of an upload in parts as a store does, unless `other` answers first.
    private static func store(_ other: @escaping @Sendable (Seen, Int) -> String? = { _, _ in nil }) -> Script {
        Script { seen, count in
            if let answer = other(seen, count) { return answer }
            let line = seen.line
            if line.hasPrefix("POST"), line.contains("?uploads=") {
                return reply(
                    "200 OK", body: "<InitiateMultipartUploadResult><UploadId>u/1+</UploadId></InitiateMultipartUploadResult>")
            }
            if line.hasPrefix("PUT") { return reply("200 OK", [tag(seen.body)]) }
            if line.hasPrefix("DELETE") { return "HTTP/1.1 204 No Content\r\n\r\n" }
            return reply("200 OK", body: "\n\n<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>")
        }
    }

    private static let size = 20_000_000
    private static let parts = [0..<(8 << 20), (8 << 20)..<(16 << 20), (16 << 20)..<size].map { sample(size, $0) }

    @Test func `a large object goes up in parts`() async throws {
        let script = Self.store { seen, count in
            seen.line.contains("partNumber=2") && count == 1 ? Self.error("503 x", "SlowDown") : nil
        }
        try await storage(script).put(try ObjectKey.known("a"), .made(Self.size))
        let id = "uploadId=u%2F1%2B"
        #expect(
            script.lines == [
                "POST /media/p/a?uploads=", "PUT /media/p/a?partNumber=1&\(id)", "PUT /media/p/a?partNumber=2&\(id)",
                "PUT /media/p/a?partNumber=2&\(id)", "PUT /media/p/a?partNumber=3&\(id)", "POST /media/p/a?\(id)",
            ])
        #expect(
            script.all.filter { $0.line.hasPrefix("PUT") }.map(\.body) == [
                Self.parts[0], Self.parts[1], Self.parts[1], Self.parts[2],
            ])
        let completion = String(decoding: script.all.last?.body ?? [], as: UTF8.self)
        for (index, part) in Self.parts.enumerated() {
            let tag = (Digest.md5(part) ?? []).hex
            #expect(completion.contains("<PartNumber>\(index + 1)</PartNumber><ETag>&quot;\(tag)&quot;</ETag>"))
        }
    }

    @Test func `a completion that says 200 and then an error is none`() async throws {
        let script = Self.store { seen, count in
            guard seen.line.hasPrefix("POST"), !seen.line.contains("?uploads=") else { return nil }
            return count == 1 ? Self.error("200 OK", "InternalError") : nil
        }
        try await storage(script).put(try ObjectKey.known("a"), .made(Self.size))
        #expect(script.lines.filter { $0.hasPrefix("POST") }.count == 3 && !script.lines.contains { $0.hasPrefix("DELETE") })

        let never = Self.store { seen, _ in
            if seen.line.hasPrefix("HEAD") { return "HTTP/1.1 404 Not Found\r\n\r\n" }
            return seen.line.hasPrefix("POST") && !seen.line.contains("?uploads=") ? Self.error("200 OK", "AccessDenied") : nil
        }
        let storage = try storage(never)
        await #expect(throws: ObjectStorageError.refused("AccessDenied")) {
            try await storage.put(try ObjectKey.known("a"), .made(Self.size))
        }
        #expect(never.lines.last == "DELETE /media/p/a?uploadId=u%2F1%2B")
    }

    @Test(arguments: [true, false]) func `when the answer to a completion is lost, the object tells`(isThere: Bool) async throws {
        let whole = Digest.md5(Self.parts.flatMap { Digest.md5($0) ?? [] }) ?? []
        let script = Self.store { seen, count in
            if seen.line.hasPrefix("HEAD") {
                let tag = isThere ? "\(whole.hex)-3" : "\(whole.hex)-4"
                return "HTTP/1.1 200 OK\r\nContent-Length: \(Self.size)\r\nETag: \"\(tag)\"\r\n\r\n"
            }
            guard seen.line.hasPrefix("POST"), !seen.line.contains("?uploads=") else { return nil }
            return count == 1 ? reply("200 OK", body: "<?xml version=\"1.0\"?>\n\n") : Self.error("404 Not Found", "NoSuchUpload")
        }
        let storage = try storage(script)
        if isThere {
            try await storage.put(try ObjectKey.known("a"), .made(Self.size))
            #expect(script.lines.last == "HEAD /media/p/a")
        } else {
            await #expect(throws: ObjectStorageError.refused("NoSuchUpload")) {
                try await storage.put(try ObjectKey.known("a"), .made(Self.size))
            }
        }
    }

    @Test func `a part that fails, or a source, gives the upload up`() async throws {
        let refusing = Self.store { seen, _ in
            seen.line.contains("partNumber=2") ? Self.error("403 Forbidden", "AccessDenied") : nil
        }
        let storage = try storage(refusing)
        await #expect(throws: ObjectStorageError.refused("AccessDenied")) {
            try await storage.put(try ObjectKey.known("a"), .made(Self.size))
        }
        #expect(refusing.lines.last == "DELETE /media/p/a?uploadId=u%2F1%2B")

        let script = Self.store()
        let other = try self.storage(script)
        await #expect(throws: SourceFailed.self) {
            try await other.put(try ObjectKey.known("a"), .made(Self.size) { throw SourceFailed() })
        }
        #expect(script.lines.last == "DELETE /media/p/a?uploadId=u%2F1%2B")
    }

    @Test func `more than a store takes is refused before anything is sent`() async throws {
        let script = Self.store()
        let storage = try storage(script)
        let limit = Int64(8 << 20) * 10_000
        await #expect(throws: ObjectStorageError.tooLarge(limit: limit)) {
            try await storage.put(try ObjectKey.known("a"), ObjectContent(length: limit + 1) { nil })
        }
        #expect(script.all.isEmpty)
    }

    @Test func `uploads that nobody ends are swept after a day`() async throws {
        @Sendable func upload(_ key: String, _ begun: String, _ id: String) -> String {
            "<Upload><Key>\(key)</Key><UploadId>\(id)</UploadId><Initiated>\(begun)</Initiated></Upload>"
        }
        let now = SystemTime().now()
        let (old, young) = (now.advanced(by: .seconds(-90_000)).description, now.advanced(by: .seconds(-80_000)).description)
        let script = Script { seen, _ in
            if seen.line.hasPrefix("DELETE") { return "HTTP/1.1 204 No Content\r\n\r\n" }
            let isFirst = !seen.line.contains("key-marker")
            let next =
                "<IsTruncated>true</IsTruncated><NextKeyMarker>p/b</NextKeyMarker><NextUploadIdMarker>2</NextUploadIdMarker>"
            let body =
                isFirst
                ? next + upload("p/a", old, "1") + upload("p/b", young, "2") : upload("p/c", old, "3") + upload("q/c", old, "4")
            return reply("200 OK", body: "<ListMultipartUploadsResult>\(body)</ListMultipartUploadsResult>")
        }
        #expect(try await storage(script).sweep() == 2)
        #expect(
            script.lines.filter { $0.hasPrefix("DELETE") } == ["DELETE /media/p/a?uploadId=1", "DELETE /media/p/c?uploadId=3"])
        #expect(script.lines.contains("GET /media/?uploads=&prefix=p%2F&key-marker=p%2Fb&upload-id-marker=2"))
    }

    // MARK: Reading

    /// Serves `bytes` by range. `tag` says which entity tag the n-th answer has.
    private static func object(_ bytes: [UInt8], tag: @escaping @Sendable (Int) -> String = { _ in "t" }) throws -> (
        LocalServer, Kept
    ) {
        let kept = Kept()
        let server = try LocalServer { connection in
            while let seen = connection.readRequest() {
                let count = kept.count()
                let range = (seen.header("range") ?? "").split { !$0.isNumber }.compactMap { Int($0) }
                guard range.count == 2 else { return }
                let last = min(range[1], bytes.count - 1)
                let head = [
                    "HTTP/1.1 206 Partial Content", "Content-Length: \(last - range[0] + 1)", "ETag: \"\(tag(count))\"",
                    "Content-Range: bytes \(range[0])-\(last)/\(bytes.count)", "", "",
                ]
                guard connection.write(head.joined(separator: "\r\n")) else { return }
                // The third answer breaks off in the middle.
                guard connection.write(Array(bytes[range[0]...last].prefix(count == 3 ? 1_000 : .max))), count != 3 else {
                    return
                }
            }
        }
        return (server, kept)
    }

    @Test func `a window that breaks off is asked for again`() async throws {
        let bytes = sample(6_000_000)
        let (server, kept) = try Self.object(bytes)
        #expect(try await storage(server).get(try ObjectKey.known("a"), from: 5).collect(upTo: bytes.count) == Array(bytes[5...]))
        #expect(time.slept.count == 1)
        // 256 KiB, 1 MiB, 4 MiB twice, and the rest.
        #expect(kept.count() - 1 == 5)
    }

    @Test func `an object that changes between two windows is not mixed`() async throws {
        let (server, _) = try Self.object(sample(6_000_000)) { $0 < 2 ? "old" : "new" }
        let stream = try await storage(server).get(try ObjectKey.known("a"), from: 0)
        await #expect(throws: ObjectStorageError.replaced) { try await stream.collect(upTo: 6_000_000) }

        let script = Script { seen, _ in
            if seen.header("if-match") != nil { return Self.error("412 Precondition Failed", "PreconditionFailed") }
            let body = String(repeating: "x", count: 262_144)
            return reply("206 Partial Content", ["ETag: \"o\"", "Content-Range: bytes 0-262143/999999"], body: body)
        }
        let other = try await storage(script).get(try ObjectKey.known("a"), from: 0)
        await #expect(throws: ObjectStorageError.replaced) { try await other.collect(upTo: 6_000_000) }
        #expect(script.all.last?.header("if-match") == "\"o\"")
    }

    @Test(arguments: [
        "bytes 0-9/5", "bytes 1-10/100", "bytes 0-8/100", "bytes 0-9223372036854775807/9223372036854775807", "bytes 0-9", "",
        "bytes 99999999999999999999-1/1",
    ])
    func `an answer that contradicts itself is none`(range: String) async throws {
        let script = Script { _, _ in reply("206 Partial Content", ["Content-Range: \(range)"], body: "0123456789") }
        let storage = try storage(script)
        await #expect(throws: ObjectStorageError.unavailable("unreadable answer")) {
            try await storage.get(try ObjectKey.known("a"), from: 0)
        }
    }

    // MARK: Lists and addresses

    @Test func `a list goes on where a page ended, past what is not ours`() async throws {
        let script = Script { seen, _ in
            func page(_ keys: [String], more: Bool) -> String {
                let entries = keys.map {
                    "<Contents><Key>\($0)</Key><Size>5</Size><LastModified>2026-01-02T03:04:05.000Z</LastModified></Contents>"
                }
                return reply(
                    "200 OK", body: "<ListBucketResult>\(entries.joined())<IsTruncated>\(more)</IsTruncated></ListBucketResult>")
            }
            if seen.line.contains("start-after=p%2Fa%20b") { return page(["p/c"], more: false) }
            return page(["p/a", "p/a b"], more: true)
        }
        let found = try await storage(script).list("", after: nil, limit: 5_000)
        #expect(found.map(\.key.text) == ["a", "c"] && found.allSatisfy { $0.size == 5 })
        #expect(found.first?.changedAt == Instant("2026-01-02T03:04:05Z"))
        #expect(script.lines.first == "GET /media/?list-type=2&max-keys=1000&prefix=p%2F")
        #expect(script.lines.last == "GET /media/?list-type=2&max-keys=1000&prefix=p%2F&start-after=p%2Fa%20b")
    }

    @Test func `the bucket stands in the path or in the host`() async throws {
        let script = Self.store()
        let server = try LocalServer.http { script.answer($0) }
        let configuration = try S3Configuration(
            endpoint: "http://s3.example.test:\(server.port)", region: "eu-west-1", bucket: "media", addressing: .virtualHost,
            accessKey: "AKID", secretKey: "x")
        #expect(configuration.host == "media.s3.example.test")
        let egress = localEgress(addresses: ["media.s3.example.test": ["127.0.0.1"]])
        let storage = S3Storage(egress: egress, configuration: configuration)
        try await storage.put(try ObjectKey.known("a/b"), ObjectContent([1]))
        #expect(script.lines == ["PUT /a/b"] && script.all.first?.header("host") == "media.s3.example.test:\(server.port)")
    }

    @Test(arguments: [
        ("ftp://x.test", "media", "", S3Configuration.Addressing.path), ("https://", "media", "", .path),
        ("https://user@x.test", "media", "", .path), ("https://x.test/deep", "media", "", .path), ("x.test", "media", "", .path),
        ("https://x.test?", "media", "", .path), ("https://x.test", "M", "", .path), ("https://x.test", "a/b", "", .path),
        ("https://x.test", "a..b", "", .path), ("https://x.test", "media", "no-slash", .path),
        ("https://x.test", "media", "/", .path),
        ("https://x.test", "media", "../", .path), ("https://127.0.0.1:9000", "media", "", .virtualHost),
    ])
    func `a configuration that cannot be is refused`(
        endpoint: String, bucket: String, prefix: String, form: S3Configuration.Addressing
    ) {
        #expect(throws: ObjectStorageError.self) {
            try S3Configuration(
                endpoint: endpoint, region: "r", bucket: bucket, prefix: prefix, addressing: form, accessKey: "a", secretKey: "b")
        }
    }

    @Test func `secrets never show`() async throws {
        let configuration = try S3Configuration(
            endpoint: "https://s3.example.test", region: "r", bucket: "media", accessKey: "AKIDSECRET", secretKey: "s3cret")
        let storage = S3Storage(egress: StoragePlace.egress, configuration: configuration)
        var shown = "\(configuration) \(String(reflecting: configuration)) \(storage)"
        dump(configuration, to: &shown)
        dump(storage, to: &shown)
        // The answer of the misbehaving server above holds a secret, too.
        let refused = try self.storage(Script { _, _ in Self.error("403 Forbidden", "AccessDenied") })
        do { try await refused.put(try ObjectKey.known("a"), ObjectContent([1])) } catch {
            shown += "\(error) \(String(reflecting: error))"
        }
        #expect(!shown.contains("s3cret") && !shown.contains("AKIDSECRET"))
        #expect(configuration.host == "s3.example.test")
    }
}
