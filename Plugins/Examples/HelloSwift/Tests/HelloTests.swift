import ChannelKit
import Testing

@testable import HelloSwift

/// A plugin is pure functions: its tests need no server, no network and no clock.
struct HelloTests {
    static let context: ChannelContext = {
        var settings = JSON.Object()
        settings.add("base_url", "https://hello.example/")
        settings.add("webhook_secret", "secret")
        return ChannelContext(now: 1_781_512_000_000, settings: settings)
    }()

    private static func signed(_ body: String, with key: String = "secret") -> WebhookRequest {
        let code = Hexadecimal.lower(SHA256.authenticationCode(of: Array(body.utf8), key: Array(key.utf8)))
        return WebhookRequest(headers: [NameValue("x-hello-signature", "sha256=" + code)], body: Array(body.utf8))
    }

    private static func isAccepted(_ request: WebhookRequest) -> Bool {
        if case .accepted = HelloPlugin.verify(request, in: context) { true } else { false }
    }

    @Test func `only the messenger's signature is accepted`() {
        let good = Self.signed("{}")
        #expect(Self.isAccepted(good))
        var forged = [Self.signed("{}", with: "other"), Self.signed("{}", with: ""), WebhookRequest(body: good.body)]
        for change: (inout WebhookRequest) -> Void in [
            { $0.body.append(0x20) }, { $0.method = "GET" }, { $0.headers += $0.headers },
            { $0.headers[0] = NameValue("x-hello-signature", "") },
        ] {
            var request = good
            change(&request)
            forged.append(request)
        }
        for request in forged { #expect(!Self.isAccepted(request), "\(request)") }
    }

    @Test func `a webhook's events are read, and what is new is passed over`() throws {
        let body = #"""
            {"events":[{"type":"message","id":1,"chat":"a","at":1781510400,"name":"Анна","text":"Цена?"},
            {"type":"pressed","id":"2","chat":"a","at":"2026-06-15T08:00:00Z","message":"m1","data":"y"},
            {"type":"receipt","chat":"a","message":"m1","state":"read"},{"type":"receipt","chat":"a","message":"m1","state":"seen"},
            {"type":"of tomorrow","chat":"a"},{"type":"message","id":"3","chat":"a"},{"type":"message","id":"4","text":"b"},7]}
            """#
        let events = try HelloPlugin.parse(Self.signed(body), in: Self.context).events
        #expect(events.map(\.id) == ["a/message:1", "a/pressed:2", "a/read:m1"])
        #expect(events.map(\.at) == [1_781_510_400_000, 1_781_510_400_000, nil])
        #expect(events.allSatisfy { $0.thread == "a" && $0.contact?.id == "a" })
    }

    @Test(arguments: ["", "{", "[]", "{}", #"{"events":{}}"#, "\u{0}"]) func `no delivery is refused`(body: String) {
        #expect(throws: (any Error).self) { try HelloPlugin.parse(Self.signed(body), in: Self.context) }
    }

    private static func step(_ text: OutboundText, state: JSON? = nil, _ input: StepInput) throws -> ChannelStep {
        try HelloPlugin.step(
            .deliver(OutboundAction(thread: "a", correlation: "c", kind: .text(text))), state: state, input: input, in: context)
    }

    private static func answer(_ status: Int, _ body: String = "{}", headers: [NameValue] = []) -> StepInput {
        .response(HTTPResponse(status: status, headers: headers, body: Array(body.utf8)))
    }

    @Test func `a long text goes in parts, the buttons with the last`() throws {
        let text = OutboundText(String(repeating: "слово ", count: 150), buttons: [[Button("Да", .callback("y"))], []])
        var (state, input, bodies): (JSON?, StepInput, [JSON]) = (nil, .start, [])
        while case .request(let request, let next, _) = try Self.step(text, state: state, input) {
            guard case .text(let template, _) = request.body, case .text(let body)? = template.parts.first else { break }
            bodies.append(try JSON.parse(body))
            (state, input) = (next, Self.answer(201, #"{"id":"m\#(bodies.count)"}"#))
        }
        #expect(bodies.compactMap { $0["text"]?.string }.joined() == text.text)
        #expect(bodies.map { $0["buttons"] } == [nil, [[["title": "Да", "data": "y"]]]])
        guard case .result(.sent(let messages), _) = try Self.step(text, state: state, input) else {
            Issue.record("not sent")
            return
        }
        #expect(messages == ["m1", "m2"])
    }

    /// The error table. What is not sure is never called a failure, and never tried again on a guess.
    static let table: [(StepInput, OperationFailure.Kind, String)] = [
        (answer(200, ""), .uncertain, "outcome-unknown"), (answer(200), .uncertain, "outcome-unknown"),
        (answer(504), .uncertain, "outcome-unknown"), (.unknown, .uncertain, "outcome-unknown"),
        (.notSent, .retry(after: nil, scope: .channel), "unavailable"),
        (answer(500), .retry(after: nil, scope: .channel), "unavailable"),
        (
            answer(429, headers: [NameValue("retry-after", "7")]), .retry(after: 7_000, scope: .channel), "rate-limited"
        ),
        (answer(401), .reconnectNeeded, "bad-token"), (answer(403), .reconnectNeeded, "bad-token"),
        (answer(404), .blocked, "customer-left"), (answer(410), .blocked, "customer-left"),
        (answer(400), .permanent, "content-refused"), (answer(418), .permanent, "refused"),
    ]

    @Test(arguments: table.indices) func `an answer means what the table says`(row: Int) throws {
        let (input, kind, code) = Self.table[row]
        guard case .result(.failed(let failure), _) = try Self.step(OutboundText("a"), state: ["sent": []], input) else {
            Issue.record("no failure")
            return
        }
        #expect("\(failure.kind)" == "\(kind)")
        #expect(failure.reason.code == code)
        let texts = [failure.reason.text.english, failure.reason.text.russian, failure.reason.text.kazakh]
        #expect(Set(texts).count == 3 && !texts.contains(""))
    }

    @Test(arguments: [
        [Button("", .callback("y"))], [Button("a", .callback(""))], [Button("a", .callback(String(repeating: "a", count: 65)))],
        [Button("a", .requestContact)], Array(repeating: Button("a", .link("https://a.example")), count: 10),
    ])
    func `buttons that the messenger cannot show are refused before anything is sent`(row: [Button]) throws {
        guard case .result(.failed(let failure), _) = try Self.step(OutboundText("a", buttons: [row]), .start) else {
            Issue.record("no failure")
            return
        }
        #expect(failure.reason.code == "bad-buttons")
    }

    @Test(arguments: ["null", "7", "[]", #"{"sent":7}"#, #"{"sent":["m1","m2","m3"]}"#, #"{"at":"webhook","account":7}"#])
    func `notes of no version do not trap`(state: String) throws {
        let operations: [ChannelOperation] = [.connect(webhook: "https://b.example"), .disconnect, .health(webhook: nil)]
        for input in [
            StepInput.start, .unknown, .notSent, Self.answer(200, #"{"id":1}"#), Self.answer(401), Self.answer(302, ""),
        ] {
            _ = try Self.step(OutboundText("a"), state: JSON.parse(state), input)
            for operation in operations {
                _ = try HelloPlugin.step(operation, state: JSON.parse(state), input: input, in: Self.context)
            }
        }
    }
}
