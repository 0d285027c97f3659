package import Kernel
import Synchronization

/// Time that passes only when the test says so.
///
/// ```swift
/// let time = VirtualTime()
/// time.advance(by: .seconds(30))                       // wakes whoever slept for 30 s or less
/// try await time.autoAdvance { try await longWork() }  // hours pass in milliseconds
/// ```
package final class VirtualTime: TimeSource {
    /// 2026-03-02T06:00:00Z, a Monday.
    package static let start = Instant(seconds: 1_772_431_200)

    private struct Sleeper {
        let due: Duration
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var wall: Instant
        var uptime = Duration.seconds(1_000)
        var serial = 0
        var sleepers: [Int: Sleeper] = [:]
        /// Cancelled before they fell asleep.
        var cancelled: Set<Int> = []
    }

    private let state: Mutex<State>

    package init(_ start: Instant = VirtualTime.start) { state = Mutex(State(wall: start)) }

    package func now() -> Instant { state.withLock { $0.wall } }
    package func uptime() -> Duration { state.withLock { $0.uptime } }

    /// How many tasks sleep.
    package var sleepers: Int { state.withLock { $0.sleepers.count } }

    package func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        let key = state.withLock { state in
            state.serial += 1
            return state.serial
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let answer = state.withLock { state -> Result<Void, any Error>? in
                    if state.cancelled.remove(key) != nil { return .failure(CancellationError()) }
                    guard duration > .zero else { return .success(()) }
                    state.sleepers[key] = Sleeper(due: state.uptime + duration, continuation: continuation)
                    return nil
                }
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                let sleeper = state.sleepers.removeValue(forKey: key)
                if sleeper == nil { state.cancelled.insert(key) }
                return sleeper
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
        _ = state.withLock { $0.cancelled.remove(key) }
    }

    /// Lets `duration` pass and wakes whoever is due, the earliest first. A task that then sleeps anew counts from the end.
    package func advance(by duration: Duration) {
        let due = state.withLock { state -> [Sleeper] in
            state.uptime += duration
            state.wall = state.wall.advanced(by: duration)
            let due = state.sleepers.filter { $0.value.due <= state.uptime }.sorted {
                ($0.value.due, $0.key) < ($1.value.due, $1.key)
            }
            for entry in due { state.sleepers[entry.key] = nil }
            return due.map(\.value)
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// The wall clock is set forwards or backwards; no time passes.
    package func jump(by duration: Duration) { state.withLock { $0.wall = $0.wall.advanced(by: duration) } }

    /// Lets time pass whenever everybody sleeps, from one sleeper's moment to the next, until `body` is done.
    ///
    /// "Everybody sleeps" is a guess: it waits `quiet` of real time for somebody to move first.
    package func autoAdvance<Value: Sendable>(
        quiet: Duration = .milliseconds(2), _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            // The pace-maker ends by cancellation alone.
            group.addTask {
                while !Task.isCancelled {
                    guard (try? await Task.sleep(for: quiet)) != nil else { break }
                    self.advanceToNextSleeper()
                }
                return nil
            }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    /// Moves to the moment when the next sleeper is due; does nothing when nobody sleeps.
    package func advanceToNextSleeper() {
        let step = state.withLock { state in
            state.sleepers.values.map(\.due).min().map { max(.zero, $0 - state.uptime) }
        }
        if let step { advance(by: step) }
    }
}
