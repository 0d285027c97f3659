import BillingInterface
import Kernel
import Persistence
import TestSupport
import Testing

@testable import Billing

struct UsageLedgerTests {
    let account = AccountID()
    let time = VirtualTime()

    private func record(
        _ meter: UsageMeter, _ quantity: Int64, source: String, cost: Money? = nil, at: Instant? = nil, in database: any Database,
        account other: AccountID? = nil
    ) async throws {
        let ledger = LiveUsageLedger(database: database, time: time, plan: .unlimited)
        let at = at ?? time.now()
        try await database.write(in: other ?? account) {
            try ledger.record(meter, quantity: quantity, cost: cost, source: source, at: at, in: $0)
        }
    }

    private func summary(_ database: any Database, since: Instant? = nil) async throws -> UsageSummary {
        try await LiveUsageLedger(database: database, time: time, plan: .unlimited)
            .summary(of: account, since: since ?? time.now())
    }

    @Test(arguments: TestEngine.all)
    func `a source counts once per meter, however often it is recorded`(engine: TestEngine) async throws {
        let database = try await engine.database(BillingModule.migrations)
        let cost = Money(micros: 1_200, currency: "USD")
        for _ in 0..<3 {
            try await record(.tokenIn, 250, source: "call-1", cost: cost, in: database)
            try await record(.tokenOut, 40, source: "call-1", in: database)
        }
        let summary = try await summary(database)
        #expect(summary.totals == [.tokenIn: 250, .tokenOut: 40])
        #expect(summary.costs == [cost])
    }

    @Test(arguments: TestEngine.all)
    func `a hundred records at once, each twice, add up exactly`(engine: TestEngine) async throws {
        let database = try await engine.database(BillingModule.migrations)
        try await withThrowingTaskGroup { group in
            for index in 0..<200 {
                group.addTask {
                    try await record(
                        .aiCall, 1, source: "call-\(index % 100)", cost: Money(micros: 7, currency: "KZT"), in: database)
                }
            }
            try await group.waitForAll()
        }
        let summary = try await summary(database)
        #expect(summary.totals == [.aiCall: 100])
        #expect(summary.costs == [Money(micros: 700, currency: "KZT")])
    }

    @Test(arguments: TestEngine.all)
    func `daily sums equal the single uses`(engine: TestEngine) async throws {
        let database = try await engine.database(BillingModule.migrations)
        for index in 0..<60 {
            try await record(
                UsageMeter.allCases[index % 5], Int64(index), source: "s-\(index / 2)",
                cost: index % 3 == 0 ? Money(micros: Int64(index), currency: "RUB") : nil,
                at: time.now().advanced(by: .seconds(index * 7_200)), in: database)
        }
        let differences = try await database.read(in: account) { transaction in
            try transaction.count(
                """
                SELECT count(*) AS count FROM
                  (SELECT meter, currency, sum(quantity) AS q, sum(cost_micros) AS c FROM billing_usage
                   WHERE account_id = \(account) GROUP BY meter, currency) AS single
                FULL JOIN
                  (SELECT meter, currency, sum(quantity) AS q, sum(cost_micros) AS c FROM billing_usage_day
                   WHERE account_id = \(account) GROUP BY meter, currency) AS daily
                ON single.meter = daily.meter AND single.currency = daily.currency AND single.q = daily.q AND single.c = daily.c
                WHERE single.meter IS NULL OR daily.meter IS NULL
                """)
        }
        #expect(differences == 0)
        #expect(try await summary(database).totals.values.reduce(0, +) > 0)
    }

    @Test(arguments: TestEngine.all)
    func `what is rolled back is not counted`(engine: TestEngine) async throws {
        struct Change: Error {}
        let database = try await engine.database(BillingModule.migrations)
        let ledger = LiveUsageLedger(database: database, time: time, plan: .unlimited)
        let now = time.now()
        await #expect(throws: Change.self) {
            try await database.write(in: account) {
                try ledger.record(.messageIn, quantity: 1, cost: nil, source: "m-1", at: now, in: $0)
                throw Change()
            }
        }
        #expect(try await summary(database).totals.isEmpty)
        try await record(.messageIn, 1, source: "m-1", in: database)
        #expect(try await summary(database).totals == [.messageIn: 1])
    }

    @Test(arguments: TestEngine.all)
    func `a summary counts from the beginning of its day`(engine: TestEngine) async throws {
        let database = try await engine.database(BillingModule.migrations)
        let day = UsageDay(time.now()).start
        try await record(.messageOut, 1, source: "yesterday", at: day.advanced(by: .microseconds(-1)), in: database)
        try await record(.messageOut, 10, source: "midnight", at: day, in: database)
        try await record(.messageOut, 100, source: "tomorrow", at: day.advanced(by: .seconds(86_400)), in: database)
        #expect(try await summary(database, since: day.advanced(by: .seconds(3_600))).totals == [.messageOut: 110])
        #expect(try await summary(database, since: day.advanced(by: .seconds(-1))).totals == [.messageOut: 111])
        #expect(try await summary(database, since: day.advanced(by: .seconds(86_400))).totals == [.messageOut: 100])
    }

    @Test(arguments: TestEngine.all)
    func `another account counts for itself`(engine: TestEngine) async throws {
        let database = try await engine.database(BillingModule.migrations)
        try await record(.aiCall, 5, source: "same", in: database, account: AccountID())
        #expect(try await summary(database).totals.isEmpty)
        try await record(.aiCall, 3, source: "same", in: database)
        #expect(try await summary(database).totals == [.aiCall: 3])
    }

    @Test(arguments: TestEngine.all)
    func `nonsense amounts are clamped and overflow nothing`(engine: TestEngine) async throws {
        let database = try await engine.database(BillingModule.migrations)
        for source in ["a", "b", "c"] {
            try await record(
                .tokenOut, .max, source: source, cost: Money(micros: .max, currency: "USD"), in: database)
        }
        try await record(.tokenIn, .min, source: "d", cost: Money(micros: -5, currency: "USD"), in: database)
        try await record(.tokenIn, 1, source: "e", at: Instant(microseconds: .min), in: database)
        let summary = try await summary(database)
        #expect(summary.totals == [.tokenOut: 3 * Usage.largest, .tokenIn: 0])
        #expect(summary.costs == [Money(micros: 3 * Usage.largest, currency: "USD")])
    }

    @Test(arguments: TestEngine.all)
    func `a limited plan allows up to its limit in each month, the unlimited one anything`(engine: TestEngine) async throws {
        let database = try await engine.database(BillingModule.migrations)
        try await record(.aiCall, 9, source: "a", in: database)
        let limited = LiveUsageLedger(database: database, time: time, plan: Plan(limits: [.aiCall: 10]))
        #expect(try await limited.allows(.aiCall, quantity: 1, account: account))
        #expect(try await !limited.allows(.aiCall, quantity: 2, account: account))
        #expect(try await !limited.allows(.aiCall, quantity: .max, account: account))
        #expect(try await limited.allows(.messageOut, quantity: 1_000_000, account: account))
        #expect(try await limited.allows(.aiCall, quantity: 10, account: AccountID()))
        time.advance(by: .seconds(31 * 86_400))
        #expect(try await limited.allows(.aiCall, quantity: 10, account: account))
        let unlimited = LiveUsageLedger(database: database, time: time, plan: .unlimited)
        #expect(try await unlimited.allows(.aiCall, quantity: .max, account: account))
    }

    @Test(arguments: TestEngine.all)
    func `T39 the data map names every column`(engine: TestEngine) async throws {
        let database = try await engine.database(BillingModule.migrations)
        let columns = try await database.columns(ofTablesNamed: "billing_")
        #expect(columns == BillingModule.dataMap.mapValues { Set($0.keys) })
    }
}
