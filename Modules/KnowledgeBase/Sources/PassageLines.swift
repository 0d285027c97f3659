import Kernel
import PassageIndex
import Synchronization

/// The analysed lines of the passages that questions hit most: analysing a passage costs more than finding it, and its text never changes.
final class PassageLines: Sendable {
    /// About ten megabytes of ordinary price lists.
    private static let capacity = 512

    private let table = Mutex<[Identifier<PassageSubject>: [QuoteLine]]>([:])

    func lines(of passage: Identifier<PassageSubject>, _ text: String) -> [QuoteLine] {
        if let known = table.withLock({ $0[passage] }) { return known }
        let lines = QuoteLine.all(of: text)
        table.withLock { table in
            if table.count >= Self.capacity { table.removeAll(keepingCapacity: true) }
            table[passage] = lines
        }
        return lines
    }
}
