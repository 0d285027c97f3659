import Kernel
import Persistence
import Synchronization

/// Keeps apart what is asked of one channel's provider and nobody waits for: pictures, names.
///
/// A thousand new customers are neither a thousand requests at once nor a line behind one request that is to be made again in an hour.
/// Each process of an installation spaces its own.
final class ChannelSpacing: Sendable {
    /// Ten a second, below every provider's limit.
    static let interval = Duration.milliseconds(100)
    /// Requests of a channel under way at once, however slow its provider is; one where the provider serves one at a time.
    static let atOnce = 4

    private struct Line {
        /// When the next may begin.
        var next: Instant
        var running = 0
    }

    private let time: any TimeSource
    private let lines = Mutex<[ChannelID: Line]>([:])

    init(time: any TimeSource) { self.time = time }

    /// How long the next waits for its turn; the turn is taken.
    func turn(_ channel: ChannelID) -> Duration {
        let now = time.now()
        return lines.withLock { lines in
            if lines.count > 1_000 { lines = lines.filter { $0.value.running > 0 || $0.value.next > now } }
            var line = lines[channel] ?? Line(next: now)
            line.next = max(line.next, now)
            defer {
                line.next = line.next.advanced(by: Self.interval)
                lines[channel] = line
            }
            return line.next.duration(since: now)
        }
    }

    /// Runs `request`, or throws `JobDeferred` while as many as may are under way.
    func run(_ channel: ChannelID, isSerial: Bool, _ request: () async throws -> Void) async throws {
        let now = time.now()
        let begins = lines.withLock { lines in
            guard lines[channel, default: Line(next: now)].running < (isSerial ? 1 : Self.atOnce) else { return false }
            lines[channel, default: Line(next: now)].running += 1
            return true
        }
        guard begins else { throw JobDeferred(by: .seconds(1) + turn(channel)) }
        defer { lines.withLock { $0[channel]?.running -= 1 } }
        try await request()
    }
}
