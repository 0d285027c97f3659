package import Kernel
import Synchronization

/// Token buckets by class and caller.
package final class RateLimiter: Sendable {
    package struct Limit: Sendable {
        /// Tokens a second, and how many may be saved up.
        package let rate: Double
        package let burst: Double

        package init(rate: Double, burst: Double) { (self.rate, self.burst) = (rate, burst) }
    }

    private struct Bucket {
        var tokens: Double
        var at: Duration
    }

    private let limits: [Route.RateClass: Limit]
    private let time: any TimeSource
    private let table = Mutex(Table())

    private struct Table {
        var buckets: [String: Bucket] = [:]
        var swept = Duration.zero
    }

    package init(limits: [Route.RateClass: Limit] = RateLimiter.standard, time: any TimeSource) {
        (self.limits, self.time) = (limits, time)
    }

    /// Webhooks are limited by channel in Channels, not by the provider's few addresses.
    package static let standard: [Route.RateClass: Limit] = [
        .standard: Limit(rate: 50, burst: 400), .credentials: Limit(rate: 0.5, burst: 50), .visitor: Limit(rate: 10, burst: 60),
        .visitorFile: Limit(rate: 0.5, burst: 20), .page: Limit(rate: 100, burst: 1_000),
    ]
    /// An API key's share, whatever address it comes from.
    package static let apiKey = Limit(rate: 10, burst: 50)

    /// Takes a token of `key`. Throws `Problem.rateLimited` with the time until the next one.
    func take(_ key: String, _ rateClass: Route.RateClass) throws {
        guard let limit = limits[rateClass] else { return }
        try take("\(rateClass.rawValue)/\(key)", limit)
    }

    package func take(_ key: String, _ limit: Limit) throws {
        let now = time.uptime()
        let wait = table.withLock { table -> Double? in
            // A bucket that would be full again says nothing: the table stays as small as the last minutes' callers. At most once
            // a second, or sweeping would itself be the denial of service.
            if table.buckets.count > 50_000, now - table.swept > .seconds(1) {
                table.buckets = table.buckets.filter { (now - $0.value.at).inSeconds < 60 }
                table.swept = now
            }
            var bucket = table.buckets[key] ?? Bucket(tokens: limit.burst, at: now)
            bucket.tokens = min(limit.burst, bucket.tokens + (now - bucket.at).inSeconds * limit.rate)
            bucket.at = now
            defer { table.buckets[key] = bucket }
            guard bucket.tokens >= 1 else { return (1 - bucket.tokens) / limit.rate }
            bucket.tokens -= 1
            return nil
        }
        if let wait { throw Problem.rateLimited(retryAfter: .milliseconds(Int64(wait * 1_000))) }
    }
}
