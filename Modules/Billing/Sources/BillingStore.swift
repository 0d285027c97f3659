import BillingInterface
import Kernel
import Persistence

/// The only place that knows the `billing_usage` tables.
struct BillingStore {
    let transaction: any SQLTransaction

    /// `billing_usage` remembers every source, so that none counts twice; `billing_usage_day` is what summaries read.
    ///
    /// A day's total is spread over slots: with one row per day, all transactions of a busy account would queue for its lock.
    static let createTables = Migration(
        "billing.1-usage",
        """
        CREATE TABLE billing_usage (
          account_id UUID NOT NULL, meter TEXT NOT NULL, source TEXT NOT NULL, quantity BIGINT NOT NULL,
          cost_micros BIGINT NOT NULL, currency TEXT NOT NULL, occurred_at BIGINT NOT NULL,
          PRIMARY KEY (account_id, meter, source)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE billing_usage_day (
          account_id UUID NOT NULL, day BIGINT NOT NULL, meter TEXT NOT NULL, currency TEXT NOT NULL, slot SMALLINT NOT NULL,
          quantity BIGINT NOT NULL, cost_micros BIGINT NOT NULL,
          PRIMARY KEY (account_id, day, meter, currency, slot)
        ) WITHOUT ROWID
        """)

    static let dataMap: DataMap = [
        "billing_usage": [
            "account_id": .identifier, "meter": .operational, "source": .identifier, "quantity": .operational,
            "cost_micros": .business, "currency": .business, "occurred_at": .operational,
        ],
        "billing_usage_day": [
            "account_id": .identifier, "day": .operational, "meter": .operational, "currency": .business, "slot": .operational,
            "quantity": .operational, "cost_micros": .business,
        ],
    ]

    /// False when the source was counted before; then it changes nothing.
    func count(_ usage: Usage, for account: AccountID) throws -> Bool {
        let inserted = try transaction.execute(
            """
            INSERT INTO billing_usage (account_id, meter, source, quantity, cost_micros, currency, occurred_at)
            VALUES (\(account), \(usage.meter.rawValue), \(usage.source), \(usage.quantity), \(usage.costMicros), \(usage.currency),
              \(usage.occurredAt))
            ON CONFLICT (account_id, meter, source) DO NOTHING
            """)
        guard inserted == 1 else { return false }
        try transaction.execute(
            """
            INSERT INTO billing_usage_day (account_id, day, meter, currency, slot, quantity, cost_micros)
            VALUES (\(account), \(UsageDay(usage.occurredAt)), \(usage.meter.rawValue), \(usage.currency), \(usage.slot),
              \(usage.quantity), \(usage.costMicros))
            ON CONFLICT (account_id, day, meter, currency, slot) DO UPDATE SET
              quantity = billing_usage_day.quantity + excluded.quantity,
              cost_micros = billing_usage_day.cost_micros + excluded.cost_micros
            """)
        return true
    }

    /// One row per meter and currency, from the days since `day`.
    func totals(of account: AccountID, since day: UsageDay) throws -> [UsageTotal] {
        try transaction.rows(
            """
            SELECT meter, currency, CAST(sum(quantity) AS BIGINT) AS quantity, CAST(sum(cost_micros) AS BIGINT) AS cost_micros
            FROM billing_usage_day WHERE account_id = \(account) AND day >= \(day)
            GROUP BY meter, currency ORDER BY meter, currency
            """
        ) { row in
            UsageTotal(
                meter: UsageMeter(rawValue: try row.text("meter")), currency: try row.text("currency"),
                quantity: try row.integer("quantity"), costMicros: try row.integer("cost_micros"))
        }
    }
}

/// The sum of one meter in one currency.
struct UsageTotal: Sendable {
    /// Nil for a meter of a newer version.
    let meter: UsageMeter?
    /// Empty for what cost nothing.
    let currency: String
    let quantity: Int64
    let costMicros: Int64
}
