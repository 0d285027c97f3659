import Glibc
package import PluginABI
package import PluginHost
import Synchronization

/// The three ways a plugin runs; every test of a channel runs with each.
package enum Loading: CaseIterable, CustomStringConvertible, Sendable {
    case linked, sharedObject, isolated

    package var description: String {
        switch self {
        case .linked: "linked"
        case .sharedObject: "shared object"
        case .isolated: "isolated"
        }
    }

    /// The plugin whose table is `table` and whose shared object is `libSevenSales<name>.so`.
    package func driver(_ table: UnsafePointer<sevensales_plugin>, _ name: String) throws -> any ChannelDriver {
        switch self {
        case .linked: try StaticDriver(table)
        case .sharedObject: try DynamicDriver(path: "\(buildFolder())/libSevenSales\(name).so")
        case .isolated: try Self.isolated(name)
        }
    }

    private static let running = Mutex<[String: IsolatedDriver]>([:])

    /// One process serves all tests of a plugin.
    package static func isolated(_ name: String) throws -> IsolatedDriver {
        try running.withLock { running in
            if let driver = running[name] { return driver }
            let driver = try IsolatedDriver(path: "\(buildFolder())/libSevenSales\(name).so", options: isolation)
            running[name] = driver
            return driver
        }
    }

    /// The test program cannot become a plugin's process; the server beside it can.
    package static var isolation: IsolatedDriver.Options {
        var options = IsolatedDriver.Options()
        options.program = buildFolder() + "/sevensales-server"
        return options
    }
}

/// Where SwiftPM put the test program, and the shared objects beside it.
package func buildFolder() -> String {
    guard let path = realpath("/proc/self/exe", nil) else { return "" }
    defer { free(path) }
    return String(cString: path).split(separator: "/").dropLast().map { "/" + $0 }.joined()
}

package struct Unexpected: Error {
    let what: String
    package init(_ what: String) { self.what = what }
}
