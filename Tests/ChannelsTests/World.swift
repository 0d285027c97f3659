import AuditInterface
import BillingInterface
import ChannelsInterface
import Egress
import Foundation
import Kernel
import Logging
import ObjectStorage
import Synchronization
import TestSupport
import Vault
import WireJSON

@testable import Channels
@testable import Persistence
@testable import PluginHost

/// Channels on a real database with a scripted plugin and a scripted way out.
struct World: Sendable {
    let account = AccountID()
    let database: any Database
    let vault: Vault
    let time = VirtualTime()
    let sink = RecordingSink()
    let driver: ScriptedDriver
    let egress = ScriptedEgress()
    let words = Words()
    let folder: TemporaryFolder
    let storage: FolderStorage
    let channels: OpenChannels
    let turns: ChannelTurns
    let audit = RecordingAuditTrail()
    let health: HealthCheck
    let administration: ChannelAdministration

    /// Reads an announced event back, as Conversations does.
    func read(_ id: Identifier<InboundSubject>) async throws -> ChannelsInterface.InboundEvent? {
        let reader = LiveInboundReader(vault: vault)
        guard let stored = try await database.read(in: account, { try reader.stored(id, in: $0) }) else { return nil }
        return try await reader.open(stored)
    }

    init(
        _ engine: TestEngine, modes: [ChannelMode] = [.webhook], isSerial: Bool = false, driver: ScriptedDriver? = nil
    ) async throws {
        self.driver = driver ?? ScriptedDriver(modes: modes, isSerial: isSerial)
        database = try await engine.database(ChannelsSchema.migrations, sink: sink)
        vault = try Vault.forTests()
        folder = try TemporaryFolder()
        storage = try FolderStorage(root: folder.url.appending(path: "files").path, time: time)
        let drivers = try DriverRegistry([self.driver, PagesDriver(kind: "pages"), PagesDriver(kind: "pictures")])
        channels = OpenChannels(database: database, vault: vault, drivers: drivers, time: time)
        turns = ChannelTurns(database: database, time: time)
        let exchange = ProviderExchange(
            egress: egress, database: database, memory: ChannelMemoryWriter(vault: vault), turns: turns,
            time: time)
        health = HealthCheck(
            database: database, channels: channels, exchange: exchange,
            intake: Intake(database: database, vault: vault, time: time), time: time, logger: Logger(label: "test"),
            publicURL: "https://inbox.example")
        administration = ChannelAdministration(
            database: database, vault: vault, drivers: drivers, channels: channels, exchange: exchange, health: health,
            audit: audit, time: time, publicURL: "https://inbox.example", release: { _ in })
    }

    var exchange: ProviderExchange {
        let keeper = keeper
        return ProviderExchange(
            egress: egress, database: database, memory: ChannelMemoryWriter(vault: vault), turns: turns,
            time: time,
            files: { reference, account in
                guard let id = FileID(reference) else { return nil }
                return try await keeper.bytes(of: id, account: account)
            })
    }

    var outbox: LiveMessageOutbox {
        LiveMessageOutbox(vault: vault, channels: channels, exchange: exchange, usage: NoUsage(), time: time)
    }

    var actions: OutgoingActions { OutgoingActions(vault: vault, contents: words, media: keeper, links: links) }

    var links: FileLinks { FileLinks(database: database, vault: vault, time: time, publicURL: "https://inbox.example") }

    var keeper: MediaKeeper {
        MediaKeeper(database: database, vault: vault, storage: storage, channels: channels, time: time)
    }

    var intake: Intake { Intake(database: database, vault: vault, time: time) }

    func connect() async throws -> OpenChannel {
        let made = try await administration.add(
            kind: "scripted", name: "Test", mode: "webhook", settings: ["token": "secret-token"], by: .system, account: account)
        guard let channel = try await channels.channel(made.view.id, of: account) else { throw Problem.notFound }
        return channel
    }

    func message(_ id: String, text: String = "hello", thread: String = "42") -> PluginHost.InboundEvent {
        PluginHost.InboundEvent(
            id: id, thread: thread, at: time.now(), contact: ContactIdentity(id: thread, name: "Aigul"),
            kind: .message(PluginHost.InboundMessage(id: id, text: text)))
    }

    /// Queues a message of `fence` as Conversations would.
    func queue(
        _ channel: OpenChannel, fence: Int64 = 1, author: MessageAuthor = .bot, conversation: ConversationID = .init(),
        overridesRules: Bool = false
    ) async throws -> OutgoingMessage {
        let identity = channel.identityKey("42")
        let key = try await vault.key(for: try Intake.keyID(identity), in: account)
        let message = OutgoingMessage(
            id: MessageID(), conversation: conversation, channel: channel.id,
            address: try AddressSeal.seal("42", identity: identity, key: key, account: account), fence: fence, author: author,
            queuedAt: time.now(), overridesRules: overridesRules)
        let outbox = outbox
        try await database.write(in: account) { try outbox.enqueue(message, in: $0) }
        return message
    }

    func raiseFence(_ conversation: ConversationID, to fence: Int64) async throws {
        let account = account
        try await database.write(in: account) {
            try OutboundStore(transaction: $0).raiseFence(of: conversation, account: account, to: fence)
        }
    }

    /// Runs the delivery job of `message` once and returns the message's state afterwards.
    func run(_ message: OutgoingMessage) async throws -> DeliveryStatus? { try await run(message.id) }

    func run(_ message: MessageID) async throws -> DeliveryStatus? {
        let delivery = Channels.Delivery(
            database: database, channels: channels, exchange: exchange, contents: actions, usage: NoUsage(),
            limiter: SendLimiter(database: database, time: time), held: held, time: time, logger: Logger(label: "test"))
        do { try await delivery.run(DeliverJob(message: message), context(DeliverJob.queue)) } catch is JobDeferred {}
        return try await status(message)
    }

    var held: HeldMessages { HeldMessages(database: database, time: time) }

    /// Runs the jobs that end holds, of those whose time has come.
    func endHolds() async throws {
        for job in sink.jobs(of: HeldMessageJob.self) where job.until <= time.now() {
            try await held.run(job, context(HeldMessageJob.queue))
        }
    }

    /// Looks for an uncertain `message` at the provider once and returns its state afterwards.
    func reconcile(_ message: OutgoingMessage, attempt: Int = 1, round: Int = 0) async throws -> DeliveryStatus? {
        let reconciliation = Reconciliation(
            database: database, channels: channels, exchange: exchange, contents: actions, outbox: outbox, time: time,
            logger: Logger(label: "test"))
        try await reconciliation.run(
            ReconcileJob(message: message.id, attempt: attempt, round: round), context(ReconcileJob.queue))
        return try await status(message)
    }

    private func context(_ queue: String) -> JobContext {
        let (database, account) = (database, account)
        let job = Job(
            account: account, id: JobID(), queue: queue, payload: "", attempt: 1, maxAttempts: 3, fence: 1, source: nil,
            createdAt: time.now())
        return JobContext(job: job) { _, effects in try await database.write(in: account) { try effects($0) } }
    }

    /// Runs what waits to be fetched, and what that leads to.
    func fetchMedia() async throws {
        let fetch = MediaFetch(
            database: database, keeper: keeper, channels: channels, exchange: exchange, spacing: ChannelSpacing(time: time),
            logger: Logger(label: "test"))
        var done = 0
        while sink.jobs(of: FetchMediaJob.self).count > done {
            let job = sink.jobs(of: FetchMediaJob.self)[done]
            done += 1
            try await fetch.run(job, context(FetchMediaJob.queue))
        }
    }

    var profileLookup: ProfileLookup {
        ProfileLookup(
            database: database, vault: vault, channels: channels, exchange: exchange, keeper: keeper,
            spacing: ChannelSpacing(time: time), time: time, logger: Logger(label: "test"))
    }

    /// Runs the queued look-ups, and those that they lead to.
    func lookUpProfiles() async throws {
        var done = 0
        while sink.jobs(of: ProfileJob.self).count > done {
            let job = sink.jobs(of: ProfileJob.self)[done]
            done += 1
            try await profileLookup.run(job, context(ProfileJob.queue))
        }
    }

    func check(_ channel: OpenChannel) async throws {
        try await health.run(HealthJob(channel: channel.id), context(HealthJob.queue))
    }

    func status(_ message: OutgoingMessage) async throws -> DeliveryStatus? { try await status(message.id) }

    private func status(_ message: MessageID) async throws -> DeliveryStatus? {
        let account = account
        return try await database.read(in: account) { try OutboundStore(transaction: $0).find(message, of: account)?.status }
    }
}

/// Every message says "words", with a file when one is set.
final class Words: OutgoingContentSource {
    let file = Mutex<FileID?>(nil)
    let lastInboundAt = Mutex<Instant?>(nil)
    let contact = Mutex(ContactID())

    func content(of message: MessageID, conversation: ConversationID, account: AccountID) async throws -> OutgoingContent? {
        OutgoingContent(
            text: "words", file: file.withLock { $0 }, lastInboundAt: lastInboundAt.withLock { $0 },
            contact: contact.withLock { $0 })
    }

    /// Whose a provider's id is.
    let owners = Mutex<[String: MessageID]>([:])

    func message(externalID: String, conversation: ConversationID, account: AccountID) async throws -> MessageID? {
        owners.withLock { $0[externalID] }
    }
}

struct NoUsage: UsageLedger {
    func record(
        _ meter: UsageMeter, quantity: Int64, cost: Money?, source: String, at: Instant, in transaction: any Transaction
    ) throws {}
    func allows(_ meter: UsageMeter, quantity: Int64, account: AccountID) async throws -> Bool { true }
    func summary(of account: AccountID, since start: Instant) async throws -> UsageSummary {
        UsageSummary(totals: [:], costs: [])
    }
}

/// Answers each request with the next scripted outcome; 200 when the script is over.
final class ScriptedEgress: Egress {
    let script = Mutex<[Result<Int, EgressError>]>([])
    let requests = Mutex<[EgressRequest]>([])

    func send(_ request: EgressRequest) async throws -> EgressResponse {
        requests.withLock { $0.append(request) }
        let outcome = script.withLock { $0.isEmpty ? .success(200) : $0.removeFirst() }
        return EgressResponse(head: EgressHead(status: try outcome.get()))
    }
    /// What the next downloads give, in chunks of a thousand bytes.
    let files = Mutex<[(status: Int, bytes: [UInt8])]>([])

    func stream(_ request: EgressRequest) async throws -> EgressStream {
        requests.withLock { $0.append(request) }
        guard let file = files.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { throw EgressError(.unreachable) }
        let rest = Mutex(file.bytes[...])
        return EgressStream(head: EgressHead(status: file.status)) {
            rest.withLock { rest in
                defer { rest = rest.dropFirst(1_000) }
                return rest.isEmpty ? nil : Array(rest.prefix(1_000))
            }
        }
    }
    func sendMail(_ mail: EgressMail) async throws { throw EgressError(.busy) }
}

/// One request a send, to `https://api.example`; 200 is sent, 429 asks to wait, anything else is refused. Other operations end at once
/// with the next result of `script`.
struct ScriptedDriver: ChannelDriver {
    final class Script: Sendable {
        let results = Mutex<[OperationResult]>([])
        let asked = Mutex<[ChannelOperation]>([])
    }

    let script = Script()
    let mode = PluginMode.linked
    private static let title = LocalizedText(english: "Scripted", russian: "Scripted", kazakh: "Scripted")

    let description: ChannelDescription

    init(
        modes: [ChannelMode] = [.webhook], isSerial: Bool = false, signIn: [SignInMethod] = [], risk: LocalizedText? = nil,
        channelRate: RateLimit? = nil
    ) {
        description = Self.description(modes, isSerial, signIn, risk, channelRate)
    }

    private static func description(
        _ modes: [ChannelMode], _ isSerial: Bool, _ signIn: [SignInMethod], _ risk: LocalizedText?, _ channelRate: RateLimit?
    ) -> ChannelDescription {
        ChannelDescription(
            kind: "scripted", title: title, modes: modes,
            settings: [
                SettingField(
                    name: "token", kind: .text, title: title, help: title, isRequired: true, isSecret: true,
                    isVerificationKey: false,
                    isGenerated: false, defaultValue: nil)
            ], hosts: ["api.example"], webhookHeaders: ["x-secret"], webhookBytes: 1 << 20, signIn: signIn, risk: risk,
            capabilities: ChannelCapabilities(
                text: TextLimit(limit: 4_096, unit: .utf16), caption: nil,
                media: [
                    MediaLimit(kind: .image, maxBytes: 1 << 20, mimeTypes: ["image/jpeg", "image/png"]),
                    MediaLimit(kind: .document, maxBytes: 20 << 20, mimeTypes: []),
                ], buttons: nil, typing: nil, canReply: false,
                canReact: false, canEdit: false, canDelete: false, canMarkRead: false, receipts: [], replyWindow: nil,
                personReplyWindow: nil, canInitiate: false, echoes: false, canReconcile: true, catchesUp: true,
                isSerial: isSerial, channelRate: channelRate, chatRate: nil))
    }

    func verify(_ request: WebhookRequest, in context: ChannelContext) async throws -> Verification { .accepted }
    func parse(_ request: WebhookRequest, in context: ChannelContext) async throws -> ParsedWebhook {
        ParsedWebhook(events: [], answer: WebhookAnswer(status: 200), remember: [])
    }

    func step(
        _ operation: ChannelOperation, state: PluginState?, input: StepInput, in context: ChannelContext
    ) async throws -> ChannelStep {
        func failed(_ kind: OperationFailure.Kind, _ code: String) -> ChannelStep {
            let text = LocalizedText(english: code, russian: code, kazakh: code)
            return .result(.failed(OperationFailure(kind: kind, reason: PluginReason(code: code, text: text))), remember: [])
        }
        if case .deliver(let action) = operation, case .media(let media) = action.kind, case .start = input {
            let part = FormPart(name: "file", content: .file(reference: media.file, name: media.name, mimeType: media.mimeType))
            return .request(
                PluginRequest(method: "POST", url: RequestTemplate([.text("https://api.example/file")]), body: .form([part])),
                state: PluginState("sent-it"), remember: [])
        }
        guard case .deliver = operation else {
            script.asked.withLock { $0.append(operation) }
            return .result(script.results.withLock { $0.isEmpty ? .notFound : $0.removeFirst() }, remember: [])
        }
        switch input {
        case .start:
            return .request(
                PluginRequest(method: "POST", url: RequestTemplate([.text("https://api.example/send")])),
                state: PluginState("sent-it"),
                remember: [])
        case .response(let response):
            switch response.status {
            case 200: return .result(.sent(messages: ["p1"]), remember: [])
            case 429: return failed(.retry(after: .seconds(7), scope: .chat), "rate")
            default: return failed(.permanent, "refused")
            }
        case .failure(.notSent): return failed(.retry(after: nil, scope: .channel), "unreachable")
        case .failure(.unknown): return failed(.uncertain, "unknown")
        }
    }
}
