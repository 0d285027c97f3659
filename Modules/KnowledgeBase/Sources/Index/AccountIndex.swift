import Foundation
import Kernel
import Logging
import PassageIndex
import Persistence
import Synchronization

/// One account's index in this process: built on first use, brought up to date by the revisions of the database.
///
/// Nobody tells it of changes. Whoever searches compares the revision it stands at with the database's and, when it lags, has it
/// read the entries changed since; so a process that wrote nothing itself is never behind.
final class AccountIndex: Sendable {
    /// An index that holds every change up to `revision`, and perhaps later ones.
    struct State: Sendable {
        let index: PassageIndex
        let revision: Int64
    }

    private let account: AccountID
    private let database: any Database
    private let work: SlowWork
    /// Where the files of this account's index go; nil for memory only.
    private let folder: URL?
    private let logger: Logger
    private let state = Mutex<State?>(nil)
    private let turn = OneAtATime()
    /// Another object took this one's place: the files are no longer its own.
    private let isRetired = Mutex(false)

    init(account: AccountID, database: any Database, work: SlowWork, folder: URL?, logger: Logger) {
        (self.account, self.database, self.work) = (account, database, work)
        (self.folder, self.logger) = (folder, logger)
    }

    /// Nil until somebody needed it.
    var current: State? { state.withLock { $0 } }

    /// The index once it holds the changes up to `revision`; without a revision as soon as there is one.
    func reaching(_ revision: Int64? = nil) async throws -> State {
        // Every round either does the work itself or waits for somebody who does; a few rounds are enough for both.
        for _ in 0..<Self.rounds {
            if let state = current, revision.map({ state.revision >= $0 }) ?? true { return state }
            try Task.checkCancellation()
            try await turn.run { try await advance() }
        }
        guard let state = current else { throw Problem.unavailable("the knowledge index is not ready yet") }
        return state
    }

    private static let rounds = 8

    /// Forgets the index when it still is `stale`, so that the next use builds it anew.
    func discard(_ stale: State) {
        state.withLock { state in if state?.index === stale.index { state = nil } }
    }

    func retire() { isRetired.withLock { $0 = true } }

    // MARK: Catching up

    private func advance() async throws {
        if let current {
            let followed = try await follow(current.index, from: current.revision)
            publish(State(index: current.index, revision: followed.revision))
        } else if let opened = try await opened() {
            publish(opened)
        } else {
            publish(try await built())
        }
    }

    private func publish(_ next: State) { state.withLock { $0 = next } }

    /// What the folder holds, brought up to date; nil when it holds nothing that can be trusted.
    private func opened() async throws -> State? {
        guard let folder else { return nil }
        let found: PassageIndex
        do {
            guard
                let index = try await work.files.run({
                    FileManager.default.fileExists(atPath: folder.path) ? try PassageIndex(folder: folder) : nil
                })
            else { return nil }
            found = index
        } catch let error as PassageIndexError {
            logger.notice("building a knowledge index again", metadata: ["account": "\(account)", "reason": "\(error)"])
            return nil
        }
        guard let mark = found.mark else { return nil }
        let followed = try await follow(found, from: mark, counting: true)
        // Files of a database that has since been restored from a backup: of another history.
        guard followed.revision >= mark, found.count == followed.passages else { return nil }
        return State(index: found, revision: followed.revision)
    }

    /// A new index of everything, read page by page; what changes meanwhile is read again at the end.
    private func built() async throws -> State {
        let index = try await work.files.run { [self] in try empty() }
        let start = try await database.read(in: account) { try EntryStore($0).revision() }
        var last: Identifier<PassageSubject>?
        while true {
            let after = last
            let page = try await database.read(in: account) { try PassageStore($0).passages(after: after, limit: Self.page) }
            if !page.isEmpty { try await work.words.run { index.add(page) } }
            guard page.count == Self.page, let end = page.last?.id else { break }
            last = end
        }
        return State(index: index, revision: try await follow(index, from: start).revision)
    }

    private func empty() throws -> PassageIndex {
        guard let folder else { return try PassageIndex(folder: nil) }
        do { return try PassageIndex(folder: folder, discardingFiles: true) } catch {
            logger.warning("the knowledge index stays in memory", metadata: ["account": "\(account)", "error": "\(error)"])
            return try PassageIndex(folder: nil)
        }
    }

    private static let page = 4_096

    /// Applies the changes after `revision`; answers the database's revision and, `counting`, its number of passages then.
    private func follow(
        _ index: PassageIndex, from revision: Int64, counting: Bool = false
    ) async throws -> (revision: Int64, passages: Int) {
        var position = EntryCursor(revision: revision, id: EntryID(high: .max, low: .max))
        while true {
            let after = position
            let (page, now, passages) = try await database.read(in: account) { transaction in
                let store = try PassageStore(transaction)
                let page = try store.changes(after: after, limit: Self.page)
                return (page, try EntryStore(transaction).revision(), counting && page.isLast ? try store.count() : 0)
            }
            if !page.changes.isEmpty { try await work.words.run { Self.apply(page, to: index) } }
            guard !page.isLast, let last = page.changes.last else { return (now, passages) }
            position = EntryCursor(revision: last.revision, id: last.id)
        }
    }

    private static func apply(_ page: ChangePage, to index: PassageIndex) {
        let passages = Dictionary(grouping: page.passages, by: \.entry)
        // First versions replace nothing, so they go in together.
        index.add(page.changes.filter { $0.isNew && !$0.isDeleted }.flatMap { passages[$0.id] ?? [] })
        for change in page.changes where !change.isNew || change.isDeleted {
            index.replace(entry: change.id, with: change.isDeleted ? [] : passages[change.id] ?? [])
        }
    }

    // MARK: Upkeep

    /// Joins segments and writes to the folder what is only in memory.
    func keep() async throws {
        guard let current else { return }
        try await work.files.run { [self] in
            while current.index.mergeOnce() {}
            guard folder != nil, !isRetired.withLock({ $0 }), current.index.mark != current.revision else { return }
            // Changes after the mark are applied again by whoever opens the files.
            try current.index.flush(mark: current.revision)
        }
    }
}
