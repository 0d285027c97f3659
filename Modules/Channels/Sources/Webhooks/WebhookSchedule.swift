import Kernel

/// When a delivery is tried again: ten tries over about 75 hours, as the Standard Webhooks scheme proposes.
enum WebhookSchedule {
    /// After the first failure, after the second, and so on.
    private static let delays: [Duration] = [
        .seconds(5), .seconds(5 * 60), .seconds(30 * 60), .seconds(2 * 3_600), .seconds(5 * 3_600), .seconds(10 * 3_600),
        .seconds(14 * 3_600), .seconds(20 * 3_600), .seconds(24 * 3_600),
    ]
    /// A receiver that asks for more patience is tried after a day all the same.
    static let longestPause = Duration.seconds(86_400)

    /// How long to wait after `tries` failures, up to a tenth more or less so that those that failed together do not come back together.
    /// Nil when it was the last one.
    static func delay(after tries: Int, _ randomness: Randomness) -> Duration? {
        guard delays.indices.contains(tries - 1) else { return nil }
        let micros = Double(delays[tries - 1].wholeMicroseconds) * (0.9 + 0.2 * randomness.unit())
        return .microseconds(Int64(micros))
    }
}
