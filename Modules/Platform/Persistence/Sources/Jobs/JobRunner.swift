import Foundation
package import Kernel
package import Logging
import Metrics
import ServiceLifecycle
import Synchronization

/// Runs the queued jobs that this process has handlers for, until the process stops.
///
/// Most jobs come by hand-over from the commit that made them; what is queued is claimed in batches as capacity frees. Each job runs in
/// its own task; finished ones are removed in batches, or by the handler in the transaction of its effects. Stopping waits for running
/// jobs and gives the rest back.
package final class JobRunner: Service {
    private static let decoder = JSONDecoder()
    /// Jobs of this process in hand at once.
    private static let capacity = 256
    private static let beatInterval = Duration.seconds(10)
    /// A running job whose worker has not beaten for so long is given to another.
    private static let lease = Duration.seconds(30)
    /// A lease of our own that we do not know of: between its commit and its start lie milliseconds, unless the commit's answer was lost.
    private static let ownLease = Duration.seconds(10)

    private let database: any Database
    private let time: any TimeSource
    private let randomness: Randomness
    private let logger: Logger
    private let signal: WakeSignal
    private let finished: FinishedJobs
    private let outbox: Outbox
    private var handover: JobHandover { outbox.handover }
    private let outages = OutageStreaks()
    private let handlers = Mutex<[String: JobHandler]>([:])
    private let crons = Mutex<[Cron]>([])
    private let stopping = Mutex(false)
    /// What this process runs or is about to run. A lease of ours that is not here was committed without our hearing of it.
    private let inHand = Mutex<Set<JobID>>([])
    /// `pid@boot-time` of this process, so that a restarted server recognises its predecessor's leases.
    package let owner: String

    package init(
        database: any Database, outbox: Outbox, signal: WakeSignal, owner: String, time: any TimeSource,
        randomness: Randomness, logger: Logger
    ) {
        (self.database, self.time, self.randomness, self.logger) = (database, time, randomness, logger)
        (self.signal, self.owner) = (signal, owner)
        finished = FinishedJobs(database: database)
        self.outbox = outbox
    }

    /// Calls `handler` for each job of type `P`. A handler that throws is called again later with a growing delay.
    package func handle<P: JobPayload>(
        _ type: P.Type, _ handler: @escaping @Sendable (P, JobContext) async throws -> Void
    ) {
        handlers.withLock { handlers in
            precondition(handlers[P.queue] == nil, "two handlers for \(P.queue)")
            handlers[P.queue] = { context in
                try await handler(try Self.decoder.decode(P.self, from: Data(context.job.payload.utf8)), context)
            }
        }
    }

    /// Calls `action` each `interval`, in one process of the installation, from the first start on.
    package func every(_ interval: Duration, _ name: String, _ action: @escaping @Sendable () async throws -> Void) {
        crons.withLock { $0.append(Cron(name: name, interval: interval, action: action)) }
    }

    package func run() async throws {
        // Now, not in `init`: modules subscribe while the graph is being put together.
        handlers.withLock { $0.merge(outbox.handlers()) { own, _ in own } }
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.beatRegularly() }
                group.addTask { await self.rescueRegularly() }
                for cron in crons.withLock({ $0 }) { group.addTask { await self.run(cron) } }
                await work()
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.stopping.withLock { $0 = true }
            self.signal.wake()
        }
    }

    private var isStopping: Bool { stopping.withLock { $0 } || Task.isCancelled }

    private func work() async {
        let queues = handlers.withLock { Array($0.keys).sorted() }
        let (handed, source) = AsyncStream.makeStream(of: Job.self)
        handover.attach(owner: owner, queues: Set(queues), capacity: Self.capacity) { [self] job in
            _ = inHand.withLock { $0.insert(job.id) }
            source.yield(job)
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await withDiscardingTaskGroup { jobs in
                    for await job in handed { jobs.addTask { await self.runAndGiveBack(job) } }
                }
            }
            await claimAndRun(queues)
            handover.detach()
            while handover.hasPromises { try? await Task.sleep(for: .milliseconds(1)) }
            source.finish()
            await group.waitForAll()
        }
        await finished.flush()
    }

    private func claimAndRun(_ queues: [String]) async {
        await withDiscardingTaskGroup { group in
            while !isStopping {
                // Half of them, so that hand-over goes on during the look.
                let places = handover.take(Self.capacity / 2)
                var claimed: [Job] = []
                if places > 0 {
                    do { claimed = try await claim(queues, limit: places) } catch {
                        handover.giveBack(places)
                        logger.warning("jobs cannot be claimed", metadata: ["error": "\(error)"])
                        try? await time.sleep(for: .milliseconds(500))
                        continue
                    }
                    handover.giveBack(places - claimed.count)
                }
                inHand.withLock { $0.formUnion(claimed.map(\.id)) }
                for job in claimed { group.addTask { await self.runAndGiveBack(job) } }
                if claimed.isEmpty { await waitForWork() }
            }
        }
    }

    private func runAndGiveBack(_ job: Job) async {
        await run(job)
        _ = inHand.withLock { $0.remove(job.id) }
        handover.giveBack(1)
        // The next job of its key may be waiting in the queue.
        if handover.isBehind { signal.wakeHere() }
    }

    private func claim(_ queues: [String], limit: Int) async throws -> [Job] {
        let (owner, now, mark) = (owner, time.now(), handover.beginLook())
        do {
            let (jobs, isEmpty) = try await database.writeSystem(.jobs) { transaction in
                let store = JobStore(transaction: transaction)
                let jobs = try store.claim(queues, limit: limit, owner: owner, at: now)
                return (jobs, try !store.hasDue(queues, at: now))
            }
            handover.looked(mark, isEmpty: isEmpty)
            failpoint("outbox.claim.after")
            Counter(label: "sevensales_jobs_claimed_total").increment(by: jobs.count)
            return jobs
        } catch SQLError.notUnique {
            // Another process started a job of the same key between this claim's look and its write.
            return []
        }
    }

    private func waitForWork() async {
        let now = time.now()
        let next = try? await database.readSystem(.jobs) { try JobStore(transaction: $0).nextRun(after: now) }
        let delay = min(next.flatMap { $0 }?.duration(since: time.now()) ?? .seconds(1), .seconds(1))
        guard delay > .zero else { return }
        await signal.waitOrSleep(delay, time)
    }

    private func run(_ job: Job) async {
        guard let handler = handlers.withLock({ $0[job.queue] }) else { return }
        let state = Mutex(false)
        let context = JobContext(job: job) { [database] job, effects in
            try await database.write(in: job.account) { transaction in
                guard try JobStore(transaction: transaction).remove(job) else { throw DeliveryLost() }
                try effects(transaction)
            }
            state.withLock { $0 = true }
        }
        do {
            try await WorkClass.$isBackground.withValue(true) { try await handler(context) }
            if !state.withLock({ $0 }) { try await finished.remove(job) }
            outages.end(job.id)
            Counter(label: "sevensales_jobs_completed_total").increment()
        } catch is DeliveryLost {
            logger.notice("job was taken over by another worker", metadata: ["queue": "\(job.queue)", "job": "\(job.id)"])
        } catch let deferral as JobDeferred {
            await giveBack(job, after: deferral.delay, counting: false, error: nil)
        } catch is CancellationError where isStopping {
            await giveBack(job, after: .zero, counting: false, error: nil)
        } catch {
            guard !state.withLock({ $0 }) else { return }
            await fail(job, error)
        }
    }

    private func fail(_ job: Job, _ error: any Error) async {
        let text = String("\(error)".prefix(500))
        Counter(label: "sevensales_jobs_failed_total", dimensions: [("queue", job.queue)]).increment()
        if case Problem.unavailable = error {
            // Nobody's fault: the database or a provider is away. It does not bring the job nearer to the dead letter.
            await giveBack(job, after: backoff(min(outages.next(job.id, at: time.uptime()), 7)), counting: false, error: text)
        } else if job.attempt < job.maxAttempts {
            logger.warning(
                "job failed, will be tried again", metadata: ["queue": "\(job.queue)", "job": "\(job.id)", "error": "\(text)"])
            await giveBack(job, after: backoff(job.attempt), counting: true, error: text)
        } else {
            logger.error(
                "job failed for good; retry it with: sevensales jobs retry \(job.id)",
                metadata: ["queue": "\(job.queue)", "error": "\(text)"])
            Counter(label: "sevensales_jobs_dead_total").increment()
            await persist { [database] in
                try await database.writeSystem(.jobs) { try JobStore(transaction: $0).bury(job, error: text) }
            }
        }
    }

    private func giveBack(_ job: Job, after delay: Duration, counting: Bool, error: String?) async {
        let date = time.now().advanced(by: delay)
        await persist { [database] in
            try await database.writeSystem(.jobs) {
                try JobStore(transaction: $0).release(job, until: date, counting: counting, error: error)
            }
        }
        signal.reschedule()
    }

    /// Tries until the database answers; when the process ends before, the lease runs out instead.
    private func persist(_ write: () async throws -> Void) async {
        repeat {
            do { return try await write() } catch { try? await time.sleep(for: .milliseconds(500)) }
        } while !isStopping
    }

    /// 0.5 s, 1 s, 2 s … ten minutes, each shortened by up to half at random.
    private func backoff(_ attempt: Int) -> Duration {
        let seconds = min(600, 0.5 * Double(1 << min(max(attempt, 1) - 1, 20)))
        return .milliseconds(Int64(seconds * 1_000 * (0.5 + randomness.unit() / 2)))
    }

    private func beatRegularly() async {
        let owner = owner
        while (try? await time.sleep(for: Self.beatInterval)) != nil {
            try? await database.writeSystem(.jobs) { try JobStore(transaction: $0).beat(owner: owner) }
        }
    }

    /// Gives jobs of dead workers to living ones. A lease counts as dead when its heartbeat has stood still for the lease
    /// time *as this process's monotonic clock saw it*, so a jump of the wall clock expires nothing.
    private func rescueRegularly() async {
        var seen: [JobID: (fence: Int64, beat: Int64, since: Duration)] = [:]
        while (try? await time.sleep(for: .seconds(5))) != nil {
            let owner = owner
            guard let leases = try? await database.readSystem(.jobs, { try JobStore(transaction: $0).leases() }) else { continue }
            var still: [JobID: (fence: Int64, beat: Int64, since: Duration)] = [:]
            for lease in leases {
                let (now, isOwn) = (time.uptime(), lease.owner == owner)
                if isOwn, inHand.withLock({ $0.contains(lease.id) }) { continue }
                // Our own heartbeat moves on a lease whether or not we know of it.
                guard let known = seen[lease.id], known.fence == lease.fence, isOwn || known.beat == lease.beat else {
                    still[lease.id] = (lease.fence, lease.beat, now)
                    continue
                }
                guard now - known.since >= (isOwn ? Self.ownLease : Self.lease) else {
                    still[lease.id] = known
                    continue
                }
                let rescued = try? await database.writeSystem(.jobs) {
                    try JobStore(transaction: $0)
                        .rescue(account: lease.account, id: lease.id, fence: lease.fence, beat: lease.beat)
                }
                if rescued == true {
                    logger.notice("rescued a job of a dead worker", metadata: ["job": "\(lease.id)", "worker": "\(lease.owner)"])
                    signal.wake()
                }
            }
            seen = still
        }
    }

    private func run(_ cron: Cron) async {
        while !isStopping {
            do {
                if try await cron.take(database, at: time.now()) { try await cron.action() }
                try await time.sleep(for: min(cron.interval, .seconds(30)))
            } catch is CancellationError where isStopping {
                return
            } catch {
                logger.error("scheduled work failed", metadata: ["name": "\(cron.name)", "error": "\(error)"])
                try? await time.sleep(for: .seconds(30))
            }
        }
    }
}
