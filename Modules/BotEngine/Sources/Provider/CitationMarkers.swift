import Kernel
import KnowledgeBaseInterface

/// A model's answer with its `[n]` markers resolved.
struct CitationMarkers: Sendable {
    /// The text without markers.
    let text: String
    let citations: [Citation]
    let statements: [Draft.Statement]
    /// The first sentence with a marker that points nowhere.
    let unresolved: String?

    init(_ answer: String, sources: [KnowledgeHit]) {
        var cited: [Int] = []
        var unresolved: String?
        var sentences: [(text: String, numbers: [Int])] = []
        for sentence in SentenceSplitter.sentences(of: answer) {
            let (plain, numbers) = Self.strip(sentence)
            if unresolved == nil, numbers.contains(where: { !(1...max(1, sources.count)).contains($0) || sources.isEmpty }) {
                unresolved = sentence
            }
            let known = numbers.filter { sources.indices.contains($0 - 1) }
            for number in known where !cited.contains(number) { cited.append(number) }
            if !plain.trimmingSpaces.isEmpty { sentences.append((plain, known)) }
        }
        func texts(_ numbers: [Int]) -> [String] {
            numbers.flatMap { [sources[$0 - 1].citation.quote, sources[$0 - 1].passage, sources[$0 - 1].citation.title] }
        }
        text = Self.strip(answer).text.trimmingSpaces
        citations = cited.map { sources[$0 - 1].citation }
        // A sentence without a marker of its own rests on all that the answer cites.
        statements = sentences.map { .init(text: $0.text, sources: texts($0.numbers.isEmpty ? cited : $0.numbers)) }
        self.unresolved = unresolved
    }

    /// Takes `[1]`, `[1, 2]` and the space before out.
    private static func strip(_ text: String) -> (text: String, numbers: [Int]) {
        let scalars = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        var numbers: [Int] = []
        var index = 0
        while index < scalars.count {
            if scalars[index] == "[", let close = scalars[index...].prefix(24).firstIndex(of: "]") {
                let inner = scalars[(index + 1)..<close]
                if !inner.isEmpty, inner.allSatisfy({ $0.isDigit || $0 == "," || $0 == " " }), inner.contains(where: \.isDigit) {
                    for part in inner.split(whereSeparator: { !$0.isDigit }) {
                        numbers.append(part.reduce(0) { min(100_000, $0 * 10 + Int($1.value) - 48) })
                    }
                    while result.last == " " { result.removeLast() }
                    index = close + 1
                    continue
                }
            }
            result.append(scalars[index])
            index += 1
        }
        return (String(result), numbers)
    }
}
