import Glibc

/// Where a module learns what time it is and how it waits: the system's clock in production, a virtual one in tests.
package protocol TimeSource: Sendable {
    /// The wall clock. It may jump; nothing that holds a lease may rely on it alone.
    func now() -> Instant

    /// Time since some fixed moment; never jumps. Leases and timeouts are measured with it.
    func uptime() -> Duration

    /// Returns once `duration` has passed, or throws `CancellationError` when the task is cancelled first.
    func sleep(for duration: Duration) async throws
}

/// The operating system's time.
package struct SystemTime: TimeSource {
    package init() {}
    package func now() -> Instant { .system() }
    package func uptime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }
    package func sleep(for duration: Duration) async throws {
        try await ContinuousClock().sleep(for: duration)
    }
}

/// Where a module gets unpredictable numbers: the system in production, a seed in tests.
package struct Randomness: Sendable {
    /// 64 fresh bits a call.
    package let next: @Sendable () -> UInt64

    package init(next: @escaping @Sendable () -> UInt64) { self.next = next }

    /// The operating system's cryptographic generator.
    package static let system = Randomness { UInt64.random(in: .min ... .max) }

    /// A value of 0..<1, for jitter.
    package func unit() -> Double { Double(next() >> 11) / Double(UInt64(1) << 53) }

    package func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            withUnsafeBytes(of: next()) { bytes.append(contentsOf: $0.prefix(count - bytes.count)) }
        }
        return bytes
    }
}
