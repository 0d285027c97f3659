import Foundation
import HTTPTypes
package import Kernel
import Logging

/// Remembers what requests with an `Idempotency-Key` were answered.
package protocol AnswerMemory: Sendable {
    /// Takes the key for `request`, or tells what is known of it.
    func begin(_ key: String, of principal: Principal, request: [UInt8]) async throws -> RememberedAnswer
    /// Keeps the answer of a request that took effect.
    func finish(_ key: String, of principal: Principal, answer: [UInt8]) async throws
    /// Frees the key of a request that had no effect.
    func forget(_ key: String, of principal: Principal) async throws
}

package enum RememberedAnswer: Hashable, Sendable {
    case new
    /// The same request is under way, or was interrupted.
    case unfinished(since: Instant)
    case answered([UInt8])
    /// The key was used for another request.
    case differs
}

/// `Idempotency-Key` on POST and PATCH of an account's things: a client that did not get the answer asks again with the same key, and
/// the work is done once.
///
/// A refused request frees its key. One that was interrupted keeps it for the memory's lifetime: whether it took effect nobody knows, so
/// the client is told to look instead of it being done twice. Answers that show a secret are not kept, so there the header means nothing.
struct Idempotency: Sendable {
    static let header = "Idempotency-Key"
    private static let longest = 255
    private static let largestAnswer = 1 << 18

    let memory: any AnswerMemory
    let logger: Logger

    static func applies(to route: Route) -> Bool {
        guard route.method == .post || route.method == .patch, route.scope == .account, !route.showsSecret else { return false }
        switch route.access {
        case .member, .permission: return true
        case .open, .ownCredential: return false
        }
    }

    func run(_ call: Call, _ principal: Principal, _ handler: (Call) async throws -> Reply) async throws -> Reply {
        guard let name = HTTPField.Name(Self.header), let key = call.headers[name] else { return try await handler(call) }
        guard !key.isEmpty, key.utf8.count <= Self.longest, key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Problem.malformed("\(Self.header) is made of 1 to \(Self.longest) visible ASCII characters.")
        }
        var request = Array("\(call.method.rawValue) \(call.path)?\(call.queryText)\n".utf8)
        request += call.body
        switch try await memory.begin(key, of: principal, request: request) {
        case .new: return try await first(key, call, principal, handler)
        case .answered(let bytes):
            var reply = try JSONDecoder().decode(StoredReply.self, from: Data(bytes)).reply
            if let replayed = HTTPField.Name("Idempotency-Replayed") { reply.headers[replayed] = "true" }
            return reply
        case .differs: throw Problem.invalid(field: Self.header, "this key was used for another request; make a new one")
        case .unfinished(let since):
            throw Problem.conflict(
                "The first request with this \(Self.header), of \(since), has not ended. If it was interrupted, see whether it took "
                    + "effect and then use a new key.")
        }
    }

    private func first(
        _ key: String, _ call: Call, _ principal: Principal, _ handler: (Call) async throws -> Reply
    ) async throws -> Reply {
        let reply: Reply
        do { reply = try await handler(call) } catch let problem as Problem {
            // Away for a moment: the commit may or may not have reached the database.
            if case .unavailable = problem { throw problem }
            try? await memory.forget(key, of: principal)
            throw problem
        }
        guard reply.status.kind == .successful else {
            if [.clientError, .serverError].contains(reply.status.kind) { try? await memory.forget(key, of: principal) }
            return reply
        }
        // It took effect. An answer that is too long to keep leaves the key taken, so that it is not done again.
        guard let stored = StoredReply(reply), stored.body.count <= Self.largestAnswer else { return reply }
        do { try await memory.finish(key, of: principal, answer: [UInt8](try JSONEncoder().encode(stored))) } catch {
            logger.warning("an answer could not be kept for its idempotency key", metadata: ["error": "\(error)"])
        }
        return reply
    }
}

/// A reply at rest.
private struct StoredReply: Codable {
    struct Header: Codable { let name: String, value: String }

    let status: Int
    let headers: [Header]
    let body: Data

    /// Nil for what is no success, or has no end.
    init?(_ reply: Reply) {
        guard reply.status.kind == .successful else { return nil }
        switch reply.body {
        case .empty: body = Data()
        case .bytes(let bytes): body = Data(bytes)
        case .stream: return nil
        }
        status = reply.status.code
        headers = reply.headers.map { Header(name: $0.name.rawName, value: $0.value) }
    }

    var reply: Reply {
        var fields = HTTPFields()
        for header in headers {
            if let name = HTTPField.Name(header.name) { fields.append(HTTPField(name: name, value: header.value)) }
        }
        return Reply(
            status: HTTPResponse.Status(code: status), headers: fields, body: body.isEmpty ? .empty : .bytes([UInt8](body)))
    }
}
