import Kernel
import Persistence

/// A day in UTC, as the number of days since 1970-01-01. Earlier moments count as that day.
struct UsageDay: Hashable, SQLBindable {
    private static let microseconds: Int64 = 86_400_000_000

    let number: Int64

    init(_ instant: Instant) { number = max(0, instant.microseconds) / Self.microseconds }

    /// The first day of the calendar month of `instant`.
    static func monthStart(_ instant: Instant) -> Instant {
        Instant("\(instant.description.prefix(8))01T00:00:00Z") ?? instant
    }

    /// Its first moment.
    var start: Instant { Instant(microseconds: number * Self.microseconds) }

    var sqlValue: SQLValue { number.sqlValue }
}
