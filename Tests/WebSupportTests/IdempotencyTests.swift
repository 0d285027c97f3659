import HTTPTypes
import Kernel
import Synchronization
import TestSupport
import Testing
import WebSupport

struct IdempotencyTests {
    /// Counts what it does; its path says how it ends.
    private static func routes(_ done: Recorder<String>) -> [Route] {
        [
            Route(.post, "/api/v1/made", "Make", access: .member, bodyLimit: 100) { call in
                done.append("made")
                return try .json(["number": done.count, "bytes": call.body.count], status: .created)
            },
            Route(.post, "/api/v1/refused", "Refuse", access: .member, bodyLimit: 100) { _ in
                done.append("refused")
                throw Problem.conflict("no")
            },
            Route(.post, "/api/v1/away", "Be away", access: .member, bodyLimit: 100) { _ in
                done.append("away")
                throw Problem.unavailable("the database is away")
            },
            Route(.post, "/api/v1/secret", "Show once", access: .member, bodyLimit: 100, showsSecret: true) { _ in
                done.append("secret")
                return .text("secret \(done.count)")
            },
            Route(.put, "/api/v1/set", "Set", access: .member, bodyLimit: 100) { _ in
                done.append("set")
                return .noContent
            },
        ]
    }

    private static func sample(
        _ body:
            @Sendable @escaping (_ send: @Sendable (String, String, String?, String) async throws -> TestHTTPClient.Answer)
            async throws -> Void
    ) async throws -> [String] {
        let done = Recorder<String>()
        let authenticator = TestAuthenticator(sessions: ["owner": .sample()])
        try await TestServer.run(routes(done), authenticator: authenticator, answers: DictionaryMemory()) { server in
            try await body { method, path, key, text in
                let header = key.map { [("Idempotency-Key", $0)] } ?? []
                return try await server.send(method, path, headers: TestServer.owner + header, body: text)
            }
        }
        return done.all
    }

    @Test func `the same request with the same key is done once and answered alike`() async throws {
        let done = try await Self.sample { send in
            let first = try await send("POST", "/api/v1/made", "k-1", "{}")
            let second = try await send("POST", "/api/v1/made", "k-1", "{}")
            #expect(first.status == 201 && second.status == 201)
            #expect(first.text == second.text && first.text.contains(#""number":1"#))
            #expect(first.headers["idempotency-replayed"] == nil && second.headers["idempotency-replayed"] == "true")
            #expect(second.headers["content-type"] == "application/json")
            #expect(try await send("POST", "/api/v1/made", "k-2", "{}").text.contains(#""number":2"#))
            #expect(try await send("POST", "/api/v1/made", nil, "{}").text.contains(#""number":3"#))
        }
        #expect(done.count == 3)
    }

    @Test func `a key stands for one request`() async throws {
        let done = try await Self.sample { send in
            _ = try await send("POST", "/api/v1/made", "k", "{}")
            for (path, text) in [("/api/v1/made", "{ }"), ("/api/v1/refused", "{}"), ("/api/v1/made?a=b", "{}")] {
                let answer = try await send("POST", path, "k", text)
                #expect(answer.status == 422 && answer.problem == "invalid", "\(path)")
            }
        }
        #expect(done == ["made"])
    }

    @Test func `what was refused may be tried again, what is unknown may not`() async throws {
        let done = try await Self.sample { send in
            for _ in 0..<2 { #expect(try await send("POST", "/api/v1/refused", "r", "{}").status == 409) }
            #expect(try await send("POST", "/api/v1/away", "a", "{}").status == 503)
            let again = try await send("POST", "/api/v1/away", "a", "{}")
            #expect(again.status == 409 && again.text.contains("took effect"))
        }
        #expect(done == ["refused", "refused", "away"])
    }

    @Test func `answers with secrets are not kept, and PUT needs no key`() async throws {
        let done = try await Self.sample { send in
            for _ in 0..<2 {
                _ = try await send("POST", "/api/v1/secret", "s", "{}")
                _ = try await send("PUT", "/api/v1/set", "s", "{}")
            }
        }
        #expect(done == ["secret", "set", "secret", "set"])
    }

    @Test(arguments: ["", " ", "a b", "ключ", String(repeating: "k", count: 256)]) func `an odd key is refused`(key: String)
        async throws
    {
        let done = try await Self.sample { send in
            let answer = try await send("POST", "/api/v1/made", key, "{}")
            #expect(answer.status == 400)
        }
        #expect(done.isEmpty)
    }
}

/// The contract in a dictionary.
private final class DictionaryMemory: AnswerMemory {
    private struct Entry {
        let request: [UInt8]
        var answer: [UInt8]?
    }

    private let entries = Mutex<[String: Entry]>([:])

    func begin(_ key: String, of principal: Principal, request: [UInt8]) async throws -> RememberedAnswer {
        entries.withLock { entries in
            guard let entry = entries[key] else {
                entries[key] = Entry(request: request)
                return .new
            }
            guard entry.request == request else { return .differs }
            return entry.answer.map(RememberedAnswer.answered) ?? .unfinished(since: VirtualTime.start)
        }
    }

    func finish(_ key: String, of principal: Principal, answer: [UInt8]) async throws {
        entries.withLock { $0[key]?.answer = answer }
    }

    func forget(_ key: String, of principal: Principal) async throws { entries.withLock { $0[key] = nil } }
}
