import BillingInterface
import Kernel
import Persistence

/// The ledger in the application's own database. Totals have the grain of a day in UTC.
struct LiveUsageLedger: UsageLedger {
    let database: any Database
    let time: any TimeSource
    let plan: Plan

    /// Amounts outside 0…10¹² are clamped.
    func record(
        _ meter: UsageMeter, quantity: Int64, cost: Money?, source: String, at: Instant, in transaction: any Transaction
    ) throws {
        _ = try BillingStore(transaction: transaction.sql).count(
            Usage(meter, quantity: quantity, cost: cost, source: source, at: at), for: transaction.scopedAccount)
    }

    /// Looks at what is recorded; two callers at once may both be allowed the last of a limit.
    func allows(_ meter: UsageMeter, quantity: Int64, account: AccountID) async throws -> Bool {
        guard let limit = plan.limits[meter] else { return true }
        let used = try await summary(of: account, since: UsageDay.monthStart(time.now())).totals[meter] ?? 0
        let (sum, overflow) = used.addingReportingOverflow(max(0, quantity))
        return !overflow && sum <= limit
    }

    /// Counts from the beginning of `start`'s day, and reads daily sums alone, however much was used.
    func summary(of account: AccountID, since start: Instant) async throws -> UsageSummary {
        let rows = try await database.read(in: account) { transaction in
            try BillingStore(transaction: transaction).totals(of: account, since: UsageDay(start))
        }
        var totals: [UsageMeter: Int64] = [:]
        var costs: [String: Int64] = [:]
        for row in rows {
            if let meter = row.meter { totals[meter, default: 0] &+= row.quantity }
            if !row.currency.isEmpty { costs[row.currency, default: 0] &+= row.costMicros }
        }
        return UsageSummary(
            totals: totals, costs: costs.sorted { $0.key < $1.key }.map { Money(micros: $0.value, currency: $0.key) })
    }
}
