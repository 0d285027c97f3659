import AvitoPlugin
import Foundation
import MaxPlugin
import MetaPlugin
import PluginHost
import TelegramPlugin
import WappiPlugin
import WebChatPlugin

/// The channels that are linked into the programs.
struct BuiltInChannels {
    let drivers: [any ChannelDriver]
    /// The demo's web chat in a process of its own, which its guests may crash; nil outside of the demo.
    private let demoPlugin: IsolatedDriver?

    init(isDemo: Bool, watch: PluginWatch) throws {
        var tables = [
            TelegramPlugin.table, MaxPlugin.table, AvitoPlugin.table, WappiPlugin.table, FacebookPlugin.table,
            InstagramPlugin.table,
        ]
        demoPlugin = isDemo ? Self.isolatedWebChat(watch) : nil
        if demoPlugin == nil { tables.append(WebChatPlugin.table) }
        do {
            let linked: [any ChannelDriver] = try tables.map { try StaticDriver($0) }
            drivers = linked + (demoPlugin.map { [$0] } ?? [])
        } catch { throw StartupError("a channel plugin cannot be loaded: \(error)") }
    }

    /// Ends the demo plugin's process; nil where there is none.
    var crashDemoPlugin: (@Sendable () -> Void)? {
        guard let demoPlugin else { return nil }
        return { demoPlugin.crash() }
    }

    /// The shared object beside this program, where the kernel can confine it; nil where the one that is linked in must do.
    private static func isolatedWebChat(_ watch: PluginWatch) -> IsolatedDriver? {
        guard IsolatedDriver.missingProtection.isEmpty,
            let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        else { return nil }
        let file = URL(filePath: program).deletingLastPathComponent().appending(path: "libSevenSalesWebChat.so")
        var options = IsolatedDriver.Options()
        options.onChange = { _ in watch.changed("webchat") }
        return try? IsolatedDriver(path: file.path, options: options)
    }
}
