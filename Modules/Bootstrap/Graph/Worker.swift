import UnixSignals
import Kernel
package import Logging
import Persistence
import ServiceLifecycle

/// Runs jobs beside a server, on the same database.
package struct Worker: Sendable {
    private let installation: Installation

    /// Waits up to half a minute for the server to prepare the database.
    package init(_ configuration: Configuration, logger: Logger) async throws {
        var waited = 0
        while true {
            do {
                installation = try await Installation(configuration, migration: .require, logger: logger)
                break
            } catch let error as StartupError {
                guard waited < 30, error.description.contains("not prepared") else { throw error }
                waited += 1
                try await SystemTime().sleep(for: .seconds(1))
            }
        }
    }

    package func run(started: @escaping @Sendable () -> Void) async throws {
        let relay = LiveRelay(
            database: installation.stores.data, live: installation.stores.live, signal: installation.stores.signal,
            listener: installation.stores.listener, time: installation.time, logger: installation.logger)
        var group = ServiceGroupConfiguration(
            services: [
                .init(service: installation.plugins), .init(service: relay), .init(service: installation.jobRunner()),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() })
        group.maximumGracefulShutdownDuration = .seconds(9)
        started()
        try await ServiceGroup(configuration: group).run()
        await installation.close()
    }
}
