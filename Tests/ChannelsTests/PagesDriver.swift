import Kernel
import PluginHost

@testable import PluginHost

/// A provider with one address for each app: `x-signature` is the app's secret, a body has lines of `page person text`, each an event.
/// Two kinds of it share hooks: one reads bodies that begin with `pages`, the other those with `pictures`.
struct PagesDriver: ChannelDriver {
    let kind: String
    let mode = PluginMode.linked

    var description: ChannelDescription {
        let title = LocalizedText(english: "Pages", russian: "Pages", kazakh: "Pages")
        func field(_ name: String, isGenerated: Bool = false) -> SettingField {
            SettingField(
                name: name, kind: .text, title: title, help: title, isRequired: true, isSecret: true, isVerificationKey: true,
                isGenerated: isGenerated, defaultValue: nil)
        }
        return ChannelDescription(
            kind: kind, title: title, modes: [.webhook], settings: [field("secret"), field("proof", isGenerated: true)],
            hosts: [],
            webhookHeaders: ["x-signature"], webhookBytes: 1 << 20, signIn: [], risk: nil,
            sharedHook: SharedHook(family: "pages", secret: "secret", accounts: ["page"]),
            capabilities: ChannelCapabilities(
                text: TextLimit(limit: 1_000, unit: .utf8), caption: nil, media: [], buttons: nil, typing: nil, canReply: false,
                canReact: false, canEdit: false, canDelete: false, canMarkRead: false, receipts: [], replyWindow: nil,
                personReplyWindow: nil, canInitiate: false, echoes: false, canReconcile: false, catchesUp: false,
                isSerial: false, channelRate: nil, chatRate: nil))
    }

    func verify(_ request: WebhookRequest, in context: ChannelContext) async throws -> Verification {
        if request.method == "GET" {
            let isKnown = request.query.first { $0.name == "proof" }?.value == context.settings["proof"]
            return isKnown ? .accepted : .rejected(WebhookAnswer(status: 403))
        }
        let isSigned = request.headers.first { $0.name == "x-signature" }?.value == context.settings["secret"]
        return isSigned ? .accepted : .rejected(WebhookAnswer(status: 403))
    }

    func parse(_ request: WebhookRequest, in context: ChannelContext) async throws -> ParsedWebhook {
        if request.method == "GET" {
            return ParsedWebhook(events: [], answer: WebhookAnswer(status: 200, body: "42"), remember: [])
        }
        if request.path == "delete" {
            let person = String(decoding: request.body, as: UTF8.self)
            let event = InboundEvent(
                id: "erasure:\(person)", thread: nil, at: nil, contact: ContactIdentity(id: person), kind: .erasure)
            return ParsedWebhook(
                events: [event], answer: WebhookAnswer(status: 200, body: "{{erasure.address}} {{erasure.code}}"), remember: [])
        }
        let lines = String(decoding: request.body, as: UTF8.self).split(separator: "\n").map { $0.split(separator: " ") }
        guard lines.first?.first == kind[...] else {
            return ParsedWebhook(events: [], answer: WebhookAnswer(status: 200), remember: [])
        }
        let events = lines.dropFirst().filter { $0.count == 3 }.map { words in
            let (page, person, text) = (String(words[0]), String(words[1]), String(words[2]))
            return InboundEvent(
                id: text, account: page, thread: person, at: context.now, contact: ContactIdentity(id: person),
                kind: .message(InboundMessage(id: text, text: text)))
        }
        return ParsedWebhook(events: events, answer: WebhookAnswer(status: 200), remember: [])
    }

    func step(
        _ operation: ChannelOperation, state: PluginState?, input: StepInput, in context: ChannelContext
    ) async throws -> ChannelStep {
        .result(.connected(ChannelAccount(id: "1", name: "Page", username: nil, url: nil)), remember: [])
    }
}
