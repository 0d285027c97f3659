import PluginHost
import TelegramPlugin
import WebChatPlugin

/// The channels that are linked into the programs.
enum BuiltInChannels {
    static func drivers() throws -> [any ChannelDriver] {
        do { return [try StaticDriver(TelegramPlugin.table), try StaticDriver(WebChatPlugin.table)] } catch {
            throw StartupError("a channel plugin cannot be loaded: \(error)")
        }
    }
}
