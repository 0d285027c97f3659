import ChannelsInterface
import HTTPTypes
import Kernel
import PluginHost
import WebSupport

/// The channels page: kinds, list, connect, change, test, remove.
struct ChannelRoutes: Sendable {
    let administration: ChannelAdministration
    let drivers: DriverRegistry
    let installation: InstallationCheck

    struct Text: Codable { let en: String, ru: String, kk: String }
    struct Field: Codable {
        let name: String, kind: String, title: Text, help: Text, secret: Bool, required: Bool
        @Nullable var `default`: String?
    }
    struct Media: Codable { let kind: String, maxBytes: Int, mimeTypes: [String] }
    struct Capabilities: Codable {
        let textLimit: Int, textUnit: String, buttons: Bool, typing: Bool, edits: Bool, deletes: Bool, receipts: [String]
        let media: [Media], reactions: Bool, initiates: Bool, echoes: Bool
        @Nullable var caption: Int?
        /// Seconds.
        @Nullable var replyWindow: Int64?
        @Nullable var personReplyWindow: Int64?
        /// The setting without which a channel has no longer window for people.
        @Nullable var personReplySetting: String?
    }
    struct Kind: Codable {
        let kind: String, title: String, titles: Text, modes: [String], fields: [Field], capabilities: Capabilities
        /// How its plugin is loaded: linked, isolated or in-process.
        let mode: PluginMode
        /// `picture`, `phone`; empty where settings are all it takes.
        let signIn: [String]
        /// What connecting may cost; it must be accepted.
        @Nullable var risk: Text?
    }
    struct List<Element: Codable>: Codable { let items: [Element], next: String? }
    struct Creation: Codable {
        let kind: String, name: String, mode: String?, settings: [String: String]?, webChat: WebChatSettings.Change?
        let riskAccepted: Bool?
    }
    struct Change: Codable {
        let name: String?, state: String?, settings: [String: String]?, webChat: WebChatSettings.Change?
    }

    struct Page: Codable { let url: String }
    struct Finding: Codable {
        let outcome: InstallationFinding.Outcome
        @Nullable var detail: String?
        /// Directives for the page's content security policy, to be written instead of those it has.
        @Nullable var remedy: String?
    }

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/channel-kinds", "The kinds of channels that can be connected", access: .permission(.readChannels),
                response: .of(List<Kind>.self), handler: kinds),
            Route(
                .get, "/api/v1/channels", "The account's channels", access: .permission(.readChannels),
                response: .of(List<ChannelAdministration.View>.self), handler: list),
            Route(
                .post, "/api/v1/channels", "Connect a channel", access: .permission(.writeChannels), bodyLimit: 1 << 16,
                audit: .inTransaction, showsSecret: true, request: .of(Creation.self),
                response: .of(ChannelAdministration.View.self),
                handler: create),
            Route(
                .patch, "/api/v1/channels/{id}", "Rename, pause or reconfigure a channel", access: .permission(.writeChannels),
                bodyLimit: 1 << 16, audit: .inTransaction, request: .of(Change.self),
                response: .of(ChannelAdministration.View.self), handler: change),
            Route(
                .delete, "/api/v1/channels/{id}", "Remove a channel", access: .permission(.writeChannels), audit: .inTransaction,
                handler: remove),
            Route(
                .post, "/api/v1/channels/{id}/test", "Check a channel's credentials at the provider",
                access: .permission(.writeChannels), bodyLimit: 1 << 10, response: .of(ChannelAdministration.TestResult.self),
                handler: test),
            Route(
                .post, "/api/v1/channels/{id}/webhook", "Register the webhook at the provider",
                access: .permission(.writeChannels),
                bodyLimit: 1 << 10, response: .of(ChannelAdministration.TestResult.self), handler: connect),
            Route(
                .post, "/api/v1/channels/{id}/installation-check", "Look whether a page has this web chat",
                access: .permission(.writeChannels), bodyLimit: 4 << 10, request: .of(Page.self), response: .of(Finding.self),
                handler: look),
            Route(
                .post, "/api/v1/channels/{id}/plugin/release", "Let the channel's plugin try again after it was switched off",
                access: .permission(.writeChannels), bodyLimit: 1 << 10, audit: .inTransaction, handler: release),
        ]
    }

    private func kinds(_ call: Call) async throws -> Reply {
        try .json(List(items: drivers.all.map { Self.kind($0.description, $0.mode) }, next: nil))
    }

    private func list(_ call: Call) async throws -> Reply {
        try .json(List(items: try await administration.list(try call.account), next: nil))
    }

    private func create(_ call: Call) async throws -> Reply {
        let wish: Creation = try call.decode()
        let caller = try call.principal
        let made = try await administration.add(
            kind: wish.kind, name: wish.name, mode: wish.mode, settings: wish.settings ?? [:], webChat: wish.webChat,
            riskAccepted: wish.riskAccepted ?? false, by: caller.actor, account: caller.account)
        return try .json(made.view, status: .created)
    }

    private func change(_ call: Call) async throws -> Reply {
        let wish: Change = try call.decode()
        let caller = try call.principal
        return try .json(
            try await administration.change(
                try call.id(), name: wish.name, state: wish.state, settings: wish.settings, webChat: wish.webChat,
                by: caller.actor, account: caller.account))
    }

    private func remove(_ call: Call) async throws -> Reply {
        let caller = try call.principal
        try await administration.remove(try call.id(), by: caller.actor, account: caller.account)
        return .noContent
    }

    private func test(_ call: Call) async throws -> Reply {
        try .json(try await administration.test(try call.id(), account: try call.account))
    }

    private func release(_ call: Call) async throws -> Reply {
        let caller = try call.principal
        try await administration.releasePlugin(of: try call.id(), by: caller.actor, account: caller.account)
        return .noContent
    }

    private func connect(_ call: Call) async throws -> Reply {
        try .json(try await administration.connect(try call.id(), account: try call.account))
    }

    private func look(_ call: Call) async throws -> Reply {
        let page: Page = try call.decode()
        let finding = try await installation.look(at: page.url, for: try call.id(), account: try call.account)
        return try .json(Finding(outcome: finding.outcome, detail: finding.detail, remedy: finding.remedy))
    }

    private static func kind(_ description: ChannelDescription, _ mode: PluginMode) -> Kind {
        let capabilities = description.capabilities
        return Kind(
            kind: description.kind, title: description.title.english, titles: text(description.title),
            modes: description.modes.map(\.rawValue),
            fields: description.settings.filter { !$0.isGenerated }.map { field in
                Field(
                    name: field.name, kind: field.kind.rawValue, title: text(field.title), help: text(field.help),
                    secret: field.isSecret, required: field.isRequired, default: field.defaultValue)
            },
            capabilities: Capabilities(
                textLimit: capabilities.text.limit, textUnit: capabilities.text.unit.rawValue,
                buttons: capabilities.buttons != nil,
                typing: capabilities.typing != nil, edits: capabilities.canEdit, deletes: capabilities.canDelete,
                receipts: capabilities.receipts.map(\.rawValue),
                media: capabilities.media.map {
                    Media(kind: $0.kind.rawValue, maxBytes: min($0.maxBytes, MediaKeeper.largest), mimeTypes: $0.mimeTypes)
                }, reactions: capabilities.canReact, initiates: capabilities.canInitiate, echoes: capabilities.echoes,
                caption: capabilities.caption?.limit, replyWindow: capabilities.replyWindow.map { Int64($0.inSeconds) },
                personReplyWindow: capabilities.personReplyWindow.map { Int64($0.inSeconds) },
                personReplySetting: capabilities.personReplySetting), mode: mode,
            signIn: description.signIn.map(\.rawValue), risk: description.risk.map(text))
    }

    private static func text(_ text: LocalizedText) -> Text { Text(en: text.english, ru: text.russian, kk: text.kazakh) }
}
