import Kernel
import Synchronization

/// Stops asking a provider that keeps failing: five failures within 30 s open it; then one call every 10 s tries again.
final class CircuitBreaker: Sendable {
    private static let limit = 5
    private static let window = Duration.seconds(30)
    private static let probeInterval = Duration.seconds(10)

    private struct State {
        var failures: [Duration] = []
        /// When it opened, or last let a call through.
        var lastTry: Duration?
    }

    private let time: any TimeSource
    private let states = Mutex<[String: State]>([:])

    init(time: any TimeSource) { self.time = time }

    /// Whether a call may be made now.
    func allows(_ endpoint: String) -> Bool {
        let now = time.uptime()
        return states.withLock { states in
            guard let lastTry = states[endpoint]?.lastTry else { return true }
            guard now - lastTry >= Self.probeInterval else { return false }
            states[endpoint]?.lastTry = now
            return true
        }
    }

    func succeeded(_ endpoint: String) { states.withLock { $0[endpoint] = nil } }

    func failed(_ endpoint: String) {
        let now = time.uptime()
        states.withLock { states in
            if states.count > 10_000 { states.removeAll() }
            var state = states[endpoint] ?? State()
            state.failures = state.failures.filter { now - $0 < Self.window } + [now]
            if state.lastTry != nil || state.failures.count >= Self.limit { state.lastTry = now }
            states[endpoint] = state
        }
    }
}
