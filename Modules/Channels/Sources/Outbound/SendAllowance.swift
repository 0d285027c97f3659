import Kernel
import PluginHost

/// What all processes together may still send through one channel: a rate, a pause, and how the provider fared lately.
struct SendAllowance: Hashable, Sendable {
    /// The rate's next free place without any burst. It rises by one interval for each place that is given away.
    var nextAt = Instant(microseconds: 0)
    var pausedUntil = Instant(microseconds: 0)
    /// In a row.
    var failures = 0

    enum Answer: Hashable, Sendable {
        /// A message may leave at each of these, the earliest first.
        case places([Instant])
        /// Without a rate.
        case pass
        /// One message may leave and find out whether the provider is back.
        case probe
        case wait(until: Instant)
    }

    /// How many failures in a row close a channel but for one message at a time.
    private static let mostFailures = 3
    /// A request that finds out has ended by then.
    private static let probe = Duration.seconds(60)

    var isProbing: Bool { failures >= Self.mostFailures }

    static func interval(_ rate: RateLimit) -> Duration {
        .microseconds(max(1, rate.period.wholeMicroseconds / Int64(max(1, rate.requests))))
    }

    /// Gives away up to `count` places of `rate` that come within the limiter's window.
    mutating func ask(for count: Int, of rate: RateLimit?, at now: Instant) -> Answer {
        if pausedUntil > now { return .wait(until: pausedUntil) }
        if isProbing {
            pausedUntil = now.advanced(by: Self.probe)
            return .probe
        }
        guard let rate else { return .pass }
        guard let first = Self.take(&nextAt, of: rate, at: now) else {
            return .wait(until: Self.opens(nextAt, rate))
        }
        var places = [first]
        let end = now.advanced(by: SendLimiter.window)
        while places.count < count, let place = Self.take(&nextAt, of: rate, at: now, until: end) { places.append(place) }
        return .places(places)
    }

    /// One place of a rate that is kept as its next free place; nil when the earliest comes after `end`, or after now.
    static func take(_ nextAt: inout Instant, of rate: RateLimit, at now: Instant, until end: Instant? = nil) -> Instant? {
        let interval = interval(rate)
        let burst = Int64(max(1, rate.burst))
        // Further ahead than a full bucket and a window it cannot be, unless the clock was set back.
        let furthest = now.advanced(by: .microseconds(interval.wholeMicroseconds &* burst)).advanced(by: SendLimiter.window)
        let free = min(max(nextAt, now), furthest)
        let place = opens(free, rate)
        nextAt = free
        guard place <= end ?? now else { return nil }
        nextAt = free.advanced(by: interval)
        return max(place, now)
    }

    /// When a place that is free at `next` without a burst may be used with it.
    static func opens(_ next: Instant, _ rate: RateLimit) -> Instant {
        let spare = Int64(max(1, rate.burst) - 1)
        return next.advanced(by: .microseconds(-(interval(rate).wholeMicroseconds &* spare)))
    }

    mutating func fail(at now: Instant) {
        failures = min(failures + 1, 1_000)
        guard isProbing else { return }
        pausedUntil = now.advanced(by: .seconds(Int64(1 << min(failures - Self.mostFailures, 5))))
    }

    /// It answered: those that waited for a probe go on.
    mutating func recover() {
        if isProbing { pausedUntil = Instant(microseconds: 0) }
        failures = 0
    }
}
