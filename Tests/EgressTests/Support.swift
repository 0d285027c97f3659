import Egress
import Kernel
import Synchronization
import Testing

/// What threads of a test tell each other.
final class Box<Value: Sendable>: Sendable {
    private let value: Mutex<Value>
    init(_ value: Value) { self.value = Mutex(value) }
    func with<Result: Sendable>(_ body: @Sendable (inout Value) -> Result) -> Result { value.withLock { body(&$0) } }
    var now: Value { value.withLock { $0 } }
}

/// A client that may reach 127.0.0.0/8, and the log of its attempts.
struct Client: Sendable {
    let egress: CurlEgress
    let log: Box<[EgressLogEntry]>

    init(
        allowing networks: [String] = ["127.0.0.0/8"], declared: @escaping @Sendable (String) -> Bool = { _ in true },
        configure change: (inout CurlEgress.Configuration) -> Void = { _ in }
    ) {
        let log = Box<[EgressLogEntry]>([])
        var configuration = CurlEgress.Configuration(
            policy: EgressPolicy(allowedPrivateNetworks: networks.compactMap { NetworkRange($0) }))
        change(&configuration)
        self.log = log
        egress = CurlEgress(
            configuration, register: EgressRegisterCheck { host, _, _ in declared(host) },
            observer: { entry in log.with { $0.append(entry) } })
    }

    /// What the request is refused with; records an issue when it is not.
    func failure(_ request: EgressRequest) async -> EgressError? {
        do {
            let response = try await egress.send(request)
            Issue.record("answered \(response.status)")
        } catch let error as EgressError { return error } catch { Issue.record(error) }
        return nil
    }
}

extension EgressRequest {
    static func test(_ url: String) -> EgressRequest { test(.get, url) }

    static func test(_ method: EgressMethod, _ url: String, body: String = "") -> EgressRequest {
        EgressRequest(method, url, purpose: .tenantWebhook, body: Array(body.utf8))
    }

    func with(_ change: (inout EgressRequest) -> Void) -> EgressRequest {
        var copy = self
        change(&copy)
        return copy
    }
}

/// Waits until `condition` holds; generous, because the machine may be busy.
func eventually(_ condition: () -> Bool) async throws -> Bool {
    for _ in 0..<1_000 {
        if condition() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return condition()
}
