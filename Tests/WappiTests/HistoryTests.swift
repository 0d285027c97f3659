import Kernel
import PluginHost
import PluginTestSupport
import Testing
import WireJSON

/// Reading what is in the chats: polling, and finding out what became of a message.
struct HistoryTests {
    private static func row(_ id: String, _ time: Int, _ fields: String, chat: String = whatsAppThread) -> String {
        #"""
        {"id":"\#(id)","from":"a","to":"b","senderName":"Айгуль","time":\#(time),"stanzaId":"","chatId":"\#(chat)",
        "isForwarded":false,"isReply":false,"isRead":null,"s3Info":{},"poll_votes":null,\#(fields)}
        """#
    }

    private static func messages(_ rows: [String]) -> StepInput {
        .done(#""total_count":1406,"messages":[\#(rows.joined(separator: ","))]"#)
    }

    private static func dialogs(_ chats: [(String, Int)]) -> StepInput {
        let rows = chats.map { chat, time in
            #"{"id":"\#(chat)","isGroup":false,"last_timestamp":"2026-10-05T14:02:32Z","last_time":\#(time),"name":"А"}"#
        }
        return .done(#""dialogs":[\#(rows.joined(separator: ","))],"total_count":144"#)
    }

    private static func cursor(_ floor: Int, _ time: Int, _ chat: String = "") -> [String: String] {
        ["history": #"{"floor":\#(floor)000,"time":\#(time)000,"chat":"\#(chat)"}"#]
    }

    @Test(arguments: Loading.allCases)
    func `the first round takes nothing old`(loading: Loading) async throws {
        let run = try await loading.wappi.run(.poll, [Self.dialogs([("1@c.us", 1_791_208_952), ("2@c.us", 1_791_208_000)])])
        #expect(run.result == .polled([], pause: .seconds(10)))
        #expect(run.remembered == Self.cursor(1_791_208_952, 1_791_208_952).map { Remembered(name: $0.key, value: $0.value) })
        #expect(run.requests.map(\.method) == ["POST"])
        #expect(run.requests.map(\.path) == ["/api/sync/chats/get"])
        #expect(run.requests.map(\.query) == ["&limit=50&offset=0&show_all=false"])
    }

    @Test(arguments: Loading.allCases)
    func `a round reads the chat that changed first, and leaves the marks alone`(loading: Loading) async throws {
        let driver = try loading.wappi
        let dialogs = Self.dialogs([("2@c.us", 1_791_209_010), (whatsAppThread, 1_791_209_000), ("3@g.us", 1_791_209_000)])
        let page = Self.messages([
            Self.row("3", 1_791_209_000, #""type":"chat","body":"Есть?","fromMe":false"#),
            Self.row("2", 1_791_208_999, #""type":"chat","body":"Да","fromMe":true,"isFromAPI":false,"delivery_status":"read""#),
            Self.row("1", 1_791_208_000, #""type":"chat","body":"старое","fromMe":false"#),
        ])
        let first = try await driver.run(.poll, in: context(memory: Self.cursor(1_791_208_952, 1_791_208_952)), [dialogs, page])
        guard case .polled(let events, let pause) = first.result else { throw Unexpected("\(first.result)") }
        #expect(events.map(\.id) == ["m/77015550011@c.us/3", "m/77015550011@c.us/2", "s/77015550011@c.us/2/read"])
        #expect(pause == .seconds(2))
        #expect(first.requests[1].query == "&chat_id=77015550011%40c.us&limit=30&offset=0&order=desc&mark_all=false")
        let expected = Self.cursor(1_791_208_952, 1_791_209_000, whatsAppThread)
        #expect(first.remembered == [Remembered(name: "history", value: expected["history"])])

        let second = try await driver.run(.poll, in: context(memory: expected), [dialogs, Self.messages([])])
        #expect(second.requests[1].query.hasPrefix("&chat_id=2%40c.us&"))
        let caughtUp = Self.cursor(1_791_208_952, 1_791_209_010, "2@c.us")
        #expect(second.remembered == [Remembered(name: "history", value: caughtUp["history"])])
        let third = try await driver.run(.poll, in: context(memory: caughtUp), [dialogs])
        #expect(third.result == .polled([], pause: .seconds(10)))
        let calm = Self.cursor(1_791_209_010, 1_791_209_010, "2@c.us")
        #expect(third.remembered == [Remembered(name: "history", value: calm["history"])])
        #expect(try await driver.run(.poll, in: context(memory: calm), [dialogs]).remembered.isEmpty)
    }

    @Test(arguments: Loading.allCases)
    func `a page full of news is turned before the chat counts as read`(loading: Loading) async throws {
        let driver = try loading.wappi
        let rows = (1...30).map { Self.row("\($0)", 1_791_209_000, #""type":"chat","body":"а","fromMe":false"#) }
        let first = try await driver.run(
            .poll, in: context(memory: Self.cursor(1_791_208_952, 1_791_208_952)),
            [Self.dialogs([(whatsAppThread, 1_791_209_000)]), Self.messages(rows)])
        let memory = try #require(first.remembered.first?.value)
        let second = try await driver.run(
            .poll, in: context(memory: ["history": memory]),
            [Self.messages([Self.row("31", 1_791_208_990, #""type":"chat","body":"б""#)])])
        #expect(second.requests.map(\.path) == ["/api/sync/messages/get"])
        #expect(second.requests[0].query.contains("&offset=30&"))
        guard case .polled(let events, _) = second.result else { throw Unexpected("\(second.result)") }
        #expect(events.count == 1)
        #expect(
            second.remembered
                == [Remembered(name: "history", value: Self.cursor(1_791_208_952, 1_791_209_000, whatsAppThread)["history"])])
    }

    @Test(arguments: Loading.allCases, ["telegram", "max"])
    func `Telegram and MAX swap and scale the times`(loading: Loading, platform: String) async throws {
        let time = platform == "max" ? "1791209000000" : "1791209000"
        let run = try await loading.wappi.run(
            .poll, in: context(["platform": platform], memory: Self.cursor(1_791_208_952, 1_791_208_952)),
            [
                .done(#""dialogs":[{"id":600270000,"last_timestamp":\#(time),"last_time":"2026-10-05T14:03:20Z"}]"#),
                .done(#""messages":[{"id":9,"type":"text","fromMe":false,"time":\#(time),"body":"привет"}]"#),
            ])
        guard case .polled(let events, _) = run.result else { throw Unexpected("\(run.result)") }
        #expect(run.requests.map(\.method) == ["GET", "GET"])
        #expect(run.requests[0].query == "&limit=50&offset=0&order=desc")
        #expect(events.map(\.id) == ["m/600270000/9"])
        #expect(events.map(\.at) == [Instant(seconds: 1_791_209_000)])
    }

    @Test(arguments: Loading.allCases)
    func `history tells new, edited and deleted messages and their files`(loading: Loading) async throws {
        let run = try await loading.wappi.run(
            .poll, in: context(memory: Self.cursor(1_791_208_952, 1_791_208_952)),
            [
                Self.dialogs([(whatsAppThread, 1_791_209_000)]),
                Self.messages([
                    Self.row("1", 1_791_209_000, #""type":"chat","body":"б","isEdited":true"#),
                    Self.row("2", 1_791_209_000, #""type":"chat","body":"","isDeleted":true"#),
                    Self.row("3", 1_791_209_000, #""type":"reaction","body":"👍""#).replacing(
                        #""stanzaId":"""#, with: #""stanzaId":"9""#),
                    Self.row("4", 1_791_209_000, #""type":"chat","body":"ок","fromMe":true,"isFromAPI":true"#),
                    Self.row("5", 1_791_209_000, #""type":"image","body":"","fromMe":false"#)
                        .replacing(#""s3Info":{}"#, with: #""s3Info":{"url":"https://s3.example/a","expire":1791380526}"#),
                ]),
            ])
        guard case .polled(let events, _) = run.result, events.count == 6 else { throw Unexpected("\(run.result)") }
        #expect(events[0].kind == .message(InboundMessage(id: "1", text: "б")))
        #expect(events[1].kind == .edited(InboundMessage(id: "1", text: "б")))
        #expect(events[2].kind == .deleted(["2"]))
        #expect(events[3].kind == .reaction(Reaction(message: "9", emoji: ["👍"])))
        #expect(events[4].kind == .echo(Echo(author: .unknown, message: InboundMessage(id: "4", text: "ок"))))
        guard case .message(let picture) = events[5].kind else { throw Unexpected("no picture") }
        #expect(picture.attachments.first?.file == #"{"m":"5","u":"https://s3.example/a","x":1791380526000}"#)
    }

    @Test(arguments: Loading.allCases)
    func `another chat's page is refused and asked for again`(loading: Loading) async throws {
        let driver = try loading.wappi
        let mixed = Self.messages([Self.row("1", 1_791_209_000, #""type":"chat","body":"чужое""#, chat: "9@c.us")])
        let poll = try await driver.failure(
            .poll, in: context(memory: Self.cursor(1, 1)), [Self.dialogs([(whatsAppThread, 1_791_209_000)]), mixed])
        #expect(poll.kind == .retry(after: .seconds(5), scope: .channel))
        #expect(poll.reason.code == "mixed-up")
        #expect(try await driver.failure(Self.lookup("чужое"), [mixed]).reason.code == "mixed-up")
    }

    // MARK: What became of a message

    private static func lookup(_ text: String, since: Int64 = 1_791_209_000, platform: String = "whatsapp") -> ChannelOperation {
        .reconcile(
            OutboundAction(thread: whatsAppThread, correlation: "c", kind: .text(OutboundText(text))),
            since: Instant(seconds: since))
    }

    @Test(arguments: Loading.allCases)
    func `a message that arrived is found by its words`(loading: Loading) async throws {
        let run = try await loading.wappi.run(
            Self.lookup("Да, в наличии. "),
            [
                Self.messages([
                    Self.row("9", 1_791_209_005, #""type":"chat","body":"Да, в наличии.","fromMe":false"#),
                    Self.row("8", 1_791_209_004, #""type":"chat","body":"Да, в наличии.","fromMe":true"#),
                    Self.row("7", 1_791_208_000, #""type":"chat","body":"Да, в наличии.","fromMe":true"#),
                ])
            ])
        #expect(run.result == .sent(messages: ["8"]))
        #expect(run.requests.map(\.query) == ["&chat_id=77015550011%40c.us&limit=30&offset=0&order=desc&mark_all=false"])
    }

    @Test(arguments: Loading.allCases)
    func `a message is declared missing only after its time`(loading: Loading) async throws {
        let driver = try loading.wappi
        let nothing = Self.messages([Self.row("7", 1_791_209_004, #""type":"chat","body":"другое","fromMe":true"#)])
        #expect(try await driver.run(Self.lookup("a"), [nothing]).result == .notFound)
        let early = try await driver.failure(Self.lookup("a"), in: context(at: Instant(seconds: 1_791_209_060)), [nothing])
        #expect(early.kind == .retry(after: .seconds(15), scope: .chat))
        #expect(try await driver.failure(Self.lookup("a"), [.failure(.unknown)]).kind == .retry(after: nil, scope: .channel))
    }

    @Test(arguments: Loading.allCases)
    func `parts are found in order, and some of them are not all`(loading: Loading) async throws {
        let driver = try loading.wappi
        let max = context(["platform": "max"])
        let text = String(repeating: "а", count: 4_000) + String(repeating: "б", count: 10)
        let (a, b) = (String(repeating: "а", count: 4_000), String(repeating: "б", count: 10))
        let both = [
            Self.row("2", 1_791_209_002, #""type":"text","body":"\#(b)","fromMe":true"#),
            Self.row("1", 1_791_209_001, #""type":"text","body":"\#(a)","fromMe":true"#),
        ]
        #expect(try await driver.run(Self.lookup(text), in: max, [Self.messages(both)]).result == .sent(messages: ["1", "2"]))
        let twice = Self.lookup(a + a)
        let same = ["2", "1"].map { Self.row($0, 1_791_209_001, #""type":"text","body":"\#(a)","fromMe":true"#) }
        guard case .sent(let ids) = try await driver.run(twice, in: max, [Self.messages(same)]).result else {
            throw Unexpected("lost")
        }
        #expect(Set(ids) == ["1", "2"])
        #expect(try await driver.failure(twice, in: max, [Self.messages([same[0]])]).reason.code == "partly-sent")
        let half = try await driver.failure(Self.lookup(text), in: max, [Self.messages([both[1]])])
        #expect(half.kind == .uncertain)
        #expect(half.sent == ["1"])
        #expect(half.reason.code == "partly-sent")
    }

    @Test(arguments: Loading.allCases)
    func `a file without words is found only where Wappi says it is ours`(loading: Loading) async throws {
        let driver = try loading.wappi
        func lookup(_ caption: String?) -> ChannelOperation {
            let media = OutboundMedia(
                kind: .image, file: "f", name: "a.jpg", mimeType: "image/jpeg", size: 1, url: "https://f/1", caption: caption)
            return .reconcile(
                OutboundAction(thread: whatsAppThread, correlation: "c", kind: .media(media)),
                since: Instant(seconds: 1_791_209_000))
        }
        func picture(_ fields: String) -> StepInput {
            Self.messages([Self.row("5", 1_791_209_001, #""type":"image","body":"","fromMe":true,\#(fields)"#)])
        }
        #expect(try await driver.run(lookup(nil), [picture(#""isFromAPI":true"#)]).result == .sent(messages: ["5"]))
        #expect(try await driver.failure(lookup(nil), [picture(#""isFromAPI":false"#)]).kind == .uncertain)
        #expect(try await driver.run(lookup(nil), [Self.messages([])]).result == .notFound)
        #expect(try await driver.run(lookup("вот"), [picture(#""caption":"вот""#)]).result == .sent(messages: ["5"]))
        #expect(try await driver.run(lookup("вот"), [picture(#""caption":"иное""#)]).result == .notFound)
    }
}
