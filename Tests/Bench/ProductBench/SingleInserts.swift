import Foundation
import Kernel
import Persistence
import Synchronization

/// What a webhook would cost without group commit: each INSERT is a durable transaction of its own, and 64 callers stand in line.
final class SingleInserts: Sendable {
    private static let callers = 64

    private static let migration = Migration(
        "bench.1-deliveries",
        "CREATE TABLE bench_delivery (account_id UUID NOT NULL, id UUID NOT NULL, body BYTEA NOT NULL, PRIMARY KEY (account_id, id))"
    )

    private let place: BenchPlace
    private let clock = ContinuousClock()
    private let latencies = Mutex<[Double]>([])

    init(_ place: BenchPlace) { self.place = place }

    func measure(seconds: Int) async throws -> [String: Double] {
        let database = try await place.open(also: [Self.migration])
        let (account, line) = (AccountID(), Line())
        let body = Randomness.system.bytes(700)
        let start = clock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.callers {
                group.addTask {
                    while self.clock.now - start < .seconds(seconds) { try await self.insert(body, in: database, account, line) }
                }
            }
            try await group.waitForAll()
        }
        let elapsed = (clock.now - start).seconds
        await database.close()
        let sorted = latencies.withLock { $0.sorted() }
        return [
            "per_second": Double(sorted.count) / elapsed, "p50_ms": sorted[sorted.count / 2],
            "p99_ms": sorted[sorted.count * 99 / 100],
        ]
    }

    private func insert(_ body: [UInt8], in database: any Database, _ account: AccountID, _ line: Line) async throws {
        let asked = clock.now
        await line.enter()
        let id = Identifier<Never>()
        _ = try await database.write(in: account) {
            try $0.execute("INSERT INTO bench_delivery (account_id, id, body) VALUES (\(account), \(id), \(body))")
        }
        await line.leave()
        let latency = (clock.now - asked).seconds
        latencies.withLock { $0.append(latency * 1_000) }
    }

    /// Lets one at a time through, first come, first served.
    private actor Line {
        private var isTaken = false
        private var waiting: [CheckedContinuation<Void, Never>] = []
        private var served = 0

        func enter() async {
            if isTaken { await withCheckedContinuation { waiting.append($0) } }
            isTaken = true
        }

        func leave() {
            guard served < waiting.count else {
                (isTaken, waiting, served) = (false, [], 0)
                return
            }
            served += 1
            waiting[served - 1].resume()
        }
    }
}
