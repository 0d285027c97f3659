@_exported public import PluginABI
@_exported public import WireJSON

/// A messenger, as pure functions: what its webhooks say, which requests its actions are, and what the answers mean.
///
/// No function may read a clock, a file, the environment or a random number, or keep anything between calls: whatever it
/// needs comes as an argument, and the same arguments give the same result. None may trap, whatever the bytes are.
public protocol ChannelPlugin: Sendable {
    static var description: ChannelDescription { get }

    /// Whether the request comes from the provider. Compare secrets with `isSameSecret`.
    static func verify(_ request: WebhookRequest, in context: ChannelContext) -> Verification

    /// What a verified request says. Throw `BadBody` for what the provider never sends; for things that are merely of no
    /// interest return no events, so that the provider gets its 200.
    static func parse(_ request: WebhookRequest, in context: ChannelContext) throws -> ParsedWebhook

    /// One step of an operation: either a request to perform, or the result.
    ///
    /// The first call of an operation has no `state` and the input `.start`; after a failure with `resume`, the first call
    /// has that state and `.start`.
    static func step(
        _ operation: ChannelOperation, state: JSON?, input: StepInput, in context: ChannelContext
    ) throws -> ChannelStep
}

/// A body that is not what the provider documents.
public struct BadBody: Error, Sendable {
    /// For operators: English, no content of the body.
    public let explanation: String
    public init(_ explanation: String) { self.explanation = explanation }
}

/// An operation or action that the channel does not have.
public struct Unsupported: Error, Sendable {
    public let explanation: String
    public init(_ explanation: String) { self.explanation = explanation }
}
