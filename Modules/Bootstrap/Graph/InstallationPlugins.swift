import Kernel
import Logging
import PluginHost

extension Installation {
    static func plugins(
        _ configuration: Configuration, _ folder: DataFolder, _ watch: PluginWatch, _ time: any TimeSource, _ logger: Logger
    ) throws -> PluginKeeper {
        let linked: [LinkedPlugin]
        do { linked = try LinkedPlugins.all() } catch { throw StartupError("a channel plugin cannot be loaded: \(error)") }
        // Guests of the demo may crash its web chat, where the kernel can confine it.
        let isDemoIsolated = configuration.isDemo && IsolatedDriver.missingProtection.isEmpty
        let loader = PluginLoader(
            folder: PluginFolder(folder, linked: Set(linked.map(\.kind))), linked: linked, modes: configuration.pluginModes,
            defaults: isDemoIsolated ? [Demo.channelKind: .isolated] : [:], isConfined: !configuration.unconfinedPlugins,
            watch: watch)
        return try PluginKeeper(loader, time: time, logger: logger)
    }

    /// Ends the process of the demo's web chat; nil where it has none.
    var crashDemoPlugin: (@Sendable () -> Void)? {
        guard configuration.isDemo, let plugin = plugins.registry[Demo.channelKind] as? IsolatedDriver else { return nil }
        return { plugin.crash() }
    }
}
