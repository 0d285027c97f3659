import Foundation
import Kernel
import Logging
import Persistence
import TestSupport

/// One process of an installation: its own view of the data, its own outbox, its own runner.
final class TestProcess: Sendable {
    let database: any Database
    let outbox: Outbox
    let runner: JobRunner
    let live = LiveEvents()

    init(_ place: DatabasePlace, time: any TimeSource = SystemTime(), owner: String = "first") async throws {
        let signal = WakeSignal()
        outbox = Outbox(time: time, live: live, signal: signal)
        database = try place.open(sink: outbox)
        try await Migrator(PersistenceSchema.data + [Things.migration]).migrate(database, at: VirtualTime.start)
        runner = JobRunner(
            database: database, outbox: outbox, signal: signal, owner: owner, time: time, randomness: .seeded(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Runs the runner while `body` does.
    func running<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [runner] in try await runner.run() }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    func enqueue(_ payload: some JobPayload, _ options: JobOptions = JobOptions(), account: AccountID = Things.account)
        async throws
    {
        try await database.write(in: account) { transaction in _ = try transaction.enqueue(payload, options) }
    }

    func publish<E: Event>(_ events: E..., account: AccountID = Things.account) async throws {
        try await database.write(in: account) { transaction in for event in events { try transaction.publish(event) } }
    }

    func jobs() async throws -> [JobAdministration.Entry] {
        try await JobAdministration(database: database).list(deadOnly: false)
    }

    /// Returns once nothing is queued or running.
    func drained() async throws { try await eventually("an empty queue") { try await jobs().isEmpty } }
}

/// The test's own table, and rows in it as effects that can be counted.
enum Things {
    static let account = AccountID()

    static let migration = Migration(
        "test.1-things",
        """
        CREATE TABLE test_thing (
          account_id UUID NOT NULL, id UUID NOT NULL, text TEXT, number BIGINT, fraction DOUBLE PRECISION, bytes BYTEA, flag SMALLINT,
          PRIMARY KEY (account_id, id)
        )
        """)

    static func insert(_ text: String, id: Identifier<Never> = .init(), in transaction: any Transaction) throws {
        try transaction.sql.execute(
            "INSERT INTO test_thing (account_id, id, text) VALUES (\(try transaction.scopedAccount), \(id), \(text))")
    }

    static func texts(_ database: any Database, in account: AccountID = account) async throws -> [String] {
        try await database.read(in: account) { transaction in
            try transaction.rows("SELECT text FROM test_thing WHERE account_id = \(account) ORDER BY id") { try $0.text("text") }
        }
    }
}

struct Happened: Event, Equatable {
    static let name = "test.happened.v1"
    let subject: String
    let number: Int
}

struct Noticed: LiveNoticeEvent {
    static let name = "test.noticed.v1"
    let subject: String
    var liveName: String { "thing.noticed" }
    var liveIdentifiers: [String: String] { ["subject": subject] }
}

struct Work: JobPayload, Equatable {
    static let queue = "test.work"
    let number: Int
}

struct Broken: Error {}

/// A door that tests open.
actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    func pass() async { if !isOpen { await withCheckedContinuation { waiting.append($0) } } }
    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }
}
