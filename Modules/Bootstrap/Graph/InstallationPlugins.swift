import Kernel
import Logging
import PluginHost

extension Installation {
    static func drivers(
        _ configuration: Configuration, _ folder: DataFolder, _ watch: PluginWatch, _ logger: Logger
    ) throws -> DriverRegistry {
        let linked: [LinkedPlugin]
        do { linked = try LinkedPlugins.all() } catch { throw StartupError("a channel plugin cannot be loaded: \(error)") }
        // Guests of the demo may crash its web chat, where the kernel can confine it.
        let isDemoIsolated = configuration.isDemo && IsolatedDriver.missingProtection.isEmpty
        return try PluginLoader(
            folder: PluginFolder(folder, linked: Set(linked.map(\.kind))), linked: linked, modes: configuration.pluginModes,
            defaults: isDemoIsolated ? [Demo.channelKind: .isolated] : [:], isConfined: !configuration.unconfinedPlugins,
            watch: watch,
            logger: logger
        ).registry()
    }

    /// Ends the process of the demo's web chat; nil where it has none.
    static func demoCrash(_ configuration: Configuration, _ drivers: DriverRegistry) -> (@Sendable () -> Void)? {
        guard configuration.isDemo, let plugin = drivers[Demo.channelKind] as? IsolatedDriver else { return nil }
        return { plugin.crash() }
    }
}
