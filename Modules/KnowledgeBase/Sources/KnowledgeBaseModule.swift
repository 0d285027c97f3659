package import AuditInterface
package import Foundation
package import Kernel
package import KnowledgeBaseInterface
package import Logging
package import Persistence
package import WebSupport

/// All that the composition root knows about KnowledgeBase.
package struct KnowledgeBaseModule: Sendable {
    package static let migrations: [Migration] = KnowledgeSchema.migrations
    package static let dataMap: DataMap = KnowledgeSchema.dataMap

    package let search: any KnowledgeSearch
    package let editor: any KnowledgeEditor
    /// Runs for the life of the process: merges and writes the indexes. Without it they work, but are built anew by each process.
    package let keeper: IndexKeeper
    package var routes: [Route] { KnowledgeRoutes(editor: live, search: search).all }

    private let live: LiveKnowledgeEditor

    /// - Parameter indexFolder: the `search` folder's part for passage indexes, used by one process at a time (a second one keeps
    ///   its indexes in memory); nil for memory only.
    package init(database: any Database, audit: any AuditTrail, indexFolder: URL?, time: any TimeSource, logger: Logger) {
        let indexes = AccountIndexes(database: database, folder: indexFolder, logger: logger)
        live = LiveKnowledgeEditor(database: database, audit: audit, indexes: indexes, time: time)
        search = LiveKnowledgeSearch(database: database, indexes: indexes)
        editor = live
        keeper = IndexKeeper(indexes: indexes, time: time)
    }
}
