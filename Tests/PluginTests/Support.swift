import PluginHost
import PluginTestSupport
import TelegramPlugin
import WebChatPlugin

extension Loading {
    var telegram: any ChannelDriver { get throws { try driver(TelegramPlugin.table, "Telegram") } }
    var webChat: any ChannelDriver { get throws { try driver(WebChatPlugin.table, "WebChat") } }
}
