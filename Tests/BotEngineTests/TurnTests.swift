import AuditInterface
import BillingInterface
import BotEngineInterface
import ConversationsInterface
import Kernel
import Persistence
import Synchronization
import TestSupport
import Testing

@testable import BotEngine

@Suite struct TurnTests {
    @Test(arguments: TestEngine.all)
    func `reply, ledger row, usage and audit line are one`(engine: TestEngine) async throws {
        let bench = try await BotBench(engine)
        bench.addPrices()
        try await bench.ask("Сколько стоит диван?")
        let row = try #require(try await bench.calls().first)
        #expect(row.call.provider == "builtin")
        #expect(row.outcome.result == .answered)
        #expect(row.call.conversation == bench.conversations.id)
        #expect(bench.usage.lines.map(\.source) == [row.call.id.description])
        #expect(bench.audit.actions == ["bot.replied"])
        let other = try await bench.database.read(in: AccountID()) { try AICallStore(transaction: $0).page(after: nil, limit: 9) }
        #expect(other.isEmpty)
    }

    @Test func `the notice stands in the first reply and in no other`() async throws {
        let bench = try await BotBench()
        bench.addPrices()
        try await bench.ask("Сколько стоит диван?")
        let state = try await bench.ask("Сколько стоит диван Осло?")
        let notice = "Вам отвечает автоматический помощник"
        #expect(state.replies.map { $0.text.contains(notice) } == [true, false])
    }

    @Test func `a burst is answered once, as one question`() async throws {
        let bench = try await BotBench()
        bench.addPrices()
        for text in ["Здравствуйте", "Сколько стоит", "диван?"] { bench.conversations.say(text, at: bench.time.now()) }
        try await bench.run()
        #expect(bench.knowledge.questions.withLock { $0 } == ["Здравствуйте\nСколько стоит\nдиван?"])
        #expect(bench.conversations.state.replies.count == 1)
        try await bench.run()
        #expect(bench.conversations.state.replies.count == 1)
    }

    @Test(arguments: TestEngine.all)
    func `the turn waits for the end of the burst, but not for ever`(engine: TestEngine) async throws {
        let bench = try await BotBench(engine)
        bench.addPrices()
        let first = bench.conversations.say("Сколько стоит диван?", at: bench.time.now())
        try await bench.receive(first)
        #expect(bench.sink.queued.map(\.options.delay) == [.milliseconds(2_500)])
        var deferrals = 0
        for _ in 0..<20 {
            bench.time.advance(by: .seconds(2))
            try await bench.receive(bench.conversations.say("и ещё диван", at: bench.time.now()))
            do { if try await bench.run() { break } } catch is JobDeferred { deferrals += 1 }
        }
        #expect(deferrals == 7)
        #expect(bench.time.elapsed == .seconds(16))
        #expect(bench.conversations.state.replies.count + bench.conversations.state.handOffs.count == 1)
        let id = bench.conversations.id
        let burst = try await bench.database.read(in: bench.account) { try TurnStore(transaction: $0).burst(id) }
        #expect(burst == nil)
    }

    @Test func `a message that comes while the turn runs gets a turn of its own`() async throws {
        let bench = try await BotBench()
        let id = bench.conversations.say("диван?", at: bench.time.now())
        try await bench.receive(id)
        try await bench.receive(bench.conversations.say("стол?", at: bench.time.now()))
        try await bench.receive(bench.conversations.say("шкаф?", at: bench.time.now()))
        #expect(
            bench.sink.queued.compactMap(\.options.unique) == ["\(bench.conversations.id)", "\(bench.conversations.id)/next"])
        #expect(Set(bench.sink.queued.compactMap(\.options.key)).count == 1)
    }

    @Test func `what came during the answer is still open afterwards`() async throws {
        let bench = try await BotBench()
        let now = bench.time.now()
        let lines = ["1", "2"].map { TranscriptLine(id: MessageID(), author: .customer, text: $0, at: now) }
        let reply = TranscriptLine(id: ReplyIdentity.reply(to: lines[0].id), author: .bot, text: "ответ", at: now)
        #expect(OpenQuestion(lines + [reply], at: now)?.text == "2")
        let byPerson = TranscriptLine(id: MessageID(), author: .user, text: "ответ", at: now)
        #expect(OpenQuestion(lines + [byPerson], at: now) == nil)
    }

    @Test(arguments: [TurnOwner.human, .nobody])
    func `the bot is silent while it has not the turn`(owner: TurnOwner) async throws {
        let bench = try await BotBench()
        bench.addPrices()
        bench.conversations.change { $0.owner = owner }
        let id = bench.conversations.say("Сколько стоит диван?", at: bench.time.now())
        try await bench.receive(id, owner: owner)
        #expect(bench.sink.queued.isEmpty)
        try await bench.run()
        #expect(bench.conversations.state.replies.isEmpty)
        #expect(try await bench.calls().isEmpty)
    }

    @Test func `a person who is faster silences the bot, and the call is still in the ledger`() async throws {
        let bench = try await BotBench()
        bench.addPrices()
        bench.conversations.beforePrepare.withLock { action in
            action = { [conversations = bench.conversations] in conversations.change { ($0.owner, $0.fence) = (.human, 2) } }
        }
        let state = try await bench.ask("Сколько стоит диван?")
        #expect(state.replies.isEmpty && state.handOffs.isEmpty)
        #expect(try await bench.calls().map(\.outcome.result) == [.stale])
        #expect(bench.audit.actions.isEmpty)
    }

    @Test func `F-11 a message a day late is not answered`() async throws {
        let bench = try await BotBench()
        let late = bench.time.now().advanced(by: .seconds(-24 * 3_600 - 1))
        try await bench.receive(bench.conversations.say("диван?", at: late), occurredAt: late)
        #expect(bench.sink.queued.isEmpty)
        try await bench.run()
        #expect(bench.conversations.state.handOffs.isEmpty)
    }

    @Test func `given back, the bot answers what stands open`() async throws {
        let bench = try await BotBench()
        bench.addPrices()
        bench.conversations.say("Сколько стоит диван?", at: bench.time.now())
        try await bench.change(ConversationChanged(conversation: bench.conversations.id))
        #expect(bench.sink.queued.isEmpty)
        try await bench.change(ConversationChanged(conversation: bench.conversations.id, givenBack: true))
        #expect(bench.sink.queued.count == 1)
        try await bench.run()
        #expect(bench.conversations.state.replies.count == 1)
    }

    @Test(arguments: ["Позовите оператора", "I want a HUMAN", "адам шақырыңыз", "соедините с человеком"])
    func `hand-off words call a person without a call to anybody`(text: String) async throws {
        let bench = try await BotBench()
        #expect(try await bench.ask(text).handOffs == [.askedForHuman])
        #expect(try await bench.calls().isEmpty)
    }

    @Test func `a hand-off is told once, in the customer's language, and leaves the question open`() async throws {
        let bench = try await BotBench()
        bench.addPrices()
        let state = try await bench.ask("Сколько стоит доставка на Луну?")
        #expect(state.replies.isEmpty && state.handOffs.count == 1)
        let told = try #require(state.farewells.first)
        #expect(told.text.contains("Вам отвечает автоматический помощник") && told.text.hasSuffix("ответят здесь, в этом чате."))
        bench.conversations.change { $0.owner = .bot }
        try await bench.run()
        let farewells = bench.conversations.state.farewells
        #expect(
            farewells.count == 2 && Set(farewells.map(\.id)).count == 1, "the same line under the same id, which is said once")
    }

    @Test func `A-61 the limit of replies hands over`() async throws {
        let bench = try await BotBench()
        bench.addPrices()
        try await bench.settings { $0.maxReplies = 1 }
        try await bench.ask("Сколько стоит диван?")
        let state = try await bench.ask("Сколько стоит диван?")
        #expect(state.replies.count == 1)
        #expect(state.handOffs == [.limit])
    }

    @Test func `a bot that is off does nothing`() async throws {
        let bench = try await BotBench()
        bench.addPrices()
        try await bench.settings { $0.enabled = false }
        try await bench.receive(bench.conversations.say("Сколько стоит диван?", at: bench.time.now()))
        #expect(bench.sink.queued.isEmpty)
        try await bench.run()
        #expect(bench.conversations.state.replies.isEmpty)
        #expect(try await bench.module.notice.notice(language: .russian, account: bench.account) == nil)
    }

    @Test func `the reply's id follows from its message`() {
        let message = MessageID()
        let reply = ReplyIdentity.reply(to: message)
        #expect(reply == ReplyIdentity.reply(to: message))
        #expect(reply > message && reply.high >> 16 == message.high >> 16 + 1)
        let foreign = MessageID(high: 0x1234_5678_9ABC_4DEF, low: 1)
        #expect(ReplyIdentity.reply(to: foreign) != foreign)
    }

    @Test func `a turn with the builtin answerer is quick`() async throws {
        let bench = try await BotBench()
        bench.addPrices()
        try await bench.settings { $0.burstWait = .zero }
        let clock = ContinuousClock()
        var times: [Duration] = []
        for _ in 0..<60 {
            bench.conversations.change { ($0.lines, $0.replies, $0.owner) = ([], [], .bot) }
            let id = bench.conversations.say("Сколько стоит диван?", at: bench.time.now())
            times.append(
                try await clock.measure {
                    try await bench.receive(id)
                    try await bench.run()
                })
        }
        // An unoptimised build on a busy machine; the real bound is 10 ms.
        #expect(times.sorted()[30] < .milliseconds(60))
    }
}
