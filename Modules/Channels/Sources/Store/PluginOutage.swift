import Kernel
import PluginHost

/// A plugin whose process is down is away like a provider is: whoever waits is told to come again, what is queued stays queued.
func plugin<Value>(_ channel: OpenChannel, _ body: (any ChannelDriver) async throws -> Value) async throws -> Value {
    do { return try await body(channel.driver) } catch PluginFault.crashed(let reason) {
        throw Problem.unavailable("The plugin of this channel crashed: \(reason).")
    } catch PluginFault.unavailable(let reason) {
        throw Problem.unavailable("The plugin of this channel is not running: \(reason).")
    }
}
