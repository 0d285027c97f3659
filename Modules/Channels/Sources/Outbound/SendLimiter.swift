import Kernel
import PluginHost
import Synchronization

/// Keeps a channel within its provider's rates, and silent while the provider asked for it.
final class SendLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var at: Duration
    }

    private struct State {
        var buckets: [String: Bucket] = [:]
        var pauses: [String: Duration] = [:]
    }

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
            return nil
        }
    }

    /// The provider said so: absolute, whatever the buckets hold. A nil thread pauses the whole channel.
    func pause(_ channel: OpenChannel, thread: String?, for delay: Duration) {
        let key = thread.map { "\(channel.id)/\($0)" } ?? channel.id.description
        let until = time.uptime() + delay
        state.withLock { $0.pauses[key] = max(until, $0.pauses[key] ?? until) }
    }
}
