import Kernel
import PluginHost
import Synchronization

/// Keeps a channel within its provider's rates, silent while the provider asked for it, and patient with a provider that is away: after
/// some failures in a row one message at a time finds out whether it is back, and the others wait.
final class SendLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var at: Duration
    }

    private struct State {
        var buckets: [String: Bucket] = [:]
        var pauses: [String: Duration] = [:]
        /// Of channels whose provider failed, in a row.
        var failures: [String: Int] = [:]
    }

    /// How many failures in a row close a channel but for one message at a time.
    private static let mostFailures = 3
    /// A request that finds out has ended by then.
    private static let probe = Duration.seconds(60)

    private let time: any TimeSource
    private let state = Mutex(State())

    init(time: any TimeSource) { self.time = time }

    /// Nil takes a place and allows the send now; otherwise how long to wait.
    func delay(_ channel: OpenChannel, thread: String) -> Duration? {
        let now = time.uptime()
        let capabilities = channel.driver.description.capabilities
        let keys = [(channel.id.description, capabilities.channelRate), ("\(channel.id)/\(thread)", capabilities.chatRate)]
        return state.withLock { state in
            if state.buckets.count > 20_000 { state.buckets = state.buckets.filter { (now - $0.value.at).inSeconds < 60 } }
            state.pauses = state.pauses.filter { $0.value > now }
            for (key, _) in keys { if let until = state.pauses[key] { return until - now } }
            let isProbing = state.failures[channel.id.description, default: 0] >= Self.mostFailures
            var taken: [(String, Bucket)] = []
            for (key, limit) in keys {
                guard let limit, limit.requests > 0 else { continue }
                let rate = Double(limit.requests) / max(0.001, limit.period.inSeconds)
                var bucket = state.buckets[key] ?? Bucket(tokens: Double(limit.burst), at: now)
                bucket.tokens = min(Double(limit.burst), bucket.tokens + (now - bucket.at).inSeconds * rate)
                bucket.at = now
                guard bucket.tokens >= 1 else { return .milliseconds(Int64((1 - bucket.tokens) / rate * 1_000) + 1) }
                bucket.tokens -= 1
                taken.append((key, bucket))
            }
            for (key, bucket) in taken { state.buckets[key] = bucket }
            // Whoever comes next waits for the answer to this one.
            if isProbing { state.pauses[channel.id.description] = now + Self.probe }
            return nil
        }
    }

    /// What a delivery showed of its provider: there, or away.
    func note(_ result: OperationResult, of channel: OpenChannel) {
        let key = channel.id.description
        var isAway = false
        if case .failed(let failure) = result, case .retry(nil, .channel) = failure.kind { isAway = true }
        let now = time.uptime()
        state.withLock { state in
            guard isAway else {
                // It answered: those that waited for a probe go on.
                if state.failures.removeValue(forKey: key) ?? 0 >= Self.mostFailures { state.pauses[key] = nil }
                return
            }
            let count = state.failures[key, default: 0] + 1
            state.failures[key] = count
            if count >= Self.mostFailures { state.pauses[key] = now + .seconds(Int64(1 << min(count - Self.mostFailures, 5))) }
        }
    }

    /// The provider said so: absolute, whatever the buckets hold. A nil thread pauses the whole channel.
    func pause(_ channel: OpenChannel, thread: String?, for delay: Duration) {
        let key = thread.map { "\(channel.id)/\($0)" } ?? channel.id.description
        let until = time.uptime() + delay
        state.withLock { $0.pauses[key] = max(until, $0.pauses[key] ?? until) }
    }
}
