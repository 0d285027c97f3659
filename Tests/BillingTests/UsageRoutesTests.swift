import Billing
import BillingInterface
import Foundation
import HTTPTypes
import Kernel
import Persistence
import TestSupport
import Testing
import WebSupport

struct UsageRoutesTests {
    let account = AccountID()
    let time = VirtualTime()

    @Test(arguments: TestEngine.all)
    func `the answer has the contract's shape and this month's sums`(engine: TestEngine) async throws {
        let database = try await engine.database(BillingModule.migrations)
        let module = BillingModule(database: database, time: time)
        let (usage, now) = (module.usage, time.now())
        let lastMonth = now.advanced(by: .seconds(-3 * 86_400))
        try await database.write(in: account) { transaction in
            for (index, meter) in UsageMeter.allCases.enumerated() {
                let cost = meter == .aiCall ? Money(micros: 1_200, currency: "USD") : nil
                try usage.record(meter, quantity: Int64(index + 1), cost: cost, source: "s", at: now, in: transaction)
                try usage.record(meter, quantity: 1_000, cost: nil, source: "old", at: lastMonth, in: transaction)
            }
        }
        let answer = try await module.routes.call(.get, "/api/v1/usage", as: .owner(of: account)).object()
        let numbers = ["messages_in", "messages_out", "ai_calls", "tokens_in", "tokens_out"].map { answer[$0] as? Int }
        #expect(numbers == [1, 2, 3, 4, 5])
        let cost = try #require(answer["cost"] as? [String: Any])
        #expect(cost["micros"] as? Int == 1_200)
        #expect(cost["currency"] as? String == "USD")
        #expect(answer["since"] as? String == "2026-03-01T00:00:00.000Z")

        let longer = try await module.routes.call(
            .get, "/api/v1/usage", as: .owner(of: account), query: "since=2026-02-01T10:00:00Z"
        ).object()
        #expect(longer["messages_in"] as? Int == 1_001)
        let foreign = try await module.routes.call(.get, "/api/v1/usage", as: .owner(of: AccountID())).object()
        #expect(foreign["messages_in"] as? Int == 0)
    }

    @Test func `a beginning that is no time is refused`() async throws {
        let module = BillingModule(database: try await TestEngine.sqlite.database(BillingModule.migrations), time: time)
        await #expect(throws: Problem.invalid(field: "since", "expected an RFC 3339 time")) {
            _ = try await module.routes.call(.get, "/api/v1/usage", as: .owner(of: account), query: "since=yesterday")
        }
        #expect(module.routes.first?.access == .permission(.readUsage))
    }
}
