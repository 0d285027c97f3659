import Kernel
import Testing

@testable import PassageIndex

struct SearchTests {
    @Test func `the top of 500 random indexes is the top of brute force`() throws {
        for seed in UInt64(1)...500 {
            var corpus = Corpus(seed)
            let passages = corpus.passages([2, 15, 50, 150][Int(seed % 4)])
            let index = try PassageIndex(folder: nil)
            for start in stride(from: 0, to: passages.count, by: 57) {
                index.add(Array(passages[start..<min(start + 57, passages.count)]))
            }
            let expected = BruteForce(passages)
            for top in [1, 3, 10, 1_000] {
                let query = corpus.query()
                #expect(index.search(query, top: top) == expected.search(query, top: top), "seed \(seed), \(query)")
            }
        }
    }

    @Test func `the top of many windows and blocks is the top of brute force`() throws {
        var corpus = Corpus(99)
        let passages = corpus.passages(5_000, entries: 900)
        let index = try PassageIndex(folder: nil)
        index.add(passages)
        while index.mergeOnce() {}
        let expected = BruteForce(passages)
        for _ in 0..<12 {
            let query = corpus.query()
            #expect(index.search(query, top: 10) == expected.search(query, top: 10), "\(query)")
        }
    }

    @Test func `equal scores are ordered by id`() throws {
        let index = try PassageIndex(folder: nil)
        let ids = (0..<300).map { Identifier<PassageSubject>(high: UInt64($0 * 7 % 300), low: 1) }
        for id in ids {
            index.add([
                Passage(id: id, entry: Identifier(high: 0, low: 1), title: "", text: "диван", language: .russian)
            ])
        }
        #expect(index.search("диваны", top: 5).map(\.passage.high) == [0, 1, 2, 3, 4])
    }

    @Test(arguments: ["", " \n\t", "!!! — …", "\u{0301}\u{200D}", "🛋️"])
    func `a query without words finds nothing`(query: String) throws {
        var corpus = Corpus(1)
        let index = try PassageIndex(folder: nil)
        index.add(corpus.passages(50))
        #expect(index.search(query, top: 10).isEmpty)
    }

    @Test func `a query of stop words alone still finds them`() throws {
        let index = try PassageIndex(folder: nil)
        index.add([.sample("Как это у вас?"), .sample("Диваны и кресла")])
        #expect(index.search("как у вас", top: 5).count == 1)
    }

    @Test func `stop words do not outweigh the words asked for`() throws {
        let index = try PassageIndex(folder: nil)
        let wanted = Passage.sample("Рассрочка на диван без переплаты оформляется за минуту")
        index.add([.sample("А у вас это и то, что вы хотите, можно на вы"), wanted])
        #expect(index.search("А можно у вас на диван рассрочка", top: 1).map(\.passage) == [wanted.id])
    }

    @Test func `a word in the title counts more than in the text`() throws {
        let index = try PassageIndex(folder: nil)
        let (a, b) = (Passage.sample("доставка", title: "цены"), Passage.sample("цены", title: "доставка"))
        index.add([a, b])
        #expect(index.search("доставка", top: 2).map(\.passage) == [b.id, a.id])
    }

    @Test func `a question finds other forms and other languages of its words`() throws {
        let index = try PassageIndex(folder: nil)
        let russian = Passage.sample("Диваны стоят от 189 000 ₸")
        let kazakh = Passage.sample("Диванның бағасы 189000 ₸", language: .kazakh)
        let english = Passage.sample("Our sofas", language: .english)
        index.add([russian, kazakh, english, .sample("Кресло")])
        #expect(Set(index.search("диван", top: 5).map(\.passage)) == [russian.id, kazakh.id])
        #expect(Set(index.search("189000", top: 5).map(\.passage)) == [russian.id, kazakh.id])
        #expect(index.search("sofa", top: 5).map(\.passage) == [english.id])
    }

    @Test func `a hostile query is cut, not refused`() throws {
        var corpus = Corpus(3)
        let index = try PassageIndex(folder: nil)
        index.add(corpus.passages(50))
        let queries = [
            String(repeating: "диван", count: 100_000), (0..<50_000).map { "слово\($0)" }.joined(separator: " "),
        ]
        for query in queries { #expect(index.search(query, top: 10).count <= 10) }
        #expect(index.search("диван", top: -1).isEmpty)
        #expect(index.search("диван", top: .max).count <= 1_000)
    }
}

extension Passage {
    static func sample(
        _ text: String, title: String = "", language: Language = .russian,
        entry: Identifier<EntrySubject> = Identifier()
    ) -> Passage {
        Passage(id: Identifier(), entry: entry, title: title, text: text, language: language)
    }
}
