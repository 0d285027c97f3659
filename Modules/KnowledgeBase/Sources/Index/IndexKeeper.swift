import Kernel
import ServiceLifecycle

/// Merges segments, writes them to the search folder and drops indexes nobody uses, until the process shuts down.
package struct IndexKeeper: Service {
    let indexes: AccountIndexes
    let time: any TimeSource

    private static let interval = Duration.seconds(15)

    package func run() async throws {
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            do {
                try await cancelWhenGracefulShutdown { [time] in try await time.sleep(for: Self.interval) }
            } catch is CancellationError {
                break
            }
            await indexes.keep()
        }
        // What was learnt since the last round need not be read again after the restart.
        await indexes.keep()
    }
}
