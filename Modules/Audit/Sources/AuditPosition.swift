import AuditInterface
import Kernel

/// An entry's place in the trail: by time, then by id, because one transaction may write several entries of one moment.
struct AuditPosition: CustomStringConvertible {
    let occurredAt: Instant
    let id: Identifier<AuditSubject>

    init(_ entry: AuditEntry) { (occurredAt, id) = (entry.occurredAt, entry.id) }

    /// Reads what `description` wrote; anything else is nil.
    init?(_ text: String) {
        let parts = text.split(separator: "_", maxSplits: 1)
        guard parts.count == 2, let time = parts.first.flatMap({ Int64($0) }),
            let id = parts.last.flatMap({ Identifier<AuditSubject>($0) })
        else { return nil }
        (occurredAt, self.id) = (Instant(microseconds: time), id)
    }

    var description: String { "\(occurredAt.microseconds)_\(id)" }
}
