import Kernel
import KnowledgeBaseInterface
import PassageIndex
import Persistence

/// Finds passages in the account's index and reads those few, with their entries, from the database.
struct LiveKnowledgeSearch: KnowledgeSearch {
    let database: any Database
    let indexes: AccountIndexes
    private let lines = PassageLines()

    init(database: any Database, indexes: AccountIndexes) { (self.database, self.indexes) = (database, indexes) }

    func search(_ question: String, top: Int, account: AccountID) async throws -> [KnowledgeHit] {
        let question = TextCleaning.line(
            String(String.UnicodeScalarView(question.unicodeScalars.prefix(KnowledgeLimits.question))))
        let limit = min(top, KnowledgeLimits.hits)
        guard !question.isEmpty, limit > 0 else { return [] }
        let index = indexes.index(of: account)
        var needed: Int64?
        for attempt in 1... {
            let state = try await index.reaching(needed)
            let hits = state.index.search(question, top: max(limit, Self.candidates))
            let (rows, revision) = try await database.read(in: account) { transaction in
                (try PassageStore(transaction).rows(hits.map(\.passage)), try EntryStore(transaction).revision())
            }
            // One snapshot answers both: where the rows stand, and whether the index knew all that stands there.
            if revision == state.revision || attempt == Self.attempts {
                return Array(ranked(hits, rows, question).prefix(limit))
            }
            // A database that went back was restored from a backup.
            if revision < state.revision { index.discard(state) }
            needed = revision
        }
        return []
    }

    /// Under a stream of changes the last answer is as new as the moment it was asked for.
    private static let attempts = 4

    /// How many passages of the index are read for even the shortest answer.
    private static let candidates = 10

    /// Orders passages by BM25 and by how well their best line answers: "how much is the sofa" wants the line with the sofa's
    /// price, not the passage that says "is" most.
    private func ranked(
        _ hits: [Hit], _ rows: [Identifier<PassageSubject>: PassageStore.Row], _ question: String
    ) -> [KnowledgeHit] {
        let asked = QuoteQuestion(question)
        let best = max(hits.first?.score ?? 0, .leastNormalMagnitude)
        let found = hits.compactMap { hit -> (hit: KnowledgeHit, rank: Double)? in
            guard let row = rows[hit.passage] else { return nil }
            let quote = BestQuote(answering: asked, in: row.text, lines.lines(of: hit.passage, row.text))
            return (Self.hit(row, quote, hit.score), hit.score / best + (quote?.score ?? 0) * Self.quoteWeight)
        }
        // Equal ranks stay as the index ordered them.
        return found.enumerated().sorted { ($1.element.rank, $0.offset) < ($0.element.rank, $1.offset) }.map(\.element.hit)
    }

    private static let quoteWeight = 1.0

    private static func hit(_ row: PassageStore.Row, _ quote: BestQuote?, _ score: Double) -> KnowledgeHit {
        let (start, end) = quote.map { ($0.utf16.lowerBound, $0.utf16.upperBound) } ?? (0, row.text.utf16.count)
        return KnowledgeHit(
            citation: Citation(
                entryID: row.entry, version: row.version, title: row.title, quote: quote?.text ?? row.text,
                start: row.start + start,
                end: row.start + end),
            passage: row.text, source: row.source, score: score)
    }
}
