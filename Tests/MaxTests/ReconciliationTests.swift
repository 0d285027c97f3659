import Kernel
import PluginHost
import PluginTestSupport
import Testing
import WireJSON

/// What became of a delivery whose answer was lost.
struct ReconciliationTests {
    private static let since = at(1_791_200_000_000)

    /// A message of the history, sent by the bot unless said otherwise.
    private static func message(
        _ id: String, _ text: String, after seconds: Int64 = 1, isBot: Bool = true, attachments: String = "[]"
    ) -> String {
        #"""
        {"sender":{"user_id":900410077,"is_bot":\#(isBot)},"recipient":{"chat_id":240118305,"chat_type":"dialog"},
        "timestamp":\#(1_791_200_000_000 + seconds * 1_000),"body":{"mid":"\#(id)","seq":1,"text":\#(JSON.string(text).text),
        "attachments":\#(attachments)}}
        """#
    }

    private static func history(_ messages: [String]) -> StepInput {
        .ok(#"{"messages":[\#(messages.joined(separator: ","))]}"#)
    }

    private static func operation(_ kind: OutboundAction.Kind, thread: String = "240118305") -> ChannelOperation {
        .reconcile(OutboundAction(thread: thread, correlation: "0199-abc", kind: kind), since: since)
    }

    private static let long = String(repeating: "слово ", count: 1_000)
    private static let parts = [String(long.prefix(3_996)), String(long.dropFirst(3_996))]
    private static let picture = OutboundAction.Kind.media(
        OutboundMedia(kind: .image, file: "f", name: "a.jpg", mimeType: "image/jpeg", size: 9, caption: "Вот", replyTo: "mid.1"))
    private static let image = #"[{"type":"image","payload":{"token":"t"}},{"type":"inline_keyboard"}]"#

    static let found: [(OutboundAction.Kind, [String], [String])] = [
        (.text(OutboundText("Да")), [message("mid.1", "Да")], ["mid.1"]),
        (.text(OutboundText("Да ")), [message("mid.1", "Да")], ["mid.1"]),
        (.text(OutboundText("Да")), [message("mid.2", "Нет", after: 2), message("mid.1", "Да")], ["mid.1"]),
        (.text(OutboundText("Да")), [message("mid.2", "Да", after: 2), message("mid.1", "Да")], ["mid.1"]),
        (.text(OutboundText("Да")), [message("mid.1", "Да", after: -4)], ["mid.1"]),
        (.text(OutboundText(long)), [message("mid.2", parts[1], after: 2), message("mid.1", parts[0])], ["mid.1", "mid.2"]),
        (picture, [message("mid.1", "Вот", attachments: image)], ["mid.1"]),
    ]

    @Test(arguments: Loading.allCases, found)
    func `what is in the history was sent`(
        loading: Loading, row: (OutboundAction.Kind, [String], [String])
    ) async throws {
        let run = try await loading.max.run(Self.operation(row.0), [Self.history(row.1)])
        #expect(run.requests.map(\.call) == ["GET /messages?chat_id=240118305&count=100"])
        #expect(run.result == .sent(messages: row.2))
    }

    static let missing: [(OutboundAction.Kind, [String])] = [
        (.text(OutboundText("Да")), []), (.text(OutboundText("Да")), [message("mid.1", "Нет")]),
        (.text(OutboundText("Да")), [message("mid.1", "Да", isBot: false)]),
        (.text(OutboundText("Да")), [message("mid.1", "Да", after: -6)]),
        (.text(OutboundText("Да")), [message("mid.1", "Да", attachments: image)]),
        (.text(OutboundText(long)), [message("mid.1", parts[1])]),
        (picture, [message("mid.1", "Вот")]), (picture, [message("mid.1", "Не вот", attachments: image)]),
        (.text(OutboundText("Да")), Array(repeating: message("mid.1", "Нет"), count: 99) + [message("mid.0", "Нет", after: -60)]),
    ]

    @Test(arguments: Loading.allCases, missing)
    func `what is not in the history may be sent again`(
        loading: Loading, row: (OutboundAction.Kind, [String])
    ) async throws {
        #expect(try await loading.max.run(Self.operation(row.0), [Self.history(row.1)]).result == .notFound)
    }

    @Test(arguments: Loading.allCases)
    func `half of a message, or a history too short, decides nothing`(loading: Loading) async throws {
        let driver = try loading.max
        let half = try await driver.failure(
            Self.operation(.text(OutboundText(Self.long))), [Self.history([Self.message("mid.1", Self.parts[0])])])
        #expect(half.kind == .uncertain)
        #expect(half.sent == ["mid.1"])
        let busy = Self.history(Array(repeating: Self.message("mid.1", "Нет"), count: 100))
        let short = try await driver.failure(Self.operation(.text(OutboundText("Да"))), [busy])
        #expect(short.kind == .uncertain)
        let unknownDialog = try await driver.failure(Self.operation(.text(OutboundText("Да")), thread: "u:5"), [])
        #expect(unknownDialog.kind == .uncertain)
    }

    @Test(arguments: Loading.allCases)
    func `what makes no message can be done again`(loading: Loading) async throws {
        #expect(try await loading.max.run(Self.operation(.typing), []).result == .notFound)
    }

    static let troubles: [(StepInput, OperationFailure.Kind)] = [
        (.lost, .retry(after: nil, scope: .channel)), (.body(200, "<html>"), .retry(after: nil, scope: .channel)),
        (.ok("{}"), .retry(after: nil, scope: .channel)), (.error(401, "verify.token"), .reconnectNeeded),
    ]

    @Test(arguments: Loading.allCases, troubles)
    func `a history that cannot be read says why`(loading: Loading, row: (StepInput, OperationFailure.Kind)) async throws {
        #expect(try await loading.max.failure(Self.operation(.text(OutboundText("Да"))), [row.0]).kind == row.1)
    }
}
