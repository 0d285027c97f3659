package import Egress
package import Foundation
import Kernel
package import Logging
package import ObjectStorage

/// What an installation is told when it starts: command line first, then environment, then the default.
package struct Configuration: Sendable {
    package static let version = "0.1.0"

    package var data: URL
    package var host = "127.0.0.1"
    package var port = 8_080
    /// Nil for SQLite in the data folder.
    package var database: String?
    package var isDemo = false
    package var publicURL: String?
    package var webFolder: URL?
    package var logLevel = Logger.Level.info
    /// Private networks that Egress may reach.
    package var egressAllow: [NetworkRange] = []
    /// Authorities beside the system's, each for its hosts alone.
    package var trustRoots: [TrustRoot] = []
    package var certificate: String?
    package var key: String?
    /// `SEVENSALES_MASTER_KEY`, or systemd's credential `master-key`, as text; nil for the file in the data folder.
    package var masterKeyText: String?
    /// The bucket that keeps files; nil for the data folder.
    package var bucket: S3Configuration?
    /// Debug builds only: where the process shall stop dead.
    package var failpoint: String?
    /// Plugins run although this kernel cannot confine them.
    package var unconfinedPlugins = false
    /// How plugins are loaded, where that is not left to the plugin folder.
    package var pluginModes = PluginModes()

    package init(data: URL) { self.data = data }

    /// Where browsers reach us, without a trailing slash.
    package func address(port: Int) -> String {
        if let publicURL { return publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL }
        let shown = host == "0.0.0.0" || host == "::" ? "127.0.0.1" : host
        return "\(certificate == nil ? "http" : "https")://\(shown.contains(":") ? "[\(shown)]" : shown):\(port)"
    }
}

/// The operator told us something that cannot be; one line that says what to do. Ends the program with status 2.
package struct StartupError: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
