import AuditInterface
import CalendarInterface
import Kernel
import Persistence

/// Bookings in the application's own database.
///
/// Every booking first takes its resource's row, so bookings of one resource happen one after the other on both engines and
/// each sees all before it. An exclusion constraint would say the same on PostgreSQL alone, and needs an extension there.
struct LiveBookingDirectory: BookingDirectory {
    let database: any Database
    let audit: any AuditTrail
    let time: any TimeSource
    let hasContact: CalendarModule.HasContact

    struct Outcome: Sendable {
        let booking: Booking
        /// False when the same request was booked before.
        let isNew: Bool
    }

    /// Throws `Problem.notFound` for a resource or contact of another account, `.invalid` for a time that cannot be booked.
    func book(_ request: BookingRequest, account: AccountID) async throws -> Booking {
        try await book(request, account: account, actor: .system).booking
    }

    func book(_ request: BookingRequest, account: AccountID, actor: Actor) async throws -> Outcome {
        try BookingRules.checkLength(request)
        if let contact = request.contact, try await !hasContact(contact, account) { throw Problem.notFound }
        let now = time.now()
        let entry = AuditEntry(
            occurredAt: now, actor: actor, action: "booking.made", object: "booking/\(request.id)",
            detail: "resource/\(request.resource)")
        do {
            return try await database.write(in: account) { [audit] transaction in
                guard try ResourceStore(transaction: transaction).lock(request.resource, of: account) else {
                    throw Problem.notFound
                }
                let store = BookingStore(transaction: transaction)
                if let earlier = try store.booking(request.id, of: account) {
                    guard earlier.answers(request) else { throw Self.idIsTaken }
                    return Outcome(booking: earlier, isNew: false)
                }
                try BookingRules.checkStart(request, now: now)
                guard try !store.isTaken(request, of: account) else { throw Problem.conflict("This time is taken.") }
                failpoint("booking.check.after")
                try store.insert(request, at: now, into: account)
                failpoint("booking.insert.after")
                try transaction.publish(BookingMade(booking: request.id))
                try audit.append(entry, in: transaction)
                failpoint("booking.notify.after")
                return Outcome(booking: Booking(request), isNew: true)
            }
        } catch SQLError.notUnique {
            // The same id for another resource at the same moment: their locks differ, the primary key decides.
            throw Self.idIsTaken
        }
    }

    func cancel(_ id: Identifier<BookingSubject>, account: AccountID) async throws {
        try await cancel(id, account: account, actor: .system)
    }

    func cancel(_ id: Identifier<BookingSubject>, account: AccountID, actor: Actor) async throws {
        let now = time.now()
        let entry = AuditEntry(occurredAt: now, actor: actor, action: "booking.cancelled", object: "booking/\(id)")
        try await database.write(in: account) { [audit] transaction in
            let store = BookingStore(transaction: transaction)
            if try store.cancel(id, at: now, of: account) {
                try audit.append(entry, in: transaction)
            } else if try store.booking(id, of: account) == nil {
                throw Problem.notFound
            }
        }
    }

    /// Cancelled ones included. Throws `Problem.invalid` for an empty range or one of more than 92 days.
    func bookings(from: Instant, to: Instant, account: AccountID) async throws -> [Booking] {
        try BookingRules.checkRange(from: from, to: to)
        return try await database.read(in: account) { transaction in
            try BookingStore(transaction: transaction).bookings(from: from, to: to, of: account)
        }
    }

    private static let idIsTaken = Problem.conflict("This id belongs to another booking.")
}

extension Booking {
    fileprivate init(_ request: BookingRequest) {
        self.init(
            id: request.id, resource: request.resource, contact: request.contact, start: request.start, end: request.end,
            cancelled: false)
    }
}
