/// What went wrong, as a row of a provider's error table says it.
public struct ChannelFailure: Sendable {
    public let kind: OperationFailure.Kind
    public let reason: Reason

    public init(_ kind: OperationFailure.Kind, _ reason: Reason) { (self.kind, self.reason) = (kind, reason) }

    /// To be tried again; nothing else of the channel has a chance before.
    public static func later(_ reason: Reason, after: Int64? = nil) -> ChannelFailure {
        ChannelFailure(.retry(after: after, scope: .channel), reason)
    }

    /// The result of an operation that failed so.
    public var step: ChannelStep { .failed(kind, reason) }
}

extension ChannelStep {
    public static func failed(
        _ kind: OperationFailure.Kind, _ reason: Reason, sent: [String] = [], resume: JSON? = nil
    ) -> ChannelStep {
        .result(.failed(OperationFailure(kind, reason, sent: sent, resume: resume)))
    }
}

/// Why an action cannot even be tried.
public struct PlanningFault: Error, Sendable {
    public let reason: Reason
    public init(_ reason: Reason) { self.reason = reason }
}

extension HTTPResponse {
    public var isSuccess: Bool { (200...299).contains(status) }

    /// The milliseconds that `Retry-After` asks for, at most a day; nil without it, and for a date, which no provider sends.
    public var retryAfter: Int64? { Self.wait(header("retry-after").flatMap { Int64($0) }) }

    /// A wait in seconds that a provider names, in milliseconds and at most a day.
    public static func wait(_ seconds: Int64?) -> Int64? {
        seconds.map { min(max(Milliseconds.ofSeconds($0), 0), Milliseconds.day) }
    }
}
