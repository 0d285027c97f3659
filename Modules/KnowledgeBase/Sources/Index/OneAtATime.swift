import Synchronization

/// Lets one caller work while others who want the same wait for it instead of doing it again.
final class OneAtATime: Sendable {
    private let waiting = Mutex<[CheckedContinuation<Bool, Never>]?>(nil)

    /// Runs `work`, or waits until somebody else's run is over, however it ended: look again then.
    ///
    /// The work runs in the first caller's task, so its cancellation is that caller's.
    func run(_ work: () async throws -> Void) async throws {
        let leads = await withCheckedContinuation { continuation in
            let leads = waiting.withLock { waiting in
                guard waiting != nil else {
                    waiting = []
                    return true
                }
                waiting?.append(continuation)
                return false
            }
            if leads { continuation.resume(returning: true) }
        }
        guard leads else { return }
        defer {
            let followers = waiting.withLock { waiting in
                defer { waiting = nil }
                return waiting ?? []
            }
            for follower in followers { follower.resume(returning: false) }
        }
        try await work()
    }
}
