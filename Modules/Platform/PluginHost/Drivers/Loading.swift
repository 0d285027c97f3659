import Glibc
package import PluginABI

/// A plugin that is linked into this program: `StaticDriver` calls it here, `IsolatedDriver` in a process of its own.
package struct LinkedPlugin: Sendable {
    static let origin = "linked plugin"
    let calls: PluginCalls

    package var kind: String { calls.kind }

    /// Throws `PluginFault.notLoadable` when the table is not acceptable.
    package init(_ table: UnsafePointer<sevensales_plugin>) throws { calls = try PluginCalls(table, origin: Self.origin) }
}

/// A plugin that is linked into this program.
package struct StaticDriver: TableBacked {
    package let table: TableDriver
    package var mode: PluginMode { .linked }

    /// Throws `PluginFault.notLoadable` when the description is not acceptable.
    package init(_ plugin: LinkedPlugin) throws { table = try TableDriver(plugin.calls, origin: LinkedPlugin.origin) }

    /// Throws `PluginFault.notLoadable` when the table or the description is not acceptable.
    package init(_ table: UnsafePointer<sevensales_plugin>) throws { try self.init(try LinkedPlugin(table)) }
}

/// A trusted plugin in a shared object, loaded into this process. It is never unloaded: Swift code leaves pointers behind.
package struct DynamicDriver: TableBacked {
    package let table: TableDriver
    package var mode: PluginMode { .inProcess }

    /// `path` must be absolute, so that no search path decides what is loaded.
    ///
    /// Throws `PluginFault.notLoadable` when the file is missing, is no plugin, was made for another interface version, or
    /// describes itself unacceptably.
    package init(path: String) throws { self.table = try TableDriver(try SharedObject.table(at: path), origin: path) }
}

/// A plugin's file.
enum SharedObject {
    /// Loads the file and returns its table.
    static func table(at path: String) throws -> UnsafePointer<sevensales_plugin> {
        guard path.hasPrefix("/") else { throw PluginFault.notLoadable("\(path): not an absolute path") }
        guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw PluginFault.notLoadable("\(path): \(lastError())")
        }
        guard let symbol = dlsym(handle, SEVENSALES_PLUGIN_SYMBOL) else {
            throw PluginFault.notLoadable("\(path): it does not export \(SEVENSALES_PLUGIN_SYMBOL)")
        }
        let entry = unsafeBitCast(symbol, to: (@convention(c) () -> UnsafePointer<sevensales_plugin>?).self)
        guard let exported = entry() else { throw PluginFault.notLoadable("\(path): it returned no table") }
        return exported
    }

    private static func lastError() -> String { dlerror().map { String(cString: $0) } ?? "unknown error" }
}
