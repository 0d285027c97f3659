import Kernel
import PluginHost

/// Calls of a channel plugin in this process: what the way to a process of its own is compared with.
struct InProcessCalls {
    private let driver: DynamicDriver

    init(file: String) throws { driver = try DynamicDriver(path: file) }

    /// Parses the body with which the contract kit times the way to a plugin's process. In microseconds.
    func measure(_ count: Int) async throws -> [String: Double] {
        let body = Array((#"{"update_id":7,"message":{"text":""# + String(repeating: "a", count: 1_900) + #""}}"#).utf8)
        let context = ChannelContext(now: Instant(seconds: 1_781_512_000), settings: [:], secrets: [])
        let clock = ContinuousClock()
        var times: [Duration] = []
        for _ in 0..<count {
            let begin = clock.now
            _ = try await driver.parse(WebhookRequest(origin: .local, body: body), in: context)
            times.append(clock.now - begin)
        }
        times.sort()
        return ["p50_us": times[count / 2].seconds * 1e6, "p99_us": times[count * 99 / 100].seconds * 1e6]
    }
}
