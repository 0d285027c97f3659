import AvitoPlugin
import MaxPlugin
import MetaPlugin
import PluginHost
import TelegramPlugin
import WappiPlugin
import WebChatPlugin

/// The channels that are linked into the programs.
enum LinkedPlugins {
    static func all() throws -> [LinkedPlugin] {
        try [
            TelegramPlugin.table, MaxPlugin.table, AvitoPlugin.table, WappiPlugin.table, FacebookPlugin.table,
            InstagramPlugin.table,
            WebChatPlugin.table,
        ].map { try LinkedPlugin($0) }
    }
}
