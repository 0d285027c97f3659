/// When a plugin that crashed may run again: after 1, 2, 4 … 60 seconds, and not at all after five crashes within ten minutes.
struct RestartPolicy {
    static let most = 5
    static let window = Duration.seconds(600)
    static let longest = Duration.seconds(60)

    enum Verdict: Hashable {
        case again(after: Duration)
        case quarantine
    }

    /// Uptimes of the crashes within the window, oldest first.
    private var crashes: [Duration] = []

    /// `now` is a monotonic uptime.
    mutating func crashed(at now: Duration) -> Verdict {
        crashes = crashes.filter { now - $0 < Self.window } + [now]
        guard crashes.count < Self.most else { return .quarantine }
        return .again(after: min(Self.longest, .seconds(Int64(1 << (crashes.count - 1)))))
    }
}
