import Kernel
import Persistence
import TestSupport
import Testing
import Vault

struct RememberedAnswersTests {
    private static func sample(_ engine: TestEngine) async throws -> (
        answers: RememberedAnswers, database: any Database, VirtualTime
    ) {
        let (database, time) = (try engine.place().open(sink: nil), VirtualTime())
        try await Migrator(PersistenceSchema.data).migrate(database, at: VirtualTime.start)
        return (RememberedAnswers(database: database, vault: try Vault.forTests(), time: time), database, time)
    }

    @Test(arguments: TestEngine.all) func `a key is taken once, and its answer lies sealed`(engine: TestEngine) async throws {
        let (answers, database, _) = try await Self.sample(engine)
        let account = AccountID()
        func begin(_ account: AccountID, _ actor: String = "user/1", _ request: [UInt8] = [1]) async throws
            -> RememberedAnswers.Finding
        {
            try await answers.begin("k", of: actor, request: request, account: account)
        }
        #expect(try await begin(account) == .new)
        #expect(try await begin(account) == .unfinished(since: VirtualTime.start))
        try await answers.finish("k", of: "user/1", answer: Array("the answer".utf8), account: account)
        #expect(try await begin(account) == .answered(Array("the answer".utf8)))
        #expect(try await begin(account, "user/1", [2]) == .differs)
        #expect(try await begin(account, "user/2") == .new, "each actor has keys of its own")
        #expect(try await begin(AccountID()) == .new, "and each account")
        let stored = try await database.read(in: account) {
            try $0.rows("SELECT answer FROM platform_answer WHERE account_id = \(account) AND answer IS NOT NULL") {
                try $0.blob("answer")
            }
        }
        #expect(stored.count == 1 && !String(decoding: stored.joined(), as: UTF8.self).contains("answer"))
    }

    @Test(arguments: TestEngine.all) func `a key is free again after a refusal and after a day`(engine: TestEngine) async throws {
        let (answers, database, time) = try await Self.sample(engine)
        let account = AccountID()
        func begin() async throws -> RememberedAnswers.Finding {
            try await answers.begin("k", of: "user/1", request: [1], account: account)
        }
        #expect(try await begin() == .new)
        try await answers.forget("k", of: "user/1", account: account)
        #expect(try await begin() == .new)
        try await answers.finish("k", of: "user/1", answer: [1], account: account)
        try await answers.forget("k", of: "user/1", account: account)
        #expect(try await begin() == .answered([1]), "what took effect is not forgotten")
        time.advance(by: RememberedAnswers.lifetime + .seconds(1))
        #expect(try await begin() == .new)
        time.advance(by: RememberedAnswers.lifetime + .seconds(1))
        try await answers.expire()
        #expect(
            try await database.read(in: account) { try $0.count("SELECT count(*) AS count FROM platform_answer") } == 0)
    }
}
