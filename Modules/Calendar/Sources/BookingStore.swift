import CalendarInterface
import Kernel
import Persistence

/// The only place that knows the `calendar_booking` table.
struct BookingStore {
    let transaction: any SQLTransaction

    static let createTable = Migration(
        "calendar.2-bookings",
        """
        CREATE TABLE calendar_booking (
          account_id UUID NOT NULL, id UUID NOT NULL, resource_id UUID NOT NULL, contact_id UUID, start_at BIGINT NOT NULL,
          end_at BIGINT NOT NULL, created_at BIGINT NOT NULL, cancelled_at BIGINT,
          PRIMARY KEY (account_id, id)
        )
        """,
        "CREATE INDEX calendar_booking_by_resource ON calendar_booking (account_id, resource_id, start_at)",
        "CREATE INDEX calendar_booking_by_time ON calendar_booking (account_id, start_at, id)")

    static let dataMap: DataMap = [
        "calendar_booking": [
            "account_id": .identifier, "id": .identifier, "resource_id": .identifier, "contact_id": .identifier,
            "start_at": .business, "end_at": .business, "created_at": .operational, "cancelled_at": .operational,
        ]
    ]

    private static let columns: SQL = "SELECT id, resource_id, contact_id, start_at, end_at, cancelled_at FROM calendar_booking"

    func booking(_ id: Identifier<BookingSubject>, of account: AccountID) throws -> Booking? {
        try transaction.row(Self.columns + " WHERE account_id = \(account) AND id = \(id)", Booking.init(row:))
    }

    /// Whether an active booking of the request's resource touches its time. Call it with the resource locked.
    func isTaken(_ request: BookingRequest, of account: AccountID) throws -> Bool {
        // No booking is longer than the limit, so an overlapping one starts within it: the index is read from there.
        let earliest = request.start.advanced(by: .zero - BookingRules.longest)
        return try transaction.count(
            """
            SELECT count(*) AS count FROM calendar_booking
            WHERE account_id = \(account) AND resource_id = \(request.resource) AND start_at > \(earliest)
              AND start_at < \(request.end) AND end_at > \(request.start) AND cancelled_at IS NULL
            """) > 0
    }

    func insert(_ request: BookingRequest, at now: Instant, into account: AccountID) throws {
        try transaction.execute(
            """
            INSERT INTO calendar_booking (account_id, id, resource_id, contact_id, start_at, end_at, created_at)
            VALUES (\(account), \(request.id), \(request.resource), \(request.contact), \(request.start), \(request.end), \(now))
            """)
    }

    /// False when it is cancelled already, or is not there.
    func cancel(_ id: Identifier<BookingSubject>, at now: Instant, of account: AccountID) throws -> Bool {
        try transaction.execute(
            """
            UPDATE calendar_booking SET cancelled_at = \(now)
            WHERE account_id = \(account) AND id = \(id) AND cancelled_at IS NULL
            """) == 1
    }

    /// By start, cancelled ones included.
    func bookings(from: Instant, to: Instant, of account: AccountID) throws -> [Booking] {
        let earliest = from.advanced(by: .zero - BookingRules.longest)
        return try transaction.rows(
            Self.columns + """
                 WHERE account_id = \(account) AND start_at > \(earliest) AND start_at < \(to) AND end_at > \(from)
                ORDER BY start_at, id
                """, Booking.init(row:))
    }
}

extension Booking {
    fileprivate init(row: any SQLRow) throws {
        self.init(
            id: try row.id("id"), resource: try row.id("resource_id"), contact: try row.optionalID("contact_id"),
            start: try row.instant("start_at"), end: try row.instant("end_at"),
            cancelled: try row.optionalInstant("cancelled_at") != nil)
    }
}
