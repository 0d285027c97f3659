import AvitoPlugin
import MaxPlugin
import MetaPlugin
import PluginHost
import TelegramPlugin
import WappiPlugin
import WebChatPlugin

/// The channels that are linked into the programs.
enum BuiltInChannels {
    static func drivers() throws -> [any ChannelDriver] {
        let tables = [
            TelegramPlugin.table, WebChatPlugin.table, MaxPlugin.table, AvitoPlugin.table, WappiPlugin.table,
            FacebookPlugin.table,
            InstagramPlugin.table,
        ]
        do { return try tables.map { try StaticDriver($0) } } catch {
            throw StartupError("a channel plugin cannot be loaded: \(error)")
        }
    }
}
