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

struct InvitationTests {
    static let joining: [String: any Sendable] = ["name": "New", "password": World.password, "age_confirmed": true]

    private func token(_ invitation: Answer) throws -> String {
        let link = try #require(invitation.text("link"))
        #expect(link.hasPrefix("https://inbox.example.kz/welcome#"))
        return String(link.drop { $0 != "#" }.dropFirst())
    }

    @Test(arguments: TestEngine.all)
    func `an invited person joins with the invited role and address`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (_, _, owner) = try await world.owner()
        let made = try await world.send(.post, "/api/v1/invitations", ["email": "New@shop.kz", "role": "operator"], as: owner)
        #expect(made.reply.status == .created)
        let listed = try await world.send(.get, "/api/v1/invitations", as: owner)
        #expect(listed.items.count == 1 && listed.items.first?["link"] == nil)
        #expect(listed.items.first?["email"] as? String == "New@shop.kz")
        let answer = try await world.send(
            .post, "/api/v1/links/accept", Self.joining.merging(["token": try token(made), "role": "owner"]) { $1 })
        #expect(answer.text("role") == "operator" && answer.text("user", "email") == "New@shop.kz")
        #expect(try await world.send(.get, "/api/v1/invitations", as: owner).items.isEmpty)
        let users = try await world.send(.get, "/api/v1/users", as: owner).items
        #expect(users.compactMap { $0["role"] as? String } == ["owner", "operator"])
        #expect(try await problem { try await world.signIn("new@shop.kz") } == nil)
    }

    @Test(arguments: TestEngine.all)
    func `nobody gives a role beyond their own`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (account, _, _) = try await world.owner()
        for (role, may) in [
            (Role.admin, [Role.admin, .operator, .analyst]), (.operator, []), (.analyst, []),
        ] {
            let (_, caller) = try await world.member(role, in: account, email: "\(role.rawValue)@shop.kz")
            for given in Role.allCases {
                let refused = try await problem {
                    try await world.send(
                        .post, "/api/v1/invitations", ["email": "x-\(role)-\(given)@shop.kz", "role": given.rawValue], as: caller)
                }
                #expect(refused == (may.contains(given) ? nil : .forbidden), "\(role) gives \(given)")
            }
        }
    }

    @Test(arguments: TestEngine.all)
    func `a key cannot invite, even with the permission`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (_, _, owner) = try await world.owner()
        let key = try await world.send(.post, "/api/v1/api-keys", ["name": "k", "permissions": ["user.write"]], as: owner)
        let caller = try await world.identity.authenticator.caller(apiKey: try #require(key.text("key")))
        let refused = try await problem {
            try await world.send(.post, "/api/v1/invitations", ["email": "a@b.kz", "role": "analyst"], as: caller)
        }
        #expect(refused == .forbidden)
    }

    @Test(arguments: TestEngine.all)
    func `an invitation dies with its maker's right to make it`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (account, _, _) = try await world.owner()
        let (admin, caller) = try await world.member(.admin, in: account, email: "admin@shop.kz")
        let made = try await world.send(.post, "/api/v1/invitations", ["email": "spy@evil.kz", "role": "admin"], as: caller)
        try await world.identity.setDisabled(true, user: admin.id, in: account)
        let body = Self.joining.merging(["token": try token(made)]) { $1 }
        #expect(try await problem { try await world.send(.post, "/api/v1/links/accept", body) } == .notFound)
        try await world.identity.setDisabled(false, user: admin.id, in: account)
        try await world.identity.setRole(.operator, of: admin.id, in: account)
        #expect(try await problem { try await world.send(.post, "/api/v1/links/accept", body) } == .notFound)
    }

    @Test(arguments: TestEngine.all)
    func `a withdrawn invitation opens nothing and another account cannot withdraw it`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (_, _, owner) = try await world.owner()
        _ = try await world.shop("Other", email: "boss@other.kz")
        let other = try await world.caller(try await world.signIn("boss@other.kz"))
        let made = try await world.send(.post, "/api/v1/invitations", ["email": "new@shop.kz", "role": "analyst"], as: owner)
        let id = try #require(made.text("id"))
        let (foreign, absent) = (
            try await problem { try await world.send(.delete, "/api/v1/invitations/{id}", as: other, id: id) },
            try await problem { try await world.send(.delete, "/api/v1/invitations/{id}", as: other, id: LinkID().description) }
        )
        #expect(foreign == .notFound && absent == .notFound)
        #expect(try await world.send(.get, "/api/v1/invitations", as: other).items.isEmpty)
        #expect(try await world.send(.get, "/api/v1/users", as: other).items.count == 1)
        try await world.send(.delete, "/api/v1/invitations/{id}", as: owner, id: id)
        let body = Self.joining.merging(["token": try token(made)]) { $1 }
        #expect(try await problem { try await world.send(.post, "/api/v1/links/accept", body) } == .notFound)
        #expect(world.audit.actions.contains("invitation.revoked"))
    }

    @Test(arguments: TestEngine.all)
    func `an invitation does not tell who has an account elsewhere`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (_, _, owner) = try await world.owner()
        _ = try await world.shop("Other", email: "boss@other.kz")
        for email in ["boss@other.kz", "nobody@other.kz"] {
            let refused = try await problem {
                try await world.send(.post, "/api/v1/invitations", ["email": email, "role": "analyst"], as: owner)
            }
            #expect(refused == nil, "\(email)")
        }
        guard
            case .conflict = try await problem({
                try await world.send(.post, "/api/v1/invitations", ["email": "AIGERIM@shop.kz", "role": "analyst"], as: owner)
            })
        else { return #expect(Bool(false), "a member already") }
    }

    @Test(arguments: TestEngine.all)
    func `housekeeping forgets invitations nobody took up`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (account, _, owner) = try await world.owner()
        _ = try await world.send(.post, "/api/v1/invitations", ["email": "new@shop.kz", "role": "analyst"], as: owner)
        let user = try await world.database.read(in: account) {
            try LinkStore(transaction: $0).invitations(after: nil, limit: 9, at: VirtualTime.start).first?.user
        }
        let housekeeping = Housekeeping(
            environment: IdentityEnvironment(
                database: world.database, vault: world.vault, audit: world.audit, time: world.time))
        let invited = try #require(user)
        try await housekeeping.run()
        #expect(try await world.vault.existingKey(for: KeyID(sameAs: invited), in: account) != nil)
        world.time.advance(by: .seconds(11 * 86_400))
        try await housekeeping.run()
        await #expect(throws: VaultError.self) { try await world.vault.existingKey(for: KeyID(sameAs: invited), in: account) }
        #expect(
            try await world.database.readSystem(.retention) {
                try $0.count("SELECT (SELECT count(*) FROM identity_link) + (SELECT count(*) FROM identity_session) AS count")
            } == 0)
    }
}
