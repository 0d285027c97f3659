package import Kernel

/// Appointments that never overlap on one resource.
package protocol BookingDirectory: Sendable {
    /// Books `[start, end)` of `resource`. Throws `Problem.conflict` when any part of it is taken, whoever asks at the same time.
    func book(_ request: BookingRequest, account: AccountID) async throws -> Booking

    /// Cancels; cancelling twice is harmless. Throws `Problem.notFound`.
    func cancel(_ id: Identifier<BookingSubject>, account: AccountID) async throws

    /// The bookings that touch `[from, to)`, by start.
    func bookings(from: Instant, to: Instant, account: AccountID) async throws -> [Booking]
}

package enum BookingSubject {}
package enum ResourceSubject {}

/// A wish for an appointment.
package struct BookingRequest: Sendable {
    /// The caller's own id, so that a repeated request books once.
    package let id: Identifier<BookingSubject>
    package let resource: Identifier<ResourceSubject>
    package let contact: ContactID?
    package let start: Instant
    package let end: Instant

    package init(
        id: Identifier<BookingSubject>, resource: Identifier<ResourceSubject>, contact: ContactID?, start: Instant, end: Instant
    ) {
        (self.id, self.resource, self.contact) = (id, resource, contact)
        (self.start, self.end) = (start, end)
    }
}

/// An appointment.
package struct Booking: Sendable {
    package let id: Identifier<BookingSubject>
    package let resource: Identifier<ResourceSubject>
    package let contact: ContactID?
    package let start: Instant
    package let end: Instant
    package let cancelled: Bool

    package init(
        id: Identifier<BookingSubject>, resource: Identifier<ResourceSubject>, contact: ContactID?, start: Instant, end: Instant,
        cancelled: Bool
    ) {
        (self.id, self.resource, self.contact) = (id, resource, contact)
        (self.start, self.end, self.cancelled) = (start, end, cancelled)
    }
}

/// An appointment was made.
package struct BookingMade: Event {
    package static let name = "calendar.booking-made.v1"
    package let booking: Identifier<BookingSubject>
    package var subject: String { booking.description }

    package init(booking: Identifier<BookingSubject>) { self.booking = booking }
}
