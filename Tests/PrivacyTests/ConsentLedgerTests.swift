import AuditInterface
import Kernel
import Persistence
import PrivacyInterface
import TestSupport
import Testing

@testable import Privacy

struct ConsentLedgerTests {
    let account = AccountID()
    let subject = ContactID()
    let time = VirtualTime()
    let audit = RecordingAuditTrail()

    private func ledger(_ engine: TestEngine) async throws -> LiveConsentLedger {
        LiveConsentLedger(database: try await engine.database(PrivacyModule.migrations), audit: audit, time: time)
    }

    /// A word said `offset` seconds from now by its own clock.
    private func word(
        _ given: Bool, _ purpose: String = "marketing", id: Identifier<ConsentSubject> = .init(), at offset: Int = 0
    ) -> ConsentRecord {
        ConsentRecord(
            id: id, subject: subject, purpose: purpose, given: given, source: "webchat",
            textHash: String(repeating: "a1", count: 32), textVersion: "2026-01",
            occurredAt: time.now().advanced(by: .seconds(offset)))
    }

    private func holds(_ ledger: LiveConsentLedger, _ purpose: String = "marketing") async throws -> Bool {
        try await ledger.holds(purpose, subject: subject, account: account)
    }

    @Test(arguments: TestEngine.all)
    func `T36 the last word decides, and silence means no`(engine: TestEngine) async throws {
        let ledger = try await ledger(engine)
        #expect(try await !holds(ledger))
        for given in [true, false, true, false] {
            try await ledger.record(word(given), account: account)
            #expect(try await holds(ledger) == given)
            time.advance(by: .seconds(1))
        }
        try await ledger.record(word(true, "processing"), account: account)
        #expect(try await !holds(ledger))
        #expect(try await holds(ledger, "processing"))
        #expect(
            audit.actions == [
                "consent.given", "consent.withdrawn", "consent.given", "consent.withdrawn", "consent.given",
            ])
    }

    @Test(arguments: TestEngine.all, [-86_400 * 365, -3_600, -1, 0, 1, 3_600, 86_400 * 365])
    func `F-08 a withdrawal counts wherever our clock jumps, and so does the yes after it`(
        engine: TestEngine, jump: Int
    ) async throws {
        let ledger = try await ledger(engine)
        try await ledger.record(word(true), account: account)
        time.jump(by: .seconds(jump))
        try await ledger.record(word(false), account: account)
        #expect(try await !holds(ledger))
        time.jump(by: .seconds(-2 * jump))
        try await ledger.record(word(true), account: account)
        #expect(try await holds(ledger))
    }

    @Test(arguments: TestEngine.all, [-86_400 * 365, -3_600, -299, 0, 299, 86_400 * 365])
    func `F-08 a withdrawal counts whatever the clock of its sender shows`(engine: TestEngine, skew: Int) async throws {
        let ledger = try await ledger(engine)
        try await ledger.record(word(true), account: account)
        try await ledger.record(word(false, at: skew), account: account)
        #expect(try await !holds(ledger))
        try await ledger.record(word(true), account: account)
        #expect(try await holds(ledger))
    }

    @Test(arguments: TestEngine.all)
    func `F-11 a yes delivered a week late does not undo a withdrawal`(engine: TestEngine) async throws {
        let ledger = try await ledger(engine)
        try await ledger.record(word(false), account: account)
        time.advance(by: .seconds(7 * 86_400))
        try await ledger.record(word(true, at: -8 * 86_400), account: account)
        #expect(try await !holds(ledger))
        #expect(try await ledger.history(of: subject, account: account).map(\.given) == [true, false])
        try await ledger.record(word(true, at: -6 * 86_400), account: account)
        #expect(try await holds(ledger))
    }

    @Test(arguments: TestEngine.all)
    func `the same word recorded at once many times is kept once`(engine: TestEngine) async throws {
        let ledger = try await ledger(engine)
        let word = word(true)
        try await withThrowingTaskGroup { group in
            for _ in 0..<20 { group.addTask { try await ledger.record(word, account: account) } }
            try await group.waitForAll()
        }
        #expect(try await ledger.history(of: subject, account: account).map(\.id) == [word.id])
        #expect(audit.actions == ["consent.given"])
        await #expect(throws: Problem.conflict("This id belongs to another consent.")) {
            try await ledger.record(self.word(false, id: word.id), account: account)
        }
    }

    @Test(arguments: TestEngine.all)
    func `words said at once are all kept, in one order`(engine: TestEngine) async throws {
        let ledger = try await ledger(engine)
        let words = (0..<40).map { word($0 % 2 == 0) }
        try await withThrowingTaskGroup { group in
            for word in words { group.addTask { try await ledger.record(word, account: account) } }
            try await group.waitForAll()
        }
        let history = try await ledger.history(of: subject, account: account)
        #expect(Set(history.map(\.id)) == Set(words.map(\.id)))
        #expect(try await holds(ledger) == history.last?.given)
    }

    @Test(arguments: TestEngine.all)
    func `the proof is read back whole`(engine: TestEngine) async throws {
        let ledger = try await ledger(engine)
        let said = word(true, at: -30)
        try await ledger.record(said, account: account)
        let read = try #require(try await ledger.history(of: subject, account: account).first)
        #expect(
            [read.purpose, read.source, read.textHash, read.textVersion] == [
                said.purpose, said.source, said.textHash, said.textVersion,
            ])
        #expect(read.occurredAt == said.occurredAt && read.subject == subject && read.id == said.id)
    }

    @Test(arguments: TestEngine.all)
    func `another account and another person see nothing`(engine: TestEngine) async throws {
        let ledger = try await ledger(engine)
        try await ledger.record(word(true), account: account)
        #expect(try await !ledger.holds("marketing", subject: subject, account: AccountID()))
        #expect(try await ledger.history(of: subject, account: AccountID()).isEmpty)
        #expect(try await !ledger.holds("marketing", subject: ContactID(), account: account))
    }

    @Test(arguments: TestEngine.all)
    func `A-71 the database refuses to change or delete consents`(engine: TestEngine) async throws {
        let ledger = try await ledger(engine)
        try await ledger.record(word(false), account: account)
        var attempts: [SQL] = ["UPDATE privacy_consent SET given = 1", "DELETE FROM privacy_consent"]
        if engine == .postgres { attempts.append("TRUNCATE privacy_consent") }
        for attempt in attempts {
            await #expect(throws: SQLError.self) {
                try await ledger.database.write(in: account) { try $0.execute(attempt) }
            }
        }
        #expect(try await ledger.history(of: subject, account: account).map(\.given) == [false])
    }

    @Test(arguments: [
        ("selling", "a", "v", String(repeating: "0", count: 64), "purpose"),
        ("marketing", "", "v", String(repeating: "0", count: 64), "source"),
        ("marketing", String(repeating: "s", count: 101), "v", String(repeating: "0", count: 64), "source"),
        ("marketing", "a", String(repeating: "v", count: 51), String(repeating: "0", count: 64), "text_version"),
        ("marketing", "a", "v", String(repeating: "0", count: 63), "text_hash"),
        ("marketing", "a", "v", String(repeating: "G", count: 64), "text_hash"),
    ])
    func `what would prove nothing is refused with its field`(
        purpose: String, source: String, version: String, hash: String, field: String
    ) async throws {
        let consent = ConsentRecord(
            subject: subject, purpose: purpose, given: true, source: source, textHash: hash, textVersion: version,
            occurredAt: time.now())
        do {
            try await ledger(.sqlite).record(consent, account: account)
            Issue.record("recorded")
        } catch Problem.invalid(let named, _) { #expect(named == field) }
    }

    @Test(arguments: TestEngine.all)
    func `T39 the data map names every column`(engine: TestEngine) async throws {
        let database = try await engine.database(PrivacyModule.migrations)
        let columns = try await database.columns(ofTablesNamed: "privacy_")
        #expect(columns == PrivacyModule.dataMap.mapValues { Set($0.keys) })
    }
}
