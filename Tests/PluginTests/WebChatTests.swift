import Kernel
import PluginHost
import PluginTestSupport
import Testing

struct WebChatTests {
    private let context = ChannelContext(now: Instant(seconds: 1_781_512_000))

    private func local(_ body: String) -> WebhookRequest { WebhookRequest(origin: .local, body: Array(body.utf8)) }

    @Test(arguments: Loading.allCases)
    func `nothing from the network speaks for a visitor`(loading: Loading) async throws {
        let driver = try loading.webChat
        let body = Array(#"{"visitor":"v1","message":"m1","text":"hi"}"#.utf8)
        #expect(
            try await driver.verify(WebhookRequest(body: body), in: context) == .rejected(WebhookAnswer(status: 404)))
        await #expect(throws: PluginFault.self) { _ = try await driver.parse(WebhookRequest(body: body), in: context) }
        #expect(try await driver.verify(WebhookRequest(origin: .local, body: body), in: context) == .accepted)
    }

    @Test(arguments: Loading.allCases)
    func `a visitor's message has the client's id, its files and its page`(loading: Loading) async throws {
        let parsed = try await loading.webChat.parse(
            local(
                #"""
                {"visitor":"v1","message":"m1","name":"Айгуль","language":"kk","text":"Сәлем","replyTo":"m0","at":1781512000500,
                "attachments":[{"kind":"image","file":"file-1","name":"a.jpg","mimeType":"image/jpeg","size":10}],
                "page":{"url":"https://shop.example/sofa","title":"Диван","campaign":"may"}}
                """#), in: context)
        var message = InboundMessage(id: "m1", text: "Сәлем", replyTo: "m0")
        message.attachments = [
            MessageAttachment(kind: .image, file: "file-1", name: "a.jpg", mimeType: "image/jpeg", size: 10)
        ]
        message.referral = Referral(
            source: "page", campaign: "may", title: "Диван", url: "https://shop.example/sofa")
        #expect(
            parsed.events == [
                InboundEvent(
                    id: "v1/m1", thread: "v1", at: Instant(microseconds: 1_781_512_000_500_000),
                    contact: ContactIdentity(id: "v1", name: "Айгуль", language: "kk"), kind: .message(message))
            ])
    }

    static let others: [(String, InboundEvent.Kind)] = [
        (#""kind":"edited","text":"b""#, .edited(InboundMessage(id: "m1", text: "b"))),
        (#""kind":"deleted""#, .deleted(["m1"])),
        (#""kind":"pressed","data":"y""#, .pressed(ButtonPress(callback: nil, data: "y", message: "m1"))),
        (#""kind":"typing""#, .typing),
        (#""kind":"read""#, .status(MessageStatus(state: .read, messages: ["m1"]))),
    ]

    @Test(arguments: Loading.allCases, others)
    func `what else a visitor does becomes its event`(
        loading: Loading, row: (String, InboundEvent.Kind)
    ) async throws {
        let parsed = try await loading.webChat.parse(
            local(#"{"visitor":"v1","message":"m1",\#(row.0)}"#), in: context)
        #expect(parsed.events.map(\.kind) == [row.1])
    }

    @Test(
        arguments: Loading.allCases,
        [
            "{}", "[]", #"{"visitor":"v1"}"#, #"{"visitor":"","message":"m","text":"a"}"#,
            #"{"visitor":"v","message":"m"}"#, #"{"visitor":"v","message":"m","text":""}"#,
            #"{"visitor":1,"message":"m","text":"a"}"#, #"{"visitor":"v","message":"m","kind":"root","text":"a"}"#,
            #"{"visitor":"v","message":"m","kind":"pressed"}"#, #"{"visitor":"v","message":"m","attachments":[{}]}"#,
        ])
    func `a body that says nothing is refused`(loading: Loading, body: String) async throws {
        let driver = try loading.webChat
        await #expect(throws: PluginFault.self) { _ = try await driver.parse(local(body), in: context) }
    }

    @Test(arguments: Loading.allCases)
    func `sending is done at once, without a request`(loading: Loading) async throws {
        let text = OutboundAction(thread: "v1", correlation: "0199", kind: .text(OutboundText("Сәлем")))
        let typing = OutboundAction(thread: "v1", correlation: "0199", kind: .typing)
        for (action, sent) in [(text, ["0199"]), (typing, [])] {
            let step = try await loading.webChat.step(.deliver(action), state: nil, input: .start, in: context)
            #expect(step == .result(.sent(messages: sent), remember: []))
        }
    }

    @Test(arguments: Loading.allCases)
    func `it has no provider to poll or download from`(loading: Loading) async throws {
        let driver = try loading.webChat
        #expect(driver.description.modes == [.none])
        for operation in [ChannelOperation.poll, .download(file: "f")] {
            await #expect(throws: PluginFault.self) {
                _ = try await driver.step(operation, state: nil, input: .start, in: context)
            }
        }
    }
}
