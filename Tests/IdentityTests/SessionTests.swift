import AuditInterface
import HTTPTypes
import IdentityInterface
import Kernel
import Persistence
import TestSupport
import Testing
import Vault

@testable import Identity
@testable import WebSupport

struct SessionTests {
    @Test(arguments: TestEngine.all)
    func `the csrf value is stable within a session and differs between sessions`(engine: TestEngine) async throws {
        let world = try await World(engine)
        _ = try await world.shop()
        let (first, second) = (try await world.signIn(), try await world.signIn())
        let csrf = try #require(first.text("csrf"))
        #expect(csrf != second.text("csrf") && csrf != first.token && !csrf.isEmpty)
        for _ in 0..<3 {
            world.time.advance(by: .seconds(3_600))
            let caller = try #require(try await world.caller(first))
            #expect(try await world.send(.get, "/api/v1/session", as: caller).text("csrf") == csrf)
            guard case .session(_, csrf) = caller.means else { return #expect(Bool(false)) }
        }
    }

    @Test(arguments: TestEngine.all)
    func `a session ends after twelve idle hours`(engine: TestEngine) async throws {
        let world = try await World(engine)
        _ = try await world.shop()
        let answer = try await world.signIn()
        world.time.advance(by: .seconds(12 * 3_600 - 1))
        #expect(try await world.caller(answer) != nil)
        world.time.advance(by: .seconds(12 * 3_600 - 1))
        #expect(try await world.caller(answer) != nil, "it was used")
        world.time.advance(by: .seconds(12 * 3_600))
        #expect(try await world.caller(answer) == nil)
    }

    @Test(arguments: TestEngine.all)
    func `a session ends after thirty days however busy it is`(engine: TestEngine) async throws {
        let world = try await World(engine)
        _ = try await world.shop()
        let answer = try await world.signIn()
        for _ in 0..<(30 * 4 - 1) {
            world.time.advance(by: .seconds(6 * 3_600))
            #expect(try await world.caller(answer) != nil)
        }
        world.time.advance(by: .seconds(6 * 3_600))
        #expect(try await world.caller(answer) == nil)
    }

    @Test(arguments: TestEngine.all)
    func `last seen is written once a minute`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (account, owner) = try await world.shop()
        let answer = try await world.signIn()
        let start = world.time.now()
        func lastSeen() async throws -> [Instant] {
            try await world.database.read(in: account) {
                try SessionStore(transaction: $0).list(of: owner.id).map(\.lastSeenAt)
            }
        }
        world.time.advance(by: .seconds(59))
        _ = try await world.caller(answer)
        #expect(try await lastSeen() == [start])
        world.time.advance(by: .seconds(1))
        _ = try await world.caller(answer)
        #expect(try await lastSeen() == [start.advanced(by: .seconds(60))])
    }

    @Test(arguments: TestEngine.all)
    func `signing out ends this session alone and clears the cookie`(engine: TestEngine) async throws {
        let world = try await World(engine)
        _ = try await world.shop()
        let (one, other) = (try await world.signIn(), try await world.signIn())
        let answer = try await world.send(.delete, "/api/v1/session", as: try await world.caller(one))
        #expect(answer.reply.status == .noContent)
        #expect(answer.reply.headers[.setCookie]?.contains("Max-Age=0") == true)
        #expect(try await world.caller(one) == nil)
        #expect(try await world.caller(other) != nil)
        #expect(world.audit.actions.contains("user.signed-out"))
    }

    @Test(arguments: TestEngine.all)
    func `a disabled person's sessions and keys stop at once`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (account, _) = try await world.shop()
        let (admin, caller) = try await world.member(.admin, in: account, email: "admin@shop.kz")
        let session = try await world.signIn("admin@shop.kz")
        let key = try await world.send(
            .post, "/api/v1/api-keys", ["name": "CRM", "permissions": ["contact.read"]], as: caller)
        let text = try #require(key.text("key"))
        #expect(try await world.identity.authenticator.caller(apiKey: text) != nil)

        try await world.identity.setDisabled(true, user: admin.id, in: account)
        #expect(try await world.caller(session) == nil)
        #expect(try await world.identity.authenticator.caller(apiKey: text) == nil)
        #expect(try await problem { try await world.signIn("admin@shop.kz") } == .badCredentials)

        try await world.identity.setDisabled(false, user: admin.id, in: account)
        #expect(try await world.caller(session) == nil, "old sessions stay ended")
        #expect(try await problem { try await world.signIn("admin@shop.kz") } == nil)
    }

    @Test(arguments: TestEngine.all)
    func `a changed role and an erased person count with the next request`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (account, _) = try await world.shop()
        let (admin, _) = try await world.member(.admin, in: account, email: "admin@shop.kz")
        let session = try await world.signIn("admin@shop.kz")
        try await world.identity.setRole(.analyst, of: admin.id, in: account)
        #expect(try await world.caller(session)?.principal.permissions == Role.analyst.permissions)
        try await world.vault.destroyKey(for: KeyID(sameAs: admin.id), in: account)
        #expect(try await world.caller(session) == nil)
        #expect(try await world.identity.directory.members(of: account).count == 1)
    }

    @Test(arguments: TestEngine.all)
    func `a new password ends the sessions and the old password`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (account, owner) = try await world.shop()
        let session = try await world.signIn()
        try await world.identity.setPassword("granite-lantern-5", of: owner.id, in: account)
        #expect(try await world.caller(session) == nil)
        #expect(try await problem { try await world.signIn() } == .badCredentials)
        #expect(try await problem { try await world.signIn("aigerim@shop.kz", "granite-lantern-5") } == nil)
    }

    @Test(arguments: TestEngine.all)
    func `own settings are changed and nothing else`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (account, owner, caller) = try await world.owner()
        let (other, _) = try await world.member(.operator, in: account, email: "op@shop.kz")
        let answer = try await world.send(
            .patch, "/api/v1/me",
            ["name": " Aigerim S. ", "theme": "dark", "language": "ru", "role": "analyst", "id": other.id.description], as: caller
        )
        #expect(answer.text("name") == "Aigerim S." && answer.text("theme") == "dark" && answer.text("language") == "ru")
        #expect(try await world.identity.directory.member(owner.id, of: account)?.role == .owner)
        #expect(try await world.identity.directory.member(other.id, of: account)?.name == "Somebody")
        for name in ["", "  ", "a\u{202E}b", "line\nbreak", String(repeating: "x", count: 101)] {
            guard
                case .invalid("name", _) = try await problem({
                    try await world.send(.patch, "/api/v1/me", ["name": name], as: caller)
                })
            else { return #expect(Bool(false), "\(name.debugDescription)") }
        }
    }
}
