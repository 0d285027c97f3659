import ChannelsInterface
import Kernel
import Logging
import TestSupport
import Vault
import WireJSON

@testable import Channels
@testable import PluginHost
@testable import PluginHost

/// A web chat and its visitors on a real database.
struct VisitorWorld: Sendable {
    let world: World
    let channels: OpenChannels
    let chat: WebChat
    let key: String

    init(_ engine: TestEngine) async throws {
        world = try await World(engine)
        let drivers = try DriverRegistry([LocalDriver()])
        channels = OpenChannels(database: world.database, vault: world.vault, drivers: drivers, time: world.time)
        (chat, key) = try await Self.connect(world, channels, drivers)
    }

    private static func connect(
        _ world: World, _ channels: OpenChannels, _ drivers: DriverRegistry
    ) async throws -> (WebChat, String) {
        let administration = ChannelAdministration(
            database: world.database, vault: world.vault, drivers: drivers, channels: channels, exchange: world.exchange,
            health: world.health, audit: RecordingAuditTrail(), time: world.time, publicURL: "https://inbox.example",
            release: { _ in })
        let made = try await administration.add(
            kind: "webchat", name: "Chat", mode: nil, settings: [:], by: .system, account: world.account)
        guard let key = made.view.publicKey else { throw Problem.notFound }
        return (try await gateway(world, channels).webChat(key: key), key)
    }

    /// Another chat of the same account.
    func anotherChat() async throws -> WebChat {
        try await Self.connect(world, channels, try DriverRegistry([LocalDriver()])).0
    }

    private static func keeper(_ world: World, _ channels: OpenChannels) -> MediaKeeper {
        MediaKeeper(
            database: world.database, vault: world.vault, storage: world.storage, channels: channels, time: world.time)
    }

    private static func gateway(_ world: World, _ channels: OpenChannels) -> LiveWebChatGateway {
        LiveWebChatGateway(
            database: world.database, vault: world.vault, channels: channels, intake: world.intake,
            files: VisitorFiles(
                database: world.database, keeper: keeper(world, channels), channels: channels, time: world.time),
            time: world.time, ownOrigin: nil,
            sightings: ChatSightings(database: world.database, time: world.time, logger: Logger(label: "test")))
    }

    var keeper: MediaKeeper { Self.keeper(world, channels) }
    var gateway: LiveWebChatGateway { Self.gateway(world, channels) }
    var files: VisitorFiles { gateway.files }
    var secrets: IdentitySecrets {
        IdentitySecrets(
            database: world.database, vault: world.vault, channels: channels, audit: RecordingAuditTrail(), time: world.time)
    }

    func makeSecret(keepsPrevious: Bool = false) async throws -> String {
        try await secrets.rotate(chat.channel, keepsPrevious: keepsPrevious, by: .system, account: chat.account).current
    }

    /// What a site would sign: `sub`, and an end in ten minutes unless `claims` say otherwise.
    func signed(_ secret: String, _ claims: [String: JSON] = [:], header: String = #"{"alg":"HS256","typ":"JWT"}"#) -> String {
        var body = JSON.Object()
        let all = claims.merging(
            ["sub": .string("user-1"), "exp": .int(world.time.now().microseconds / 1_000_000 + 600)]
        ) { own, _ in own }
        for (name, value) in all { body.add(name, value) }
        let text = "\(Array(header.utf8).base64URL).\(JSON.object(body).serialized().base64URL)"
        return "\(text).\(Digest.hmacSHA256(text.utf8, key: secret.utf8).base64URL)"
    }

    func change(_ change: WebChatSettings.Change) async throws {
        let administration = ChannelAdministration(
            database: world.database, vault: world.vault, drivers: try DriverRegistry([LocalDriver()]), channels: channels,
            exchange: world.exchange, health: world.health, audit: RecordingAuditTrail(), time: world.time,
            publicURL: "https://inbox.example", release: { _ in })
        _ = try await administration.change(
            chat.channel, name: nil, state: nil, settings: nil, webChat: change, by: .system, account: chat.account)
    }

    /// The chat as it is after a change.
    func reopened() async throws -> WebChat { try await gateway.webChat(key: key) }

    /// The events announced so far, read back.
    func received() async throws -> [ChannelsInterface.InboundEvent] {
        var events: [ChannelsInterface.InboundEvent] = []
        for announced in world.sink.events(of: ChannelEventReceived.self) {
            if let event = try await world.read(announced.inbound) { events.append(event) }
        }
        return events
    }
}

/// Reads what the gateway builds, as the web chat's plugin does.
struct LocalDriver: ChannelDriver {
    private static let title = LocalizedText(english: "Chat", russian: "Chat", kazakh: "Chat")

    let mode = PluginMode.linked
    let description = ChannelDescription(
        kind: "webchat", title: title, modes: [.none], settings: [], hosts: [], webhookHeaders: [], webhookBytes: 1 << 20,
        signIn: [], risk: nil,
        capabilities: ChannelCapabilities(
            text: TextLimit(limit: 4_096, unit: .characters), caption: nil,
            media: [
                MediaLimit(kind: .image, maxBytes: 25 << 20, mimeTypes: []),
                MediaLimit(kind: .document, maxBytes: 25 << 20, mimeTypes: []),
            ], buttons: nil, typing: nil, canReply: false, canReact: false, canEdit: false, canDelete: false, canMarkRead: false,
            receipts: [], replyWindow: nil, personReplyWindow: nil, canInitiate: false, echoes: false, canReconcile: false,
            catchesUp: false, isSerial: false, channelRate: nil, chatRate: nil))

    func verify(_ request: WebhookRequest, in context: ChannelContext) async throws -> Verification { .accepted }

    func parse(_ request: WebhookRequest, in context: ChannelContext) async throws -> ParsedWebhook {
        guard let body = try JSON.parse(request.body).object, let visitor = body["visitor"]?.string,
            let id = body["message"]?.string
        else { throw Problem.notFound }
        var message = PluginHost.InboundMessage(id: id, text: body["text"]?.string)
        message.attachments = (body["attachments"]?.array ?? []).compactMap { file in
            MessageAttachment(
                kind: file["kind"]?.string == "image" ? .image : .document, file: file["file"]?.string,
                name: file["name"]?.string, mimeType: file["mimeType"]?.string)
        }
        let event = PluginHost.InboundEvent(
            id: "\(visitor)/\(id)", thread: visitor, at: context.now,
            contact: ContactIdentity(id: visitor, name: body["name"]?.string), kind: .message(message))
        return ParsedWebhook(events: [event], answer: WebhookAnswer(status: 200), remember: [])
    }

    func step(
        _ operation: ChannelOperation, state: PluginState?, input: StepInput, in context: ChannelContext
    ) async throws -> ChannelStep { .result(.notFound, remember: []) }
}
