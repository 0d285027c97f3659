/// Lets through only what a source supports. Code, not a prompt: it holds whatever the model was talked into.
///
/// A sentence that names a number, price, share, date, time, span, phone, link, address or a promise passes when every such
/// claim stands in one of its sources. The customer's own words are no source.
struct GroundingGate: Sendable {
    struct Blocked: Hashable, Sendable {
        let sentence: String
        /// Which claim of it has no source, in a word.
        let claim: String
    }

    func firstUnsupported(in statements: [Draft.Statement]) -> Blocked? {
        var known: [String: Claims] = [:]
        for statement in statements {
            for sentence in SentenceSplitter.sentences(of: statement.text) {
                let claims = ClaimScanner.claims(of: sentence)
                guard !claims.isEmpty else { continue }
                var sources: [Claims] = []
                var missing = claims.firstUnsupported(by: sources)
                // The quotation comes first and mostly says it all; the passages are read only if it does not.
                for source in statement.sources where missing != nil {
                    let read = known[source] ?? Self.support(of: source)
                    known[source] = read
                    sources.append(read)
                    missing = claims.firstUnsupported(by: sources)
                }
                if let missing { return Blocked(sentence: sentence, claim: missing) }
            }
        }
        return nil
    }

    /// What a source can support. It is read line by line, as a question mark or a "нет" reaches no further; units in the
    /// head of a table serve the whole passage.
    static func support(of source: String) -> Claims {
        var sum = Claims()
        for sentence in SentenceSplitter.sentences(of: source) { sum.add(ClaimScanner.claims(of: sentence)) }
        return sum
    }
}

extension Claims {
    fileprivate mutating func add(_ other: Claims) {
        figures += other.figures
        ranges += other.ranges
        dates.formUnion(other.dates)
        months.formUnion(other.months)
        times.formUnion(other.times)
        days.formUnion(other.days)
        relativeDays.formUnion(other.relativeDays)
        contacts.formUnion(other.contacts)
        concepts.formUnion(other.concepts)
        unreadable.formUnion(other.unreadable)
        bareUnits.formUnion(other.bareUnits)
    }
}
