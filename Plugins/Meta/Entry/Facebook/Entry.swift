public import PluginABI
import MetaPlugin

/// The symbol that the host looks up in a shared object.
@_cdecl("sevensales_plugin_v1")
public func entry() -> UnsafePointer<sevensales_plugin> { FacebookPlugin.table }
