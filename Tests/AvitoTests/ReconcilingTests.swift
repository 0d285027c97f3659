import Kernel
import PluginHost
import PluginTestSupport
import Testing
import WireJSON

/// Avito takes no key of ours: a delivery of unknown outcome is looked for by its content.
struct ReconcilingTests {
    static let since = Instant(seconds: 1_781_510_000)

    private func run(_ loading: Loading, _ kind: OutboundAction.Kind, _ answers: [StepInput]) async throws -> Run {
        let action = OutboundAction(thread: chatID, correlation: "0199-abc", kind: kind)
        return try await loading.avito.run(.reconcile(action, since: Self.since), answers)
    }

    private static func out(_ id: String, at offset: Int64, _ text: String, direction: String = "out") -> String {
        #"""
        {"id":"\#(id)","author_id":94235311,"created":\#(1_781_510_000 + offset),"direction":"\#(direction)","type":"text",
        "content":{"text":"\#(text)"}}
        """#
    }

    static let lists: [(String, OperationResult)] = [
        ("[]", .notFound), (#"{"messages":[]}"#, .notFound),
        ("[\(out("m1", at: 1, "Да"))]", .sent(messages: ["m1"])),
        ("[\(out("m1", at: -5, " Да\\n"))]", .sent(messages: ["m1"])),
        ("[\(out("m1", at: -6, "Да"))]", .notFound), ("[\(out("m1", at: 1, "Да!"))]", .notFound),
        ("[\(out("m1", at: 1, "Да", direction: "in"))]", .notFound),
        ("[\(out("m3", at: 3, "Нет")),\(out("m2", at: 2, "Да")),\(out("m1", at: 1, "Да"))]", .sent(messages: ["m1"])),
        (#"[7,null,{"direction":"out"},{"direction":"out","created":1781510001,"content":{"text":"Да"}}]"#, .notFound),
    ]

    @Test(arguments: Loading.allCases, lists)
    func `a text of ours since the attempt is the delivery`(
        loading: Loading, row: (String, OperationResult)
    ) async throws {
        let run = try await run(loading, .text(OutboundText("Да")), [.ok(row.0)])
        #expect(run.paths == ["GET /messenger/v3\(account)/chats/\(chatID)/messages/?limit=100&offset=0"])
        #expect(run.result == row.1)
    }

    @Test(arguments: Loading.allCases)
    func `of a text in parts only the missing ones are sent`(loading: Loading) async throws {
        let driver = try loading.avito
        let text = OutboundText(String(repeating: "слово ", count: 300))
        let sending = try await driver.run(action(.text(text)), [.ok(#"{"id":"m1"}"#), .ok(#"{"id":"m2"}"#)])
        let parts = try sending.requests.compactMap { try $0.json["message"]?["text"]?.string }
        let (first, second) = (Self.out("m1", at: 1, parts[0]), Self.out("m2", at: 2, parts[1]))
        #expect(
            try await run(loading, .text(text), [.ok("[\(second),\(first)]")]).result == .sent(messages: ["m1", "m2"]))
        let partly = try await run(loading, .text(text), [.ok("[\(first)]")])
        #expect(try partly.failure.kind == .retry(after: nil, scope: .chat))
        #expect(try partly.failure.sent == ["m1"])
        let rest = try await driver.run(action(.text(text)), state: try partly.failure.resume, [.ok(#"{"id":"m2"}"#)])
        #expect(rest.result == .sent(messages: ["m1", "m2"]))
        #expect(try rest.requests.map { try $0.json["message"]?["text"]?.string } == [parts[1]])
    }

    @Test(arguments: Loading.allCases)
    func `a picture of ours since the attempt is the delivery`(loading: Loading) async throws {
        var picture = DeliveryTests.picture
        picture.caption = nil
        let found = #"[{"id":"p1","created":1781510002,"direction":"out","type":"image","content":{}}]"#
        #expect(try await run(loading, .media(picture), [.ok(found)]).result == .sent(messages: ["p1"]))
        #expect(try await run(loading, .media(picture), [.ok("[]")]).result == .notFound)
    }

    @Test(arguments: Loading.allCases)
    func `what makes no message may be done again unasked`(loading: Loading) async throws {
        for kind in [OutboundAction.Kind.markRead(message: nil), .delete(messages: ["m1"])] {
            #expect(try await run(loading, kind, []).result == .notFound)
        }
    }

    @Test(arguments: Loading.allCases, [StepInput.error(500), .failure(.unknown), .ok("{}"), .ok("<html>")])
    func `without an answer nothing is decided`(loading: Loading, answer: StepInput) async throws {
        let run = try await run(loading, .text(OutboundText("Да")), [answer])
        #expect(try run.failure.kind == .retry(after: nil, scope: .channel))
    }
}
