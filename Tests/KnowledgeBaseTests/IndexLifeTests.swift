import Foundation
import Kernel
import KnowledgeBaseInterface
import Logging
import PassageIndex
import Persistence
import TestSupport
import Testing

@testable import KnowledgeBase

struct IndexLifeTests {
    private func indexes(_ base: KnowledgeFixture, _ folder: URL?, _ limits: AccountIndexes.Limits = .init()) -> AccountIndexes {
        AccountIndexes(database: base.database, folder: folder, limits: limits, logger: Logger(label: "tests"))
    }

    private func quotes(_ base: KnowledgeFixture, _ indexes: AccountIndexes, _ question: String) async throws -> [String] {
        try await LiveKnowledgeSearch(database: base.database, indexes: indexes).search(question, top: 10, account: base.account)
            .map(\.citation.quote)
    }

    @Test(arguments: TestEngine.all)
    func `an index written to its folder goes on where it stopped`(engine: TestEngine) async throws {
        let (base, folder) = (try await KnowledgeFixture(engine), try TemporaryFolder())
        let sofa = try await base.save("Прайс", "Диван стоит 1 ₸")
        try await base.save("Ещё", "Кресло стоит 2 ₸")
        do {
            let first = indexes(base, folder.url)
            #expect(try await quotes(base, first, "диван").count == 1)
            await first.keep()
        }
        // While nobody had it open.
        try await base.save("Прайс", "Шкаф стоит 3 ₸", id: sofa.id)
        let second = indexes(base, folder.url)
        let files = folder.url.appending(path: base.account.description)
        let mark = try PassageIndex(folder: files).mark
        #expect(mark == 2)
        #expect(try await quotes(base, second, "диван").isEmpty)
        #expect(try await quotes(base, second, "шкаф") == ["Шкаф стоит 3 ₸"])
        #expect(try await quotes(base, second, "кресло") == ["Кресло стоит 2 ₸"])
        await second.keep()
        #expect(try PassageIndex(folder: files).mark == 3)
    }

    @Test(arguments: ["manifest", ".segment"])
    func `damaged files are built again from the database`(ending: String) async throws {
        let (base, folder) = (try await KnowledgeFixture(.sqlite), try TemporaryFolder())
        try await base.save("Прайс", "Диван стоит 1 ₸")
        do {
            let first = indexes(base, folder.url)
            _ = try await quotes(base, first, "диван")
            await first.keep()
        }
        let files = folder.url.appending(path: base.account.description)
        let names = try FileManager.default.contentsOfDirectory(atPath: files.path).filter { $0.hasSuffix(ending) }
        #expect(!names.isEmpty)
        for name in names { try Data("rubbish".utf8).write(to: files.appending(path: name)) }
        let second = indexes(base, folder.url)
        #expect(try await quotes(base, second, "диван") == ["Диван стоит 1 ₸"])
        await second.keep()
        #expect(try PassageIndex(folder: files).count == 1)
    }

    @Test func `files of another history are not believed`() async throws {
        let (base, other, folder) = (
            try await KnowledgeFixture(.sqlite), try await KnowledgeFixture(.sqlite), try TemporaryFolder()
        )
        for number in 0..<3 { try await base.save("Прайс \(number)", "Диван стоит 1 ₸") }
        do {
            let first = indexes(base, folder.url)
            #expect(try await quotes(base, first, "диван").count == 3)
            await first.keep()
        }
        // The same account in an older database, as after a restore.
        try await other.save("Прайс", "Диван стоит 7 ₸", account: base.account)
        let second = indexes(other, folder.url)
        let search = LiveKnowledgeSearch(database: other.database, indexes: second)
        #expect(try await search.search("диван", top: 10, account: base.account).map(\.citation.quote) == ["Диван стоит 7 ₸"])
    }

    @Test func `a folder serves one process, the others stay in memory`() async throws {
        let (base, folder) = (try await KnowledgeFixture(.sqlite), try TemporaryFolder())
        try await base.save("Прайс", "Диван стоит 1 ₸")
        let first = indexes(base, folder.url)
        let second = indexes(base, folder.url)
        #expect(try await quotes(base, first, "диван").count == 1)
        #expect(try await quotes(base, second, "диван").count == 1)
        await second.keep()
        let files = folder.url.appending(path: base.account.description)
        #expect(!FileManager.default.fileExists(atPath: files.appending(path: "manifest").path))
        await first.keep()
        #expect(FileManager.default.fileExists(atPath: files.appending(path: "manifest").path))
    }

    @Test func `accounts used longest ago make room`() async throws {
        let base = try await KnowledgeFixture(.sqlite)
        let indexes = indexes(base, nil, .init(accounts: 3, bytes: 1 << 30))
        let accounts = (0..<5).map { _ in AccountID() }
        for account in accounts { try await base.save("Прайс", "Диван стоит 1 ₸", account: account) }
        let search = LiveKnowledgeSearch(database: base.database, indexes: indexes)
        for account in accounts {
            #expect(try await search.search("диван", top: 1, account: account).count == 1)
            #expect(try await search.search("диван", top: 1, account: accounts[0]).count == 1)
        }
        #expect(indexes.count == 3)
        #expect(
            indexes.existing(accounts[0]) != nil && indexes.existing(accounts[1]) == nil && indexes.existing(accounts[4]) != nil)
        #expect(try await search.search("диван", top: 1, account: accounts[1]).count == 1)
    }

    @Test func `bytes are bounded too, but for one index`() async throws {
        let base = try await KnowledgeFixture(.sqlite)
        let indexes = indexes(base, nil, .init(accounts: 10, bytes: 1))
        let accounts = (0..<3).map { _ in AccountID() }
        let search = LiveKnowledgeSearch(database: base.database, indexes: indexes)
        for account in accounts {
            try await base.save("Прайс", "Диван стоит 1 ₸", account: account)
            #expect(try await search.search("диван", top: 1, account: account).count == 1)
        }
        await indexes.keep()
        #expect(indexes.count == 1 && indexes.existing(accounts[2]) != nil)
    }

    @Test(arguments: TestEngine.all)
    func `many searches at once build an index of several pages once`(engine: TestEngine) async throws {
        let base = try await KnowledgeFixture(engine)
        func drafts(_ thing: String, _ count: Int) -> [KnowledgeDraft] {
            (0..<count).map {
                KnowledgeDraft(
                    title: "Товар \($0)", text: "\(thing), артикул \(10_000 + $0)", language: .russian, source: "s\($0)")
            }
        }
        #expect(
            try await base.module.editor.importAll(drafts("Диван", 5_000), by: .system, account: base.account) { _ in } == 5_000)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in stride(from: 0, to: 5_000, by: 250) {
                group.addTask {
                    let found = try await base.find("артикул \(10_000 + number)")
                    #expect(found.first?.citation.title == "Товар \(number)")
                }
            }
            try await group.waitForAll()
        }
        // Caught up in pages by a process whose index is of the time before.
        let other = base.another()
        #expect(try await base.find("артикул 11199", in: other).first?.citation.version == 1)
        #expect(
            try await base.module.editor.importAll(drafts("Кресло", 1_200), by: .system, account: base.account) { _ in } == 1_200)
        #expect(try await base.find("артикул 11199", in: other).first?.citation.quote == "Кресло, артикул 11199")
        #expect(try await base.find("артикул 11200", in: other).first?.citation.quote == "Диван, артикул 11200")
    }

    @Test func `work for several is done by one, and again after a failure`() async throws {
        let (turn, runs) = (OneAtATime(), Recorder<Int>())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    try await turn.run {
                        runs.append(number)
                        try await Task.sleep(for: .milliseconds(200))
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(runs.count < 20)
        await #expect(throws: Problem.notFound) { try await turn.run { throw Problem.notFound } }
        let before = runs.count
        try await turn.run { runs.append(0) }
        #expect(runs.count == before + 1)
    }
}
