import ConversationsInterface
import Foundation
import Kernel
import KnowledgeBaseInterface
import Logging
import Synchronization
import TestSupport
import Vault

@testable import BotEngine
@testable import Persistence

/// A bot with one conversation, on a real database, with everything around it faked.
struct BotBench: Sendable {
    let account = AccountID()
    let time = EagerTime()
    let conversations = FakeConversations()
    let knowledge = FakeKnowledge()
    let usage = FakeUsage()
    let egress = FakeEgress()
    let audit = RecordingAuditTrail()
    let sink = RecordingSink()
    let database: any Database
    let module: BotEngineModule

    init(_ engine: TestEngine = .sqlite) async throws {
        database = try await engine.database(BotEngineModule.migrations, sink: sink)
        module = BotEngineModule(
            database: database, vault: try Vault.forTests(), egress: egress, conversations: conversations, knowledge: knowledge,
            usage: usage, audit: audit, time: time, randomness: .seeded(), logger: Logger(label: "test"))
    }

    /// The demo's price list.
    func addPrices() {
        let passage = "Диван «Осло» — 189 000 ₸\nДиван «Берген» угловой — 240 000 ₸\nДоставка по городу — 5 000 ₸"
        knowledge.add(passage, quote: "Диван «Осло» — 189 000 ₸")
    }

    func settings(_ change: (inout BotSettings) -> Void, key: String? = nil, account: AccountID? = nil) async throws {
        let account = account ?? self.account
        var settings = try await module.editor.current(account)
        change(&settings)
        _ = try await module.editor.replace(settings, key: key, by: .system, account: account)
    }

    func useProvider(_ steps: [FakeEgress.Step]) async throws {
        try await settings(
            {
                ($0.provider, $0.baseURL, $0.model) = (.openAICompatible, "https://ai.example/v1", "m-1")
                ($0.temperature, $0.burstWait) = (0.2, .zero)
                $0.prices = [.init(model: "m-1", inputPerMillion: 1_000_000, outputPerMillion: 2_000_000, currency: "USD")]
            }, key: "sk-test")
        egress.play(steps)
    }

    func receive(_ message: MessageID, owner: TurnOwner = .bot, occurredAt: Instant? = nil) async throws {
        let event = MessageReceived(
            conversation: conversations.id, message: message, channel: conversations.channel, owner: owner, fence: 1,
            occurredAt: occurredAt ?? time.now())
        try await database.write(in: account) { [module] in try module.intake.received(event, in: $0) }
    }

    func change(_ event: ConversationChanged) async throws {
        try await database.write(in: account) { [module] in try module.intake.changed(event, in: $0) }
    }

    /// Runs the turn as the job runner would; true when its effects were committed with the job.
    @discardableResult
    func run() async throws -> Bool {
        let job = Job(
            account: account, id: JobID(), queue: TurnJob.queue, payload: "", attempt: 1, maxAttempts: 20, fence: 1, source: nil,
            createdAt: time.now())
        let isDone = Done()
        let context = JobContext(job: job) { [database, account] _, effects in
            try await database.write(in: account) { try effects($0) }
            isDone.value.withLock { $0 = true }
        }
        try await module.runner.run(TurnJob(conversation: conversations.id), context)
        return isDone.value.withLock { $0 }
    }

    private final class Done: Sendable { let value = Mutex(false) }

    /// The customer says `text`, and the bot has its turn at once.
    @discardableResult
    func ask(_ text: String) async throws -> FakeConversations.State {
        conversations.say(text, at: time.now())
        try await run()
        return conversations.state
    }

    func calls() async throws -> [AICallStore.Row] {
        try await database.read(in: account) { try AICallStore(transaction: $0).page(after: nil, limit: 100) }
    }
}
