import BillingInterface
import HTTPTypes
import Kernel
import WebSupport

/// `GET /api/v1/usage`: what the account used and what it cost.
struct UsageRoutes: Sendable {
    let usage: any UsageLedger
    let time: any TimeSource

    struct Summary: Codable {
        let aiCalls: Int64
        let tokensIn: Int64
        let tokensOut: Int64
        /// The largest of `costs`; zero when nothing cost anything.
        let cost: Money
        /// One amount per currency.
        let costs: [Money]
        let messagesIn: Int64
        let messagesOut: Int64
        /// The first moment counted.
        let since: Instant
    }

    var all: [Route] {
        [
            Route(
                .get, "/api/v1/usage", "Use and cost since `since`, by default of this month (UTC)",
                access: .permission(.readUsage), response: .of(Summary.self), handler: summary)
        ]
    }

    @Sendable private func summary(_ call: Call) async throws -> Reply {
        var start = UsageDay.monthStart(time.now())
        if let text = call.query("since") {
            guard let asked = Instant(text) else { throw Problem.invalid(field: "since", "expected an RFC 3339 time") }
            start = UsageDay(asked).start
        }
        let found = try await usage.summary(of: try call.account, since: start)
        func total(_ meter: UsageMeter) -> Int64 { found.totals[meter] ?? 0 }
        return try Reply.json(
            Summary(
                aiCalls: total(.aiCall), tokensIn: total(.tokenIn), tokensOut: total(.tokenOut),
                cost: found.costs.max { $0.micros < $1.micros } ?? Money(micros: 0, currency: "USD"), costs: found.costs,
                messagesIn: total(.messageIn), messagesOut: total(.messageOut), since: start))
    }
}
