package import AuditInterface
package import BillingInterface
package import BotEngineInterface
package import ConversationsInterface
package import Egress
package import Kernel
package import KnowledgeBaseInterface
package import Logging
package import Persistence
package import Vault
package import WebSupport

/// All that the composition root knows about BotEngine.
package struct BotEngineModule: Sendable {
    package static let migrations = [BotSettingsStore.migration, AICallStore.migration, TurnStore.migration]
    package static let dataMap: DataMap = [
        "bot_settings": BotSettingsStore.dataMap, "bot_ai_call": AICallStore.dataMap, "bot_turn": TurnStore.dataMap,
    ]

    package let tryout: any BotTryout
    package let notice: any BotNotice
    let intake: TurnIntake
    let runner: TurnRunner
    let editor: SettingsEditor
    private let calls: AICallRoutes

    package init(
        database: any Database, vault: Vault, egress: any Egress, conversations: any BotConversations,
        knowledge: any KnowledgeSearch, usage: any UsageLedger, audit: any AuditTrail, time: any TimeSource,
        randomness: Randomness, logger: Logger
    ) {
        let settings = SettingsCache(database: database, time: time)
        let mind = BotMind(
            knowledge: knowledge, builtin: BuiltinAnswerer(time: time),
            provider: ChatCompletionsAnswerer(
                egress: egress, vault: vault, time: time, randomness: randomness, logger: logger))
        intake = TurnIntake(time: time)
        runner = TurnRunner(
            database: database, settings: settings, conversations: conversations, mind: mind, usage: usage, audit: audit,
            time: time, logger: logger)
        editor = SettingsEditor(
            database: database, vault: vault, egress: egress, audit: audit, cache: settings, time: time)
        calls = AICallRoutes(database: database)
        tryout = LiveBotTryout(database: database, settings: settings, mind: mind, usage: usage, time: time)
        notice = LiveBotNotice(settings: settings)
    }

    package var routes: [Route] { BotRoutes(editor: editor, tryout: tryout, time: runner.time).routes + calls.routes }

    /// Queues a turn for what customers write and for what people give back.
    package func subscribe(to bus: any EventBus) {
        bus.react(to: MessageReceived.self) { [intake] in try intake.received($0, in: $1) }
        bus.react(to: ConversationChanged.self) { [intake] in try intake.changed($0, in: $1) }
    }

    package func register(on jobs: JobRunner) {
        jobs.handle(TurnJob.self) { [runner] job, context in try await runner.run(job, context) }
    }
}
