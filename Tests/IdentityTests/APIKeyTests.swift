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

struct APIKeyTests {
    private func make(_ permissions: [Permission], as caller: Caller, in world: World) async throws -> (id: String, key: String) {
        let answer = try await world.send(
            .post, "/api/v1/api-keys", ["name": "Warehouse", "permissions": permissions.map(\.rawValue)], as: caller)
        #expect(answer.reply.status == .created)
        return (try #require(answer.text("id")), try #require(answer.text("key")))
    }

    @Test(arguments: TestEngine.all)
    func `a key has its permissions, shows its text once and can be revoked`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (account, _, owner) = try await world.owner()
        let (id, key) = try await make([.readContacts, .readCalendar], as: owner, in: world)
        #expect(key.hasPrefix("ssk_"))
        let caller = try #require(try await world.identity.authenticator.caller(apiKey: key))
        #expect(caller.principal.account == account && caller.principal.role == nil && caller.principal.user == nil)
        #expect(caller.principal.permissions == [.readContacts, .readCalendar])
        let listed = try await world.send(.get, "/api/v1/api-keys", as: owner).items
        #expect(listed.count == 1 && listed.first?["key"] == nil && listed.first?["last_used_at"] is String)
        #expect(try await problem { try await world.send(.get, "/api/v1/session", as: caller) } == .forbidden)
        try await world.send(.delete, "/api/v1/api-keys/{id}", as: owner, id: id)
        #expect(try await world.identity.authenticator.caller(apiKey: key) == nil)
        #expect(try await problem { try await world.send(.delete, "/api/v1/api-keys/{id}", as: owner, id: id) } == .notFound)
        #expect(world.audit.actions.filter { $0.hasPrefix("api-key") } == ["api-key.created", "api-key.revoked"])
    }

    @Test(arguments: TestEngine.all)
    func `a key is never worth more than its maker is now`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (account, _, _) = try await world.owner()
        let (admin, caller) = try await world.member(.admin, in: account, email: "admin@shop.kz")
        let (_, key) = try await make([.readConversations, .writeBot], as: caller, in: world)
        try await world.identity.setRole(.analyst, of: admin.id, in: account)
        #expect(try await world.identity.authenticator.caller(apiKey: key)?.principal.permissions == [.readConversations])
    }

    @Test(arguments: TestEngine.all)
    func `nobody makes a key beyond their permissions and no key makes keys`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (account, owner, ownerCaller) = try await world.owner()
        let limited = Caller(
            principal: Principal(
                account: account, actor: .user(owner.id), name: "", role: nil, permissions: [.writeAPIKeys, .readContacts]),
            means: .apiKey)
        #expect(
            try await problem {
                try await world.send(.post, "/api/v1/api-keys", ["name": "k", "permissions": ["bot.write"]], as: limited)
            } == .forbidden)
        let (_, key) = try await make([.writeAPIKeys, .readContacts], as: ownerCaller, in: world)
        let byKey = try await world.identity.authenticator.caller(apiKey: key)
        #expect(
            try await problem {
                try await world.send(.post, "/api/v1/api-keys", ["name": "k", "permissions": ["contact.read"]], as: byKey)
            } == .forbidden)
        let (_, operatorCaller) = try await world.member(.operator, in: account, email: "op@shop.kz")
        #expect(
            try await problem {
                try await world.send(
                    .post, "/api/v1/api-keys", ["name": "k", "permissions": ["contact.read"]], as: operatorCaller)
            } == .forbidden)
    }

    @Test(arguments: TestEngine.all)
    func `another account neither sees nor revokes a key`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (_, _, owner) = try await world.owner()
        let (id, key) = try await make([.readContacts], as: owner, in: world)
        _ = try await world.shop("Other", email: "boss@other.kz")
        let other = try await world.caller(try await world.signIn("boss@other.kz"))
        #expect(try await world.send(.get, "/api/v1/api-keys", as: other).items.isEmpty)
        #expect(try await problem { try await world.send(.delete, "/api/v1/api-keys/{id}", as: other, id: id) } == .notFound)
        #expect(try await world.identity.authenticator.caller(apiKey: key) != nil)
    }

    @Test(arguments: TestEngine.all)
    func `a session's token is no key and a key no session`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (_, _, owner) = try await world.owner()
        let (_, key) = try await make([.readContacts], as: owner, in: world)
        let session = try await world.signIn()
        #expect(try await world.identity.authenticator.caller(sessionToken: key) == nil)
        #expect(try await world.identity.authenticator.caller(apiKey: session.token) == nil)
        #expect(try await world.identity.authenticator.caller(apiKey: "ssk_" + session.token) == nil)
        for junk in ["", "ssk_", String(repeating: "x", count: 10_000)] {
            #expect(try await world.identity.authenticator.caller(apiKey: junk) == nil)
            #expect(try await world.identity.authenticator.caller(sessionToken: junk) == nil)
        }
    }
}
