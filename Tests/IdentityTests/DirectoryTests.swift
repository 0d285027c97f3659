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

struct DirectoryTests {
    @Test(arguments: TestEngine.all)
    func `accounts are found by id and by name, unless two share it`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let directory = world.identity.directory
        let one = try await directory.createAccount(name: "Oslo", language: .russian)
        #expect(try await directory.account(named: "Oslo").id == one.id)
        #expect(try await directory.account(named: one.id.description).name == "Oslo")
        #expect(try await problem { try await directory.account(named: "oslo") } == .notFound)
        _ = try await directory.createAccount(name: "Oslo", language: .russian)
        guard case .conflict = try await problem({ try await directory.account(named: "Oslo") }) else {
            return #expect(Bool(false))
        }
        #expect(try await directory.accounts().count == 2)
        #expect(world.sink.events(of: AccountCreated.self).count == 2)
    }

    @Test(arguments: TestEngine.all)
    func `members are those of the account alone`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (one, owner) = try await world.shop()
        let (other, _) = try await world.shop("Other", email: "boss@other.kz")
        #expect(try await world.identity.directory.members(of: one).map(\.email) == ["aigerim@shop.kz"])
        #expect(try await world.identity.directory.member(owner.id, of: one)?.name == "Aigerim")
        #expect(try await world.identity.directory.member(owner.id, of: other) == nil)
        #expect(try await problem { try await world.identity.setDisabled(true, user: owner.id, in: other) } == .notFound)
    }

    @Test(arguments: TestEngine.all)
    func `an account keeps an owner`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (account, first) = try await world.shop()
        for refused in [
            try await problem { try await world.identity.setRole(.admin, of: first.id, in: account) },
            try await problem { try await world.identity.setDisabled(true, user: first.id, in: account) },
        ] {
            guard case .conflict = refused else { return #expect(Bool(false)) }
        }
        let second = try await world.identity.createOwner(
            account: account, name: "Second", email: "second@shop.kz", password: World.password)
        let changed = try await withThrowingTaskGroup(of: Bool.self) { group in
            for owner in [first, second] {
                group.addTask { try await problem { try await world.identity.setRole(.admin, of: owner.id, in: account) } == nil }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(changed == 1, "two owners cannot demote each other at once")
    }

    @Test(arguments: TestEngine.all)
    func `the rows hold no name, address, password or token in the clear`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (_, _, owner) = try await world.owner()
        let session = try await world.signIn()
        let key = try await world.send(.post, "/api/v1/api-keys", ["name": "k", "permissions": ["bot.read"]], as: owner)
        let invitation = try await world.send(
            .post, "/api/v1/invitations", ["email": "zhanar@shop.kz", "role": "analyst"], as: owner)
        let link = try await world.identity.createLink(.signIn, account: owner.principal.account)
        _ = try await problem { try await world.signIn("ghost@shop.kz", "wrong", from: "198.51.100.77") }
        let stored = try await world.stored()
        #expect(stored.holds("Oslo Furniture"), "the scan reads the rows")
        let secrets = [
            "Aigerim", "aigerim", "shop.kz", "zhanar", "ghost", "198.51.100", World.password, session.token, link,
            session.text("csrf"), key.text("key"), invitation.text("link").map { String($0.suffix(43)) },
        ]
        for secret in secrets { #expect(!stored.holds(try #require(secret)), "\(secret ?? "")") }
    }

    @Test func `the data map names every column`() async throws {
        let database = try await TestEngine.sqlite.database(IdentityModule.migrations)
        let columns = try await database.readSystem(.migration) { transaction in
            try transaction.rows(
                """
                SELECT t.name AS table_name, c.name AS column_name FROM sqlite_master t JOIN pragma_table_info(t.name) c
                WHERE t.type = 'table' AND t.name LIKE 'identity!_%' ESCAPE '!'
                """
            ) { "\(try $0.text("table_name")).\(try $0.text("column_name"))" }
        }
        let mapped = IdentityModule.dataMap.flatMap { table, columns in columns.keys.map { "\(table).\($0)" } }
        #expect(Set(columns) == Set(mapped) && !columns.isEmpty)
    }
}

struct PasswordPolicyTests {
    private func refusal(_ password: String, _ names: [String] = []) -> Problem? {
        do { try PasswordPolicy.check(password, names: names) } catch { return error as? Problem }
        return nil
    }

    @Test(arguments: [
        "", "short", "123456789", "1234567890", "qwertyuiop", "Password123", "P@ssw0rd2026", "пароль123456", "йцукенгшщз",
        "Admin12345",
        "aaaaaaaaaaaaaaaa", "abcabcabcabc", "qwerty123456", "SevenSales2026", "111111111111",
    ])
    func `common passwords are refused`(password: String) {
        guard case .invalid("password", _) = refusal(password) else { return #expect(Bool(false), "\(password)") }
    }

    @Test(arguments: ["aigerim@shop.kz", "aigerim2026", "AigerimSerikova", "OsloFurniture1", "oslo furniture", "shopaigerim!"])
    func `one's own names are refused`(password: String) {
        #expect(refusal(password, ["aigerim@shop.kz", "Aigerim Serikova", "Oslo Furniture"]) != nil)
    }

    @Test(arguments: ["tulip-harbor-71", "correct horse battery", "Тюльпан-гавань", "aigerim likes tulips", "x7Kq!mR2vP"])
    func `others are accepted`(password: String) {
        #expect(refusal(password, ["aigerim@shop.kz", "Aigerim Serikova", "Oslo Furniture"]) == nil)
    }

    @Test func `ten characters and 1,024 bytes are the bounds`() {
        #expect(refusal("tulipharb") != nil)
        #expect(refusal("tulipharbo") == nil)
        let long = String(repeating: "tulip-harbor-71 ", count: 64)
        #expect(long.utf8.count == 1_024 && refusal(long) == nil)
        #expect(refusal(long + "x") != nil)
    }
}

struct EmailAddressTests {
    @Test(arguments: ["a@b.kz", "Имя@пример.рф", "first.last+tag@sub.example.com", " padded@shop.kz\n", "o'neil@shop.kz"])
    func `addresses are accepted`(text: String) throws {
        _ = try EmailAddress(text)
    }

    @Test(arguments: [
        "", "a", "@b.kz", "a@", "a@@b.kz", "a@b@c.kz", "a b@c.kz", "a@b c.kz", "a\u{200B}b@c.kz", "a\r\nBcc: x@y.kz", "<a@b.kz>",
        "a@.kz",
        "a@b..kz", String(repeating: "x", count: 65) + "@b.kz", "a@" + String(repeating: "x", count: 300) + ".kz",
    ])
    func `what is no address is refused`(text: String) {
        #expect(throws: Problem.self) { try EmailAddress(text) }
    }
}
