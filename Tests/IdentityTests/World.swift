import AuditInterface
import Foundation
import HTTPTypes
import IdentityInterface
import Kernel
import Persistence
import Synchronization
import TestSupport
import Vault

@testable import Identity
@testable import WebSupport

/// An installation with nobody in it.
struct World: Sendable {
    static let password = "tulip-harbor-71"

    let database: any Database
    let vault: Vault
    let audit = RecordingAuditTrail()
    let sink = RecordingSink()
    let time = VirtualTime()
    let passwords = CountingPasswords()
    let identity: IdentityModule

    init(_ engine: TestEngine) async throws {
        database = try await engine.database(IdentityModule.migrations, sink: sink)
        vault = try Vault.forTests()
        identity = IdentityModule(
            database: database, vault: vault, passwords: passwords, audit: audit, cookie: SessionCookie(isSecure: true),
            publicURL: "https://inbox.example.kz", time: time, version: "9.9.9", isDemo: true)
    }

    /// An account and its owner.
    func shop(_ name: String = "Oslo Furniture", email: String = "aigerim@shop.kz") async throws -> (AccountID, Member) {
        let account = try await identity.directory.createAccount(name: name, language: .kazakh)
        let owner = try await identity.createOwner(account: account.id, name: "Aigerim", email: email, password: Self.password)
        return (account.id, owner)
    }

    /// The JSON of the answer; throws what the route throws. Access is checked as the gate checks it.
    @discardableResult
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: [String: Any]? = nil, as caller: Caller? = nil,
        id: String? = nil, from address: String = "203.0.113.7"
    ) async throws -> Answer {
        guard let route = identity.routes.first(where: { $0.method == method && $0.path == path }) else { throw NoRoute() }
        if case .permission(let permission) = route.access {
            guard let caller else { throw Problem.unauthenticated }
            guard caller.principal.permissions.contains(permission) else { throw Problem.forbidden }
        } else if case .member = route.access, caller == nil {
            throw Problem.unauthenticated
        }
        let bytes = try body.map { [UInt8](try JSONSerialization.data(withJSONObject: $0)) } ?? []
        let call = Call(
            method: method, path: path, headers: [.contentType: "application/json"], body: bytes, requestID: "test",
            client: ClientAddress(address), caller: caller, isStillAllowed: { true }, parameters: id.map { ["id": $0] } ?? [:],
            queryText: "")
        return Answer(try await route.handler(call))
    }

    @discardableResult
    func signIn(
        _ email: String = "aigerim@shop.kz", _ password: String = World.password, from address: String = "203.0.113.7"
    ) async throws -> Answer {
        try await send(.post, "/api/v1/session", ["email": email, "password": password], from: address)
    }

    /// Whoever the cookie of `answer` belongs to.
    func caller(_ answer: Answer) async throws -> Caller? {
        try await identity.authenticator.caller(sessionToken: answer.token)
    }

    /// A signed-in owner.
    func owner() async throws -> (AccountID, Member, Caller) {
        let (account, member) = try await shop()
        guard let caller = try await caller(try await signIn()) else { throw Problem.unauthenticated }
        return (account, member, caller)
    }

    /// A signed-in member with `role`.
    func member(_ role: Role, in account: AccountID, email: String) async throws -> (Member, Caller) {
        let member = try await identity.createUser(
            account: account, name: "Somebody", email: email, password: Self.password, role: role)
        guard let caller = try await caller(try await signIn(email)) else { throw Problem.unauthenticated }
        return (member, caller)
    }

    /// Every byte of every column of the module.
    func stored() async throws -> [UInt8] {
        try await database.readSystem(.retention) { transaction in
            var bytes: [UInt8] = []
            for (table, columns) in IdentityModule.dataMap {
                let rows = try transaction.rows(SQL(stringLiteral: "SELECT * FROM \(table)")) { row in
                    try columns.keys.map { try row.value($0) }
                }
                for value in rows.joined() {
                    switch value {
                    case .text(let text): bytes += Array(text.utf8)
                    case .blob(let blob): bytes += blob
                    default: break
                    }
                    bytes.append(0)
                }
            }
            return bytes
        }
    }
}

struct NoRoute: Error {}

/// A reply, as a browser reads it.
struct Answer {
    let reply: Reply
    let json: [String: Any]

    init(_ reply: Reply) {
        self.reply = reply
        guard case .bytes(let bytes) = reply.body else {
            json = [:]
            return
        }
        json = (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any] ?? [:]
    }

    var token: String {
        let cookie = reply.headers[.setCookie] ?? ""
        return String(cookie.drop { $0 != "=" }.dropFirst().prefix { $0 != ";" })
    }

    func text(_ path: String...) -> String? {
        var value: Any? = json
        for key in path { value = (value as? [String: Any])?[key] }
        return value as? String
    }

    var items: [[String: Any]] { json["items"] as? [[String: Any]] ?? [] }
}

/// A password hash that costs nothing and counts how often it is asked.
final class CountingPasswords: PasswordChecking {
    private let counts = Mutex((hashes: 0, checks: 0))

    /// Checks against a stored hash and against nothing alike.
    var checks: Int { counts.withLock { $0.checks } }

    func hash(_ password: String) async throws -> String {
        counts.withLock { $0.hashes += 1 }
        return Digest.sha256("salt" + password).hex
    }
    func verify(_ password: String, against stored: String) async throws -> Bool {
        counts.withLock { $0.checks += 1 }
        return Digest.sha256("salt" + password).hex == stored
    }
    func verifyDummy(_ password: String) async throws { counts.withLock { $0.checks += 1 } }
    func needsRehash(_ stored: String) -> Bool { false }
}

/// What `body` throws, when it is a problem.
func problem(_ body: () async throws -> some Any) async throws -> Problem? {
    do { _ = try await body() } catch let problem as Problem { return problem }
    return nil
}

extension [UInt8] {
    func holds(_ text: String) -> Bool { firstRange(of: Array(text.utf8)) != nil }
}
