package import BillingInterface
package import Kernel
package import Persistence
package import WebSupport

/// All that the composition root knows about Billing.
package struct BillingModule: Sendable {
    package static let migrations = [BillingStore.createTables]
    package static let dataMap: DataMap = BillingStore.dataMap

    package let usage: any UsageLedger
    private let time: any TimeSource

    package init(database: any Database, time: any TimeSource, plan: Plan = .unlimited) {
        usage = LiveUsageLedger(database: database, time: time, plan: plan)
        self.time = time
    }

    package var routes: [Route] { UsageRoutes(usage: usage, time: time).all }
}
