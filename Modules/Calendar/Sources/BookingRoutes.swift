import CalendarInterface
import HTTPTypes
import Kernel
import WebSupport

/// `/api/v1/calendar/bookings`: who is booked when.
struct BookingRoutes: Sendable {
    let bookings: LiveBookingDirectory

    struct BookingDTO: Codable {
        let id: Identifier<BookingSubject>
        let resourceId: Identifier<ResourceSubject>
        let contactId: ContactID?
        let start: Instant
        let end: Instant
        let cancelled: Bool

        /// Writes a missing contact as null.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(id, forKey: .id)
            try container.encode(resourceId, forKey: .resourceId)
            try container.encode(contactId, forKey: .contactId)
            try container.encode(start, forKey: .start)
            try container.encode(end, forKey: .end)
            try container.encode(cancelled, forKey: .cancelled)
        }
    }

    struct NewBooking: Codable {
        /// The caller's own, so that a repeated request books once; made here when absent.
        let id: Identifier<BookingSubject>?
        let resourceId: Identifier<ResourceSubject>
        let contactId: ContactID?
        let start: Instant
        let end: Instant
    }

    var all: [Route] {
        [
            Route(
                .get, "/api/v1/calendar/bookings", "Bookings that touch from…to (at most 92 days), by start",
                access: .permission(.readCalendar), audit: .read("bookings.listed"), response: .page(of: BookingDTO.self),
                handler: list),
            Route(
                .post, "/api/v1/calendar/bookings", "Book a time; 409 when any part of it is taken",
                access: .permission(.writeCalendar), bodyLimit: 8_192, audit: .inTransaction, request: .of(NewBooking.self),
                response: .of(BookingDTO.self), handler: book),
            Route(
                .delete, "/api/v1/calendar/bookings/{id}", "Cancel a booking", access: .permission(.writeCalendar),
                audit: .inTransaction, handler: cancel),
        ]
    }

    @Sendable private func list(_ call: Call) async throws -> Reply {
        let (from, to) = (try instant("from", of: call), try instant("to", of: call))
        let found = try await bookings.bookings(from: from, to: to, account: try call.account)
        return try Reply.json(Page(found.map(BookingDTO.init), next: nil))
    }

    @Sendable private func book(_ call: Call) async throws -> Reply {
        let principal = try call.principal
        let body = try call.decode(NewBooking.self)
        let outcome = try await bookings.book(
            BookingRequest(
                id: body.id ?? .init(), resource: body.resourceId, contact: body.contactId, start: body.start, end: body.end),
            account: principal.account, actor: principal.actor)
        return try Reply.json(BookingDTO(outcome.booking), status: outcome.isNew ? .created : .ok)
    }

    @Sendable private func cancel(_ call: Call) async throws -> Reply {
        let principal = try call.principal
        try await bookings.cancel(try call.id(), account: principal.account, actor: principal.actor)
        return .noContent
    }

    private func instant(_ name: String, of call: Call) throws -> Instant {
        guard let instant = call.query(name).flatMap({ Instant($0) }) else {
            throw Problem.invalid(field: name, "expected an RFC 3339 time")
        }
        return instant
    }
}

extension BookingRoutes.BookingDTO {
    fileprivate init(_ booking: Booking) {
        self.init(
            id: booking.id, resourceId: booking.resource, contactId: booking.contact, start: booking.start, end: booking.end,
            cancelled: booking.cancelled)
    }
}
