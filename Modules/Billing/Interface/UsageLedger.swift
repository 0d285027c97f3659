package import Kernel

/// What an account used and what it cost, counted exactly once per source.
package protocol UsageLedger: Sendable {
    /// Counts `quantity` of `meter`. `source` identifies the cause (a message's or call's id): counted a second time it changes nothing.
    func record(_ meter: UsageMeter, quantity: Int64, cost: Money?, source: String, at: Instant, in transaction: any Transaction)
        throws

    /// Whether the account's plan allows `quantity` more of `meter` now. The `unlimited` plan always does.
    func allows(_ meter: UsageMeter, quantity: Int64, account: AccountID) async throws -> Bool

    /// Totals since `start`.
    func summary(of account: AccountID, since start: Instant) async throws -> UsageSummary
}

/// What is counted.
package enum UsageMeter: String, Codable, CaseIterable, Sendable {
    case messageIn = "message.in"
    case messageOut = "message.out"
    case aiCall = "ai.call"
    case tokenIn = "ai.token-in"
    case tokenOut = "ai.token-out"
}

/// What an account used since some moment.
package struct UsageSummary: Sendable {
    package let totals: [UsageMeter: Int64]
    /// One amount per currency that occurred.
    package let costs: [Money]

    package init(totals: [UsageMeter: Int64], costs: [Money]) { (self.totals, self.costs) = (totals, costs) }
}
