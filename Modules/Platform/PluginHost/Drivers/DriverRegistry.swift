/// The channels of this installation by their kind.
package struct DriverRegistry: Sendable {
    private let drivers: [String: any ChannelDriver]

    /// Throws `PluginFault.notLoadable` when two drivers have the same kind.
    package init(_ drivers: [any ChannelDriver]) throws {
        var table: [String: any ChannelDriver] = [:]
        for driver in drivers where table.updateValue(driver, forKey: driver.description.kind) != nil {
            throw PluginFault.notLoadable("two plugins are called \(driver.description.kind)")
        }
        self.drivers = table
    }

    /// Nil for a kind nobody provides.
    package subscript(kind: String) -> (any ChannelDriver)? { drivers[kind] }

    /// Sorted by kind.
    package var all: [any ChannelDriver] { drivers.values.sorted { $0.description.kind < $1.description.kind } }

    /// Sorted by kind.
    package var descriptions: [ChannelDescription] { all.map(\.description) }
}
