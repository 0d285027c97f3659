import Kernel
import Synchronization

/// How often in a row a job found that something it needs is away. It counts no attempts, so its delay must grow by another number;
/// this one is kept in memory: a process that starts anew may ask at once.
final class OutageStreaks: Sendable {
    /// What was found away longer ago than this begins anew: jobs that poll live for days.
    static let memory = Duration.seconds(120)
    private static let most = 20_000

    private let streaks = Mutex<[JobID: (count: Int, last: Duration)]>([:])

    /// Notes another time, at the uptime `now`; 1 for the first.
    func next(_ job: JobID, at now: Duration) -> Int {
        streaks.withLock { streaks in
            if streaks.count >= Self.most { streaks = streaks.filter { now - $0.value.last < Self.memory } }
            if streaks.count >= Self.most { streaks.removeAll() }
            let known = streaks[job].flatMap { now - $0.last < Self.memory ? $0.count : nil } ?? 0
            streaks[job] = (known + 1, now)
            return known + 1
        }
    }

    func end(_ job: JobID) { streaks.withLock { $0[job] = nil } }
}
