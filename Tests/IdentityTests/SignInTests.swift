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

struct SignInTests {
    @Test(arguments: TestEngine.all)
    func `the right password opens a session and sets a host cookie`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (account, owner) = try await world.shop()
        let answer = try await world.signIn()
        #expect(answer.text("user", "id") == owner.id.description)
        #expect(answer.text("user", "language") == "kk")
        #expect(answer.text("account", "name") == "Oslo Furniture")
        #expect(answer.text("role") == "owner")
        #expect(answer.json["demo"] as? Bool == true)
        #expect((answer.json["permissions"] as? [String])?.count == Permission.allCases.count)
        let cookie = try #require(answer.reply.headers[.setCookie])
        #expect(cookie.hasPrefix("__Host-sevensales="))
        #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Secure"))
        let caller = try #require(try await world.caller(answer))
        #expect(caller.principal.account == account && caller.principal.user == owner.id)
    }

    @Test(arguments: TestEngine.all, ["AIGERIM@shop.kz", "  aigerim@SHOP.kz ", "ａigerim@shop.kz"])
    func `case, space and fullwidth letters make no other address`(engine: TestEngine, email: String) async throws {
        let world = try await World(engine)
        let (account, _) = try await world.shop()
        #expect(try await world.signIn(email).text("user", "email") == "aigerim@shop.kz")
        let taken = try await problem {
            try await world.identity.createUser(
                account: account, name: "Twin", email: email, password: World.password, role: .operator)
        }
        guard case .conflict = taken else { return #expect(Bool(false), "two people with one address") }
    }

    @Test(arguments: TestEngine.all)
    func `an unknown address, a wrong password and a disabled person do the same work`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (account, _) = try await world.shop()
        let (disabled, _) = try await world.member(.analyst, in: account, email: "off@shop.kz")
        try await world.identity.setDisabled(true, user: disabled.id, in: account)
        for (email, password) in [
            ("nobody@shop.kz", "wrong-password"), ("aigerim@shop.kz", "wrong-password"), ("off@shop.kz", World.password),
            ("no address at all", ""),
        ] {
            let (checks, lines) = (world.passwords.checks, world.audit.lines.count)
            #expect(try await problem { try await world.signIn(email, password) } == .badCredentials)
            #expect(world.passwords.checks == checks + 1, "\(email)")
            #expect(world.audit.lines.count == lines + 1, "\(email)")
            #expect(world.audit.entries.last?.action == "user.sign-in-failed")
        }
        #expect(!world.audit.entries.contains { "\($0.object) \($0.detail)".contains("shop.kz") })
    }

    @Test(arguments: TestEngine.all)
    func `an over-long password is a wrong one and costs no hash`(engine: TestEngine) async throws {
        let world = try await World(engine)
        _ = try await world.shop()
        let long = String(repeating: "a", count: 1_025)
        #expect(try await problem { try await world.signIn("aigerim@shop.kz", long) } == .badCredentials)
        #expect(world.passwords.checks == 0)
    }

    @Test func `the real hasher accepts what it hashed`() async throws {
        let passwords = Passwords(checker: PasswordHasher())
        let stored = try await passwords.hash("Тюльпан-гавань-71", names: [])
        #expect(try await passwords.verify("Тюльпан-гавань-71", against: stored))
        #expect(try await !passwords.verify("Тюльпан-гавань-72", against: stored))
        #expect(try await !passwords.verify("Тюльпан-гавань-71", against: nil))
    }
}

struct ThrottleTests {
    /// The problems of `count` simultaneous attempts.
    private func storm(_ count: Int, _ attempt: @escaping @Sendable (Int) async throws -> Void) async throws -> [Problem] {
        try await withThrowingTaskGroup(of: Problem?.self) { group in
            for index in 0..<count { group.addTask { try await problem { try await attempt(index) } } }
            return try await group.reduce(into: []) { found, problem in if let problem { found.append(problem) } }
        }
    }

    @Test(arguments: TestEngine.all)
    func `of 100 parallel tries exactly ten reach the password`(engine: TestEngine) async throws {
        let world = try await World(engine)
        _ = try await world.shop()
        let problems = try await storm(100) { index in
            // Spelling and address change nothing: it is one account.
            let spelling = index.isMultiple(of: 2) ? "Aigerim@shop.kz " : "aigerim@SHOP.KZ"
            _ = try await world.signIn(spelling, "wrong-\(index)", from: "198.51.100.\(index)")
        }
        #expect(problems.filter { $0 == .badCredentials }.count == 10)
        #expect(problems.count == 100)
        #expect(world.passwords.checks == 10)
        guard case .rateLimited(let wait) = try await problem({ try await world.signIn() }) else {
            return #expect(Bool(false), "even the right password waits")
        }
        #expect(wait > .zero && wait <= .seconds(900))
    }

    @Test(arguments: TestEngine.all)
    func `of 80 parallel tries from one IPv6 network exactly fifty reach the password`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let problems = try await storm(80) { index in
            _ = try await world.signIn("user\(index)@shop.kz", "wrong", from: "2001:db8:1:2::\(index)")
        }
        #expect(problems.filter { $0 == .badCredentials }.count == 50)
        #expect(world.passwords.checks == 50)
        #expect(try await problem { try await world.signIn("x@shop.kz", "wrong", from: "2001:db8:1:3::1") } == .badCredentials)
    }

    @Test(arguments: TestEngine.all)
    func `the window slides`(engine: TestEngine) async throws {
        let world = try await World(engine)
        _ = try await world.shop()
        for minute in 0..<10 {
            #expect(try await problem { try await world.signIn("aigerim@shop.kz", "wrong-\(minute)") } == .badCredentials)
            world.time.advance(by: .seconds(60))
        }
        // Ten tries, the first ten minutes ago.
        #expect(try await problem { try await world.signIn() } == .rateLimited(retryAfter: .seconds(300)))
        world.time.advance(by: .seconds(300))
        #expect(try await problem { try await world.signIn("aigerim@shop.kz", "wrong") } == .badCredentials)
        #expect(try await problem { try await world.signIn() } == .rateLimited(retryAfter: .seconds(60)))
    }

    @Test(arguments: TestEngine.all)
    func `right passwords are not counted and the clock set back locks nobody out`(engine: TestEngine) async throws {
        let world = try await World(engine)
        _ = try await world.shop()
        for _ in 0..<60 { try await world.signIn() }
        _ = try await problem { try await world.signIn("aigerim@shop.kz", "wrong") }
        for _ in 0..<9 { _ = try await problem { try await world.signIn("aigerim@shop.kz", "wrong") } }
        world.time.jump(by: .seconds(-86_400))
        #expect(try await problem { try await world.signIn() } == nil)
    }
}
