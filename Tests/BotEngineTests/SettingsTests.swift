import AuditInterface
import BotEngineInterface
import ConversationsInterface
import Egress
import Kernel
import TestSupport
import Testing

@testable import BotEngine

@Suite struct SettingsTests {
    @Test(arguments: TestEngine.all)
    func `what is saved is read back, in its own account alone`(engine: TestEngine) async throws {
        let bench = try await BotBench(engine)
        try await bench.settings { ($0.name, $0.burstWait, $0.languages) = ("Айя", .zero, [.kazakh, .russian]) }
        let stored = try await bench.module.editor.current(bench.account)
        #expect(stored.name == "Айя" && stored.burstWait == .zero && stored.languages == [.kazakh, .russian])
        #expect(try await bench.module.editor.current(AccountID()) == BotSettings())
        #expect(bench.audit.entries.last?.detail == "name languages burst_wait_ms")
    }

    @Test func `the key is sealed, kept, and never follows to another host`() async throws {
        let bench = try await BotBench()
        try await bench.settings({ $0.baseURL = "https://ai.example/v1" }, key: "sk-secret")
        let sealed = try #require(try await bench.module.editor.current(bench.account).sealedKey)
        #expect(!String(decoding: sealed, as: UTF8.self).contains("sk-secret"))
        try await bench.settings { $0.name = "Бот" }
        #expect(try await bench.module.editor.current(bench.account).sealedKey == sealed)
        await #expect(throws: Problem.self) { try await bench.settings { $0.baseURL = "https://evil.example/v1" } }
        try await bench.settings({ $0.baseURL = "https://new.example/v1" }, key: "")
        #expect(try await bench.module.editor.current(bench.account).sealedKey == nil)
    }

    @Test(arguments: [
        "http://ai.example/v1", "ftp://ai.example", "https://", "https://user@ai.example/v1", "https://ai.example/v1?x=1",
        "ai.example",
        "https://ai.example:99999/v1", "https://ai example/v1",
    ])
    func `A-31 an address that Egress would not reach is refused`(address: String) async throws {
        let bench = try await BotBench()
        await #expect(throws: Problem.self) { try await bench.settings { $0.baseURL = address } }
    }

    @Test func `values out of range are refused`() async throws {
        let bench = try await BotBench()
        let changes: [@Sendable (inout BotSettings) -> Void] = [
            { $0.name = "" }, { $0.languages = [] }, { $0.burstWait = .seconds(16) }, { $0.maxReplies = 0 },
            { $0.temperature = 3 },
            { $0.notice.ru = "" }, { $0.handOffWords = ["x"] }, { $0.provider = .openAICompatible },
            { $0.instructions = String(repeating: "я", count: 8_001) },
        ]
        for change in changes { await #expect(throws: Problem.self) { try await bench.settings { change(&$0) } } }
        try await bench.settings {
            ($0.burstWait, $0.maxReplies, $0.instructions) = (.seconds(15), 1_000, String(repeating: "я", count: 8_000))
        }
    }

    @Test func `only the account's own endpoint is declared`() async throws {
        let bench = try await BotBench()
        try await bench.settings { $0.baseURL = "https://AI.example/v1/" }
        let hosts = ProviderHosts(database: bench.database)
        #expect(try await hosts.declares(host: "ai.example", account: bench.account))
        #expect(try await !hosts.declares(host: "evil.example", account: bench.account))
        #expect(try await !hosts.declares(host: "ai.example", account: AccountID()))
        #expect(try await !hosts.declares(host: "ai.example", account: nil))
    }

    @Test func `a change shows at once here, and within a second elsewhere`() async throws {
        let bench = try await BotBench()
        let elsewhere = SettingsCache(database: bench.database, time: bench.time)
        #expect(try await elsewhere.settings(of: bench.account).enabled)
        try await bench.settings { $0.enabled = false }
        #expect(try await bench.module.notice.notice(language: .english, account: bench.account) == nil)
        bench.time.advance(by: .seconds(1))
        #expect(try await !elsewhere.settings(of: bench.account).enabled)
    }

    @Test(arguments: TestEngine.all)
    func `the data map names every column`(engine: TestEngine) async throws {
        let bench = try await BotBench(engine)
        let columns = try await bench.database.columns(ofTablesNamed: "bot_")
        #expect(BotEngineModule.dataMap.mapValues { Set($0.keys) } == columns)
    }
}
