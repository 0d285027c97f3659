import Kernel
import PluginHost

enum PluginOutage {
    /// What is said of a kind that nobody provides.
    static func missing(_ kind: String, _ refusal: String?) -> String {
        refusal.map { "The plugin of this channel is not used: \($0)." } ?? "No plugin for this kind of channel is installed."
    }
}

/// A plugin whose process is down is away like a provider is: whoever waits is told to come again, what is queued stays queued.
func plugin<Value>(_ channel: OpenChannel, _ body: (any ChannelDriver) async throws -> Value) async throws -> Value {
    do { return try await body(channel.driver) } catch PluginFault.crashed(let reason) {
        throw Problem.unavailable("The plugin of this channel crashed: \(reason).")
    } catch PluginFault.unavailable(let reason) {
        throw Problem.unavailable("The plugin of this channel is not running: \(reason).")
    }
}
