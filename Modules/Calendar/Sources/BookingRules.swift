import CalendarInterface
import Kernel

/// Which appointments make sense at all.
enum BookingRules {
    static let longest = Duration.seconds(24 * 3_600)
    /// Of one query.
    static let longestRange = Duration.seconds(92 * 24 * 3_600)

    /// Throws `Problem.invalid` for an end that is not after the start, or more than a day after it.
    static func checkLength(_ request: BookingRequest) throws {
        guard request.end > request.start else { throw Problem.invalid(field: "end", "must be after the start") }
        guard request.end.duration(since: request.start) <= longest else {
            throw Problem.invalid(field: "end", "must be at most 24 hours after the start")
        }
    }

    /// Throws `Problem.invalid` for a start that has passed.
    static func checkStart(_ request: BookingRequest, now: Instant) throws {
        guard request.start >= now else { throw Problem.invalid(field: "start", "has passed") }
    }

    /// Throws `Problem.invalid` for an empty or too long range.
    static func checkRange(from: Instant, to: Instant) throws {
        guard to > from else { throw Problem.invalid(field: "to", "must be after from") }
        guard to.duration(since: from) <= longestRange else {
            throw Problem.invalid(field: "to", "must be at most 92 days after from")
        }
    }
}

extension Booking {
    /// Whether it is what `request` asked for.
    func answers(_ request: BookingRequest) -> Bool {
        resource == request.resource && contact == request.contact && start == request.start && end == request.end
    }
}
