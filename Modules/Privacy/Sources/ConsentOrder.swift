import Kernel

/// Which of a person's words is the last, although clocks disagree. Where they leave a doubt, the answer is no.
///
/// A word comes after everything recorded before it, whatever the clocks show: one that runs ahead or was set back cannot bury a
/// withdrawal. Only a yes that arrives late, such as a webhook delivered after days or an import, is put where its own time says,
/// so that it does not undo what was said since.
struct ConsentOrder {
    /// Beyond this a yes is late, not skewed.
    static let tolerance = Duration.seconds(300)

    /// Where a word stands: by moment, then by arrival.
    struct Place: Sendable {
        let orderedAt: Instant
        let position: Int64
    }

    private let isLate: Bool
    /// The least to which the word moves the person's turn.
    let moment: Instant

    init(given: Bool, occurredAt: Instant, now: Instant) {
        isLate = given && occurredAt < now.advanced(by: .zero - Self.tolerance)
        moment = isLate ? occurredAt : max(now, occurredAt)
    }

    func place(in turn: ConsentTurn) -> Place {
        Place(orderedAt: isLate ? moment : turn.latestAt, position: turn.position)
    }
}
