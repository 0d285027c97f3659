import Kernel
import Persistence
import PluginHost
import Synchronization
import Vault

/// Keeps a channel within its provider's rate, silent while the provider asked for it, and patient with a provider that is away: after
/// some failures in a row one message at a time finds out whether it is back, and the others wait.
///
/// All processes share it through one row for each channel. A process leases a few places of the channel's rate at once, for the next
/// moments, so that no write is made for each message; what it does not use in time is lost. A pause or a failure that one process
/// learns is read by the others with their next lease. Rates of single chats are kept in their lanes (`OutboundStore.enter`).
final class SendLimiter: Sendable {
    /// Places of a channel's rate: moments from which on one message may leave.
    private struct Lease {
        var places: ArraySlice<Instant> = []
        var takenAt = Instant(microseconds: 0)
        /// How many were asked for: it doubles while they are used up and falls back to one.
        var size = 1
        /// The rate gives no place before.
        var opensAt = Instant(microseconds: 0)
    }

    private struct State {
        var leases: [ChannelID: Lease] = [:]
        var known: [ChannelID: Known] = [:]
    }

    /// What this process knows of a channel's row.
    private struct Known {
        var allowance = SendAllowance()
        var until = Instant(microseconds: 0)
    }

    /// As far ahead a process leases, and as long it believes what it read.
    static let window = Duration.milliseconds(200)
    /// A place that is used later than this would come on top of somebody else's.
    static let grace = Duration.milliseconds(100)
    private static let mostChannels = 20_000

    private let database: any Database
    private let time: any TimeSource
    private let state = Mutex(State())
    private let flights = SingleFlight<ChannelID, SendAllowance.Answer>()

    init(database: any Database, time: any TimeSource) { (self.database, self.time) = (database, time) }

    /// Nil takes a place and allows the send now; otherwise how long to wait.
    func delay(_ channel: OpenChannel) async throws -> Duration? {
        // Those that waited for another's lease may find it used up; then they ask themselves.
        for _ in 0..<8 {
            if let answer = take(channel, at: time.now()) { return answer == .zero ? nil : answer }
            let isOurs = Atomic(false)
            let answer = try await flights.run(channel.id) {
                isOurs.store(true, ordering: .relaxed)
                return try await self.lease(channel)
            }
            switch answer {
            case .wait(let until): return max(.milliseconds(1), until.duration(since: time.now()))
            case .pass: return nil
            // One message is the probe: those that waited for the same answer wait on.
            case .probe where isOurs.load(ordering: .relaxed): return nil
            case .probe, .places: continue
            }
        }
        return Self.window
    }

    /// From what is known here: zero for now, nil when it has to be asked for.
    private func take(_ channel: OpenChannel, at now: Instant) -> Duration? {
        state.withLock { state in
            if let known = state.known[channel.id] {
                let paused = known.allowance.pausedUntil
                if paused > now { return paused.duration(since: now) }
                // Only one message finds out whether the provider is back, and the row decides which.
                if known.allowance.isProbing { return nil }
                if channel.rate == nil { return known.until > now ? .zero : nil }
            }
            guard var lease = state.leases[channel.id] else { return nil }
            defer { state.leases[channel.id] = lease }
            lease.places = lease.places.drop { max($0, lease.takenAt).advanced(by: Self.grace) < now }
            guard let first = lease.places.first else {
                return lease.opensAt > now ? lease.opensAt.duration(since: now) : nil
            }
            guard first <= now else { return first.duration(since: now) }
            lease.places.removeFirst()
            return .zero
        }
    }

    private func lease(_ channel: OpenChannel) async throws -> SendAllowance.Answer {
        let (id, account, rate, now) = (channel.id, channel.account, channel.rate, time.now())
        if rate == nil {
            let found = try await database.read(in: account) { try AllowanceStore(transaction: $0).find(id, account: account) }
            learn(found, of: id, at: now)
            if found.pausedUntil > now { return .wait(until: found.pausedUntil) }
            if !found.isProbing { return .pass }
        }
        let size = nextSize(id, rate: rate, at: now)
        let (answer, allowance) = try await database.write(in: account) { transaction in
            let store = AllowanceStore(transaction: transaction)
            var allowance = try store.locked(id, account: account)
            let answer = allowance.ask(for: size, of: rate, at: now)
            try store.set(allowance, of: id, account: account)
            return (answer, allowance)
        }
        learn(allowance, of: id, at: now)
        switch answer {
        case .places(let places): state.withLock { $0.leases[id] = Lease(places: places[...], takenAt: now, size: size) }
        case .wait(let until): state.withLock { $0.leases[id, default: Lease()].opensAt = until }
        case .pass, .probe: break
        }
        return answer
    }

    private func nextSize(_ channel: ChannelID, rate: RateLimit?, at now: Instant) -> Int {
        guard let rate else { return 1 }
        let most = max(1, Int(Self.window.inSeconds / SendAllowance.interval(rate).inSeconds))
        let last = state.withLock { $0.leases[channel] }
        guard let last, last.places.isEmpty, now.duration(since: last.takenAt) < Self.window + Self.window else { return 1 }
        return min(most, last.size * 2)
    }

    private func learn(_ allowance: SendAllowance, of channel: ChannelID, at now: Instant) {
        state.withLock { state in
            if state.known.count > Self.mostChannels {
                state.known = state.known.filter { $0.value.until > now || $0.value.allowance.pausedUntil > now }
                state.leases = state.leases.filter { state.known[$0.key] != nil }
            }
            state.known[channel] = Known(allowance: allowance, until: now.advanced(by: Self.window))
        }
    }

    /// What a delivery showed of its provider: there, or away.
    func note(_ result: OperationResult, of channel: OpenChannel) async {
        var isAway = false
        if case .failed(let failure) = result, case .retry(nil, .channel) = failure.kind { isAway = true }
        let hadFailures = state.withLock { $0.known[channel.id]?.allowance.failures ?? 0 > 0 }
        guard isAway || hadFailures else { return }
        let now = time.now()
        await change(channel) { [isAway] allowance in isAway ? allowance.fail(at: now) : allowance.recover() }
    }

    /// The provider said so: absolute, whatever places are left.
    func pause(_ channel: OpenChannel, for delay: Duration) async {
        let until = time.now().advanced(by: delay)
        await change(channel) { $0.pausedUntil = max($0.pausedUntil, until) }
    }

    /// Holds here at once; a database that is away must not change how the delivery ends.
    private func change(_ channel: OpenChannel, _ body: @escaping @Sendable (inout SendAllowance) -> Void) async {
        let (id, account, now) = (channel.id, channel.account, time.now())
        var known = state.withLock { $0.known[id]?.allowance ?? SendAllowance() }
        let stored = try? await database.write(in: account) { transaction in
            let store = AllowanceStore(transaction: transaction)
            var allowance = try store.locked(id, account: account)
            body(&allowance)
            try store.set(allowance, of: id, account: account)
            return allowance
        }
        if stored == nil { body(&known) }
        learn(stored ?? known, of: id, at: now)
    }
}

extension OpenChannel {
    fileprivate var rate: RateLimit? { driver.description.capabilities.channelRate.flatMap { $0.requests > 0 ? $0 : nil } }
}
