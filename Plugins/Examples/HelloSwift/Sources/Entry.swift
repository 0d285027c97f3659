public import ChannelKit

/// The symbol that the host looks up in a shared object.
@_cdecl("sevensales_plugin_v1")
public func entry() -> UnsafePointer<sevensales_plugin> { HelloPlugin.table }
