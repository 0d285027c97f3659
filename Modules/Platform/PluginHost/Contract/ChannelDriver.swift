/// A loaded channel plugin, wherever its code runs.
///
/// Every call is pure: no state is kept between calls, the same arguments give the same answer, and a call may be repeated
/// after a crash. Calls may run at the same time. They throw `PluginFault` only; nothing a plugin answers traps the host.
package protocol ChannelDriver: Sendable {
    /// What the channel is and can do; read once when the plugin was loaded.
    var description: ChannelDescription { get }

    /// Where its code runs.
    var mode: PluginMode { get }

    /// Linked and loaded plugins always work, or this process would not.
    var condition: DriverCondition { get }

    /// Lets a quarantined plugin try again at once; nothing to do for others.
    func release()

    /// Whether `request` comes from the provider of the channel described by `context`.
    func verify(_ request: WebhookRequest, in context: ChannelContext) async throws -> Verification

    /// What a verified request says. Call it only after `verify` accepted the same request.
    ///
    /// Throws `PluginFault.badBody` when the provider sent something that is not its documented format: store the raw body
    /// and answer 200, a repetition would not help.
    func parse(_ request: WebhookRequest, in context: ChannelContext) async throws -> ParsedWebhook

    /// One step of `operation`: begin with a nil `state` (or the `resume` state of an earlier failure) and `.start`, then
    /// hand back the state of each `.request` together with what became of it, until a `.result`.
    ///
    /// Before performing a request, store its `state` and `remember`: after a crash in between, continue with `.failure(.unknown)`.
    func step(
        _ operation: ChannelOperation, state: PluginState?, input: StepInput, in context: ChannelContext
    ) async throws -> ChannelStep
}

/// Why a plugin's answer cannot be used. Texts are for operators: English, without secrets or personal data.
package enum PluginFault: Error, Hashable, Sendable {
    /// The plugin cannot be loaded: file, symbol, version or description is wrong.
    case notLoadable(String)
    /// The plugin does not know the operation.
    case unsupported(String)
    /// The plugin says that the host's input is wrong.
    case badInput(String)
    /// The webhook's or response's body is not what the provider documents.
    case badBody(String)
    /// The plugin failed by its own account.
    case failed(String)
    /// The plugin's answer is not JSON, too large, or its named field is missing or unacceptable.
    case malformedAnswer(String)
    /// Only isolated plugins: the process died, fell silent or talked nonsense during the call; the text says which.
    case crashed(String)
    /// Only isolated plugins: there is no process to call just now, because it is being restarted or was given up; the text says which.
    case unavailable(String)
}

/// How a plugin is loaded.
package enum PluginMode: String, CaseIterable, Codable, Sendable {
    /// The code that is linked into the program, in the program's own process.
    case linked
    /// In a process of its own, which may fail alone.
    case isolated
    /// A shared object in the program's own process: only for makers who are trusted.
    case inProcess = "in-process"
}

/// How a driver's plugin is.
package enum DriverCondition: Hashable, Sendable {
    case working
    /// It crashed and starts again soon.
    case restarting(reason: String)
    /// It crashed too often and stays off until somebody looks at it.
    case quarantined(reason: String)
}

extension ChannelDriver {
    package var condition: DriverCondition { .working }
    package func release() {}
}
