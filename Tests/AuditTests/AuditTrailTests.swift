import AuditInterface
import Kernel
import Persistence
import TestSupport
import Testing

@testable import Audit

struct AuditTrailTests {
    let account = AccountID()
    let time = VirtualTime()

    private func trail(_ database: any Database) -> any AuditTrail { LiveAuditTrail(database: database) }

    private func entry(_ action: String = "contact.viewed", at offset: Int = 0, actor: Actor = .system) -> AuditEntry {
        AuditEntry(
            occurredAt: time.now().advanced(by: .seconds(offset)), actor: actor, action: action, object: "contact/1",
            detail: "detail")
    }

    @Test(arguments: TestEngine.all)
    func `what was appended is read back whole, whoever acted`(engine: TestEngine) async throws {
        let trail = trail(try await engine.database(AuditModule.migrations))
        for actor in [Actor.user(UserID()), .apiKey(.init()), .bot, .system] {
            let entry = entry(actor: actor)
            try await trail.append(entry, account: account)
            let read = try #require(try await trail.entries(of: account, after: nil, limit: 1).elements.first)
            #expect(read.id == entry.id)
            #expect(read.actor == actor)
            #expect(read.occurredAt == entry.occurredAt)
            #expect([read.action, read.object, read.detail] == [entry.action, entry.object, entry.detail])
        }
    }

    @Test(arguments: TestEngine.all)
    func `an entry lives and dies with its transaction`(engine: TestEngine) async throws {
        struct Change: Error {}
        let database = try await engine.database(AuditModule.migrations)
        let trail = trail(database)
        let (kept, lost) = (entry("a.kept"), entry("a.lost"))
        try await database.write(in: account) { try trail.append(kept, in: $0) }
        await #expect(throws: Change.self) {
            try await database.write(in: account) {
                try trail.append(lost, in: $0)
                throw Change()
            }
        }
        #expect(try await trail.entries(of: account, after: nil, limit: 10).elements.map(\.action) == ["a.kept"])
    }

    @Test(arguments: TestEngine.all)
    func `an entry appended twice is kept once`(engine: TestEngine) async throws {
        let trail = trail(try await engine.database(AuditModule.migrations))
        let entry = entry()
        try await trail.append(entry, account: account)
        try await trail.append(entry, account: account)
        #expect(try await trail.entries(of: account, after: nil, limit: 10).elements.count == 1)
    }

    @Test(arguments: TestEngine.all)
    func `pages are newest first and hold every entry once, even of one moment`(engine: TestEngine) async throws {
        let trail = trail(try await engine.database(AuditModule.migrations))
        for index in 0..<11 { try await trail.append(entry("a.\(index)", at: index / 4), account: account) }
        var (seen, cursor): ([String], String?) = ([], nil)
        var pages = 0
        repeat {
            let page = try await trail.entries(of: account, after: cursor, limit: 4)
            seen += page.elements.map(\.action)
            (cursor, pages) = (page.next, pages + 1)
        } while cursor != nil && pages < 10
        #expect(seen == (0..<11).reversed().map { "a.\($0)" })
        #expect(pages == 3)
    }

    @Test(arguments: TestEngine.all)
    func `another account sees nothing`(engine: TestEngine) async throws {
        let trail = trail(try await engine.database(AuditModule.migrations))
        try await trail.append(entry(), account: account)
        #expect(try await trail.entries(of: AccountID(), after: nil, limit: 10).elements.isEmpty)
    }

    @Test(arguments: TestEngine.all, ["", "1", "x_y", "12_0197", "9999999999999999999999_\(AccountID())"])
    func `a cursor that no page gave out is refused`(engine: TestEngine, cursor: String) async throws {
        let trail = trail(try await engine.database(AuditModule.migrations))
        await #expect(throws: Problem.invalid(field: "after", "is no cursor of this list")) {
            _ = try await trail.entries(of: account, after: cursor, limit: 10)
        }
    }

    @Test(arguments: TestEngine.all)
    func `A-71 the database refuses to change or delete entries`(engine: TestEngine) async throws {
        let database = try await engine.database(AuditModule.migrations)
        let trail = trail(database)
        try await trail.append(entry("a.first"), account: account)
        var attempts: [SQL] = ["UPDATE audit_entry SET action = 'forged'", "DELETE FROM audit_entry"]
        if engine == .postgres { attempts.append("TRUNCATE audit_entry") }
        for attempt in attempts {
            await #expect(throws: SQLError.self) { try await database.write(in: account) { try $0.execute(attempt) } }
            await #expect(throws: SQLError.self) { try await database.writeSystem(.retention) { try $0.execute(attempt) } }
        }
        #expect(try await trail.entries(of: account, after: nil, limit: 10).elements.map(\.action) == ["a.first"])
    }

    @Test(arguments: TestEngine.all)
    func `T39 the data map names every column`(engine: TestEngine) async throws {
        let database = try await engine.database(AuditModule.migrations)
        let columns = try await database.columns(ofTablesNamed: "audit_")
        #expect(columns == AuditModule.dataMap.mapValues { Set($0.keys) })
    }
}
