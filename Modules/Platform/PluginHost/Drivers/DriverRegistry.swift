import Synchronization

/// The channels of this installation by their kind. What is in it may change while the program runs.
package final class DriverRegistry: Sendable {
    private struct Seats {
        var drivers: [String: any ChannelDriver] = [:]
        var refusals: [String: String] = [:]
    }

    private let seats = Mutex(Seats())

    /// Throws `PluginFault.notLoadable` when two drivers have the same kind.
    package init(_ drivers: [any ChannelDriver]) throws {
        var table: [String: any ChannelDriver] = [:]
        for driver in drivers where table.updateValue(driver, forKey: driver.description.kind) != nil {
            throw PluginFault.notLoadable("two plugins are called \(driver.description.kind)")
        }
        seats.withLock { [table] in $0.drivers = table }
    }

    /// Nil for a kind nobody provides.
    package subscript(kind: String) -> (any ChannelDriver)? { seats.withLock { $0.drivers[kind] } }

    /// Why nobody provides the kind; nil where somebody does, and where there is nothing to say.
    package func refusal(of kind: String) -> String? { seats.withLock { $0.refusals[kind] } }

    /// Sorted by kind.
    package var all: [any ChannelDriver] {
        seats.withLock { Array($0.drivers.values) }.sorted { $0.description.kind < $1.description.kind }
    }

    /// Sorted by kind.
    package var descriptions: [ChannelDescription] { all.map(\.description) }

    /// From now on `driver` provides its kind. Calls that are under way end with the one before.
    package func seat(_ driver: any ChannelDriver) {
        seats.withLock { seats in
            seats.drivers[driver.description.kind] = driver
            seats.refusals[driver.description.kind] = nil
        }
    }

    /// From now on nobody provides the kind, for this reason.
    package func vacate(_ kind: String, because reason: String?) {
        seats.withLock { ($0.drivers[kind], $0.refusals[kind]) = (nil, reason) }
    }
}
