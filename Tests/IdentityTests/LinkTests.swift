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

struct LinkTests {
    static let owner: [String: any Sendable] = [
        "account_name": "Oslo Furniture", "name": "Aigerim", "email": "aigerim@shop.kz", "password": World.password,
        "age_confirmed": true, "language": "kk",
    ]

    private func accept(_ token: String, _ body: [String: any Sendable], in world: World) async throws -> Answer {
        try await world.send(.post, "/api/v1/links/accept", body.merging(["token": token]) { $1 })
    }

    @Test(arguments: TestEngine.all)
    func `the first link makes the account, its owner and a session`(engine: TestEngine) async throws {
        let world = try await World(engine)
        #expect(try await world.identity.isFirstRun())
        #expect(try await world.send(.get, "/api/v1/setup").json["first_run"] as? Bool == true)
        let token = try await world.identity.createLink(.ownerSetup, account: nil)
        let inspected = try await world.send(.post, "/api/v1/links/inspect", ["token": token])
        #expect(inspected.text("kind") == "owner_setup")
        #expect(Set(inspected.json.keys) == ["kind", "account", "email", "role"])
        let answer = try await accept(token, Self.owner, in: world)
        #expect(answer.text("role") == "owner" && answer.text("account", "name") == "Oslo Furniture")
        #expect(try await world.caller(answer) != nil)
        #expect(world.sink.events(of: AccountCreated.self).map(\.account.description) == [answer.text("account", "id")])
        #expect(try await !world.identity.isFirstRun())
        #expect(world.audit.actions.contains("link.used") && world.audit.actions.contains("account.created"))
        #expect(try await problem { try await accept(token, Self.owner, in: world) } == .notFound)
        #expect(try await problem { try await world.send(.post, "/api/v1/links/inspect", ["token": token]) } == .notFound)
    }

    @Test(arguments: TestEngine.all)
    func `of 50 parallel accepts exactly one wins`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let token = try await world.identity.createLink(.ownerSetup, account: nil)
        let won = try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<50 {
                group.addTask {
                    let body = Self.owner.merging(["email": "person\(index)@shop.kz"]) { $1 }
                    return try await problem { try await accept(token, body, in: world) } == nil
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(won == 1)
        let accounts = try await world.identity.directory.accounts()
        #expect(accounts.count == 1)
        #expect(try await world.identity.directory.members(of: try #require(accounts.first).id).count == 1)
        #expect(world.sink.events.count == 1)
    }

    @Test(arguments: TestEngine.all)
    func `of 50 parallel sign-ins by one link exactly one wins`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (account, owner) = try await world.shop()
        let token = try await world.identity.createLink(.signIn, account: account)
        let won = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { try await problem { try await accept(token, [:], in: world) } == nil } }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(won == 1)
        let sessions = try await world.database.read(in: account) { try SessionStore(transaction: $0).list(of: owner.id) }
        #expect(sessions.count == 1)
    }

    @Test(arguments: TestEngine.all)
    func `links expire`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (account, _) = try await world.shop()
        let short = try await world.identity.createLink(.signIn, account: account)
        let long = try await world.identity.createLink(.invitation, account: account, email: "new@shop.kz")
        world.time.advance(by: .seconds(30 * 60 - 1))
        _ = try await world.send(.post, "/api/v1/links/inspect", ["token": short])
        world.time.advance(by: .seconds(1))
        #expect(try await problem { try await accept(short, [:], in: world) } == .notFound)
        world.time.advance(by: .seconds(72 * 3_600 - 30 * 60 - 1))
        _ = try await world.send(.post, "/api/v1/links/inspect", ["token": long])
        world.time.advance(by: .seconds(1))
        #expect(try await problem { try await accept(long, Self.owner, in: world) } == .notFound)
    }

    @Test(arguments: TestEngine.all)
    func `a refused answer does not use the link up`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let token = try await world.identity.createLink(.ownerSetup, account: nil)
        let wrong: [(String, any Sendable, String)] = [
            ("age_confirmed", false, "age_confirmed"), ("password", "short", "password"), ("email", "nonsense", "email"),
            ("name", " ", "name"), ("account_name", "", "account_name"),
        ]
        for (field, value, named) in wrong {
            let body = Self.owner.merging([field: value]) { $1 }
            guard case .invalid(named, _) = try await problem({ try await accept(token, body, in: world) }) else {
                return #expect(Bool(false), "\(field)")
            }
        }
        #expect(try await problem { try await accept(token, Self.owner, in: world) } == nil)
    }

    @Test(arguments: TestEngine.all)
    func `a token of one account cannot be claimed in another`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (one, _) = try await world.shop()
        let (other, _) = try await world.shop("Other", email: "boss@other.kz")
        let token = try await world.identity.createLink(.invitation, account: one, role: .operator, email: "new@shop.kz")
        let (digest, now) = (Token.digest(of: token), world.time.now())
        let claimed = try await world.database.write(in: other) { try LinkStore(transaction: $0).claim(digest, at: now)?.id }
        #expect(claimed == nil)
        let body: [String: any Sendable] = [
            "name": "New", "password": World.password, "age_confirmed": true, "role": "owner", "email": "evil@other.kz",
            "account": other.description, "account_id": other.description, "account_name": "Mine",
        ]
        let answer = try await accept(token, body, in: world)
        #expect(answer.text("account", "id") == one.description, "the link's account, whatever the body says")
        #expect(answer.text("role") == "operator")
        #expect(answer.text("user", "email") == "new@shop.kz")
        #expect(try await world.identity.directory.members(of: other).count == 1)
        #expect(try await world.identity.directory.account(one)?.name == "Oslo Furniture")
    }

    @Test(arguments: TestEngine.all)
    func `an address that has an account cannot join a second one`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (one, _) = try await world.shop()
        _ = try await world.shop("Other", email: "boss@other.kz")
        let token = try await world.identity.createLink(.invitation, account: one, email: "boss@other.kz")
        let body: [String: any Sendable] = ["name": "Boss", "password": World.password, "age_confirmed": true]
        guard case .conflict = try await problem({ try await accept(token, body, in: world) }) else {
            return #expect(Bool(false))
        }
        #expect(try await world.identity.directory.members(of: one).count == 1)
    }
}
