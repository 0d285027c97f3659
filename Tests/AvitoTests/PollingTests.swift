import Kernel
import PluginHost
import PluginTestSupport
import Testing
import WireJSON

/// The message lists complete what the webhook brings: read marks, quotes, deletions, and what it lost.
struct PollingTests {
    static let start: Int64 = 1_781_510_000
    static let list = "GET /messenger/v2\(account)/chats?limit=100&offset=0&chat_types=u2i,u2u"

    static func messages(_ chat: String, offset: Int = 0) -> String {
        "GET /messenger/v3\(account)/chats/\(chat)/messages/?limit=20&offset=\(offset)"
    }

    static func chat(_ id: String, updated: Int64, last: String = "m1") -> String {
        #"""
        {"id":"\#(id)","created":1781500000,"updated":\#(updated),"context":{"type":"item","value":{"id":1768287444,
        "title":"Mazda 3 2008","price_string":"300 000 ₽","status_id":10,"url":"https://avito.ru/1768287444"}},
        \#(OperationTests.people),"last_message":{"id":"\#(last)","created":\#(updated)}}
        """#
    }

    static func chats(_ chats: String...) -> StepInput { .ok(#"{"chats":[\#(chats.joined(separator: ","))]}"#) }

    static func message(_ id: String, at created: Int64, own: Bool = false, _ more: String = "") -> String {
        #"""
        {"id":"\#(id)","author_id":\#(own ? 94_235_311 : 238_867_123),"created":\#(created),
        "direction":"\#(own ? "out" : "in")","type":"text","content":{"text":"\#(id)"}\#(more)}
        """#
    }

    static func known(at: Int64 = start, seen: String = "{}") -> Known {
        Known.connected.remembering("poll_cursor", #"{"since":\#(start),"at":\#(at),"seen":\#(seen)}"#)
    }

    private func events(_ run: Run) throws -> (events: [InboundEvent], pause: Duration) {
        guard case .polled(let events, let pause) = run.result else { throw Unexpected("\(run.result)") }
        return (events, pause)
    }

    private func advanced(_ run: Run) throws -> Known {
        Known.connected.remembering("poll_cursor", try #require(run.remembered("poll_cursor")?.value))
    }

    @Test(arguments: Loading.allCases)
    func `polling begins now and tells nothing of before`(loading: Loading) async throws {
        let driver = try loading.avito
        let first = try await driver.run(.poll, [])
        #expect(try events(first).events.isEmpty)
        let old = Self.chats(Self.chat("a", updated: now.microseconds / 1_000_000 - 1))
        let second = try await driver.run(.poll, known: try advanced(first), [old])
        #expect(second.paths == [Self.list])
        #expect(try events(second) == ([], .seconds(15)))
        #expect(second.remembered.isEmpty)
    }

    @Test(arguments: Loading.allCases)
    func `a changed chat is read, oldest message first, with its buyer and listing`(loading: Loading) async throws {
        let quote = #","quote":{"id":"m0","author_id":94235311,"created":1,"type":"text","content":{"text":"Да"}}"#
        let page = [
            Self.message("m3", at: Self.start + 9, quote), Self.message("m2", at: Self.start + 8, own: true),
            Self.message("m1", at: Self.start + 7), Self.message("m0", at: Self.start - 1),
        ].joined(separator: ",")
        for body in ["[\(page)]", #"{"messages":[\#(page)]}"#] {
            let run = try await loading.avito.run(
                .poll, known: Self.known(), [Self.chats(Self.chat("a~1", updated: Self.start + 9)), .ok(body)])
            #expect(run.paths == [Self.list, Self.messages("a~1")])
            let (events, pause) = try events(run)
            #expect(pause == .seconds(15))
            #expect(events.map(\.id) == ["m1", "m2", "m3"])
            #expect(events.allSatisfy { $0.thread == "a~1" && $0.account == "94235311" })
            let olga = ContactIdentity(id: "238867123", name: "Ольга", avatar: "https://a/256")
            #expect(events.allSatisfy { $0.contact == olga })
            var last = InboundMessage(id: "m3", text: "m3", replyTo: "m0", quote: "Да")
            last.referral = Referral(
                source: "listing", reference: "1768287444", title: "Mazda 3 2008, 300 000 ₽",
                url: "https://avito.ru/1768287444")
            #expect(events.last?.kind == .message(last))
            guard case .echo(let echo) = events[1].kind else { throw Unexpected("no echo") }
            #expect(echo.author == .unknown && echo.message.text == "m2")
        }
    }

    @Test(arguments: Loading.allCases)
    func `a polled message is the event that the webhook brought`(loading: Loading) async throws {
        let driver = try loading.avito
        let run = try await driver.run(
            .poll, known: Self.known(),
            [Self.chats(Self.chat(chatID, updated: Self.start + 9)), .ok("[\(Self.message("m1", at: Self.start + 9))]")])
        let hooked = try await driver.event(delivery(#""type":"text","content":{"text":"m1"}"#, id: "m1"))
        #expect(try events(run).events.map(\.id) == [hooked.id])
        #expect(try events(run).events.first?.thread == hooked.thread)
        #expect(try events(run).events.first?.contact?.id == hooked.contact?.id)
    }

    @Test(arguments: Loading.allCases)
    func `the buyer's id is the one that messages use`(loading: Loading) async throws {
        let chat = Self.chat("a", updated: Self.start + 9).replacing("238867123", with: "55")
        let run = try await loading.avito.run(
            .poll, known: Self.known(), [Self.chats(chat), .ok("[\(Self.message("m1", at: Self.start + 9))]")])
        #expect(try events(run).events.first?.contact?.id == "238867123")
        #expect(try events(run).events.first?.contact?.name == "Ольга")
    }

    @Test(arguments: Loading.allCases)
    func `read marks, deletions and system messages are told`(loading: Loading) async throws {
        let page = [
            Self.message("m4", at: Self.start + 9, own: true, #","read":null"#),
            Self.message("m3", at: Self.start + 8, own: true, #","read":1781510020"#),
            Self.message("m2", at: Self.start - 8, own: true, #","read":1781510010"#),
            #"{"id":"m1","author_id":238867123,"created":\#(Self.start + 2),"direction":"in","type":"deleted","content":{}}"#,
            #"{"id":"m0","author_id":0,"created":\#(Self.start + 1),"direction":"in","type":"system","content":{"text":"s"}}"#,
        ].joined(separator: ",")
        let run = try await loading.avito.run(
            .poll, known: Self.known(), [Self.chats(Self.chat("a", updated: Self.start + 9)), .ok("[\(page)]")])
        let (events, _) = try events(run)
        #expect(events.map(\.id) == ["m0", "deleted:m1", "m3", "m4", "read:m3"])
        #expect(events[1].kind == .deleted(["m1"]))
        #expect(events[4].kind == .status(MessageStatus(state: .read, messages: ["m3", "m2"])))
        #expect(events[4].at == Instant(seconds: 1_781_510_020))
    }

    @Test(arguments: Loading.allCases)
    func `chats are read in the order they changed, one a round, each once`(loading: Loading) async throws {
        let driver = try loading.avito
        let list = Self.chats(
            Self.chat("c", updated: Self.start + 3), Self.chat("b", updated: Self.start + 2),
            Self.chat("a", updated: Self.start + 2), Self.chat("z", updated: Self.start))
        var known = Self.known(seen: #"{"z":"m1"}"#)
        for chat in ["a", "b", "c"] {
            let run = try await driver.run(.poll, known: known, [list, .ok("[]")])
            #expect(run.paths == [Self.list, Self.messages(chat)])
            #expect(try events(run).pause == (chat == "c" ? .seconds(15) : .seconds(1)))
            known = try advanced(run)
        }
        #expect(try await driver.run(.poll, known: known, [list]).paths == [Self.list])
    }

    @Test(arguments: Loading.allCases)
    func `a second message within the second of the first is not lost`(loading: Loading) async throws {
        let driver = try loading.avito
        let first = try await driver.run(
            .poll, known: Self.known(), [Self.chats(Self.chat("a", updated: Self.start + 5, last: "m1")), .ok("[]")])
        let again = Self.chats(Self.chat("a", updated: Self.start + 5, last: "m2"))
        let second = try await driver.run(
            .poll, known: try advanced(first), [again, .ok("[\(Self.message("m2", at: Self.start + 5))]")])
        #expect(try events(second).events.map(\.id) == ["m2"])
        #expect(try await driver.run(.poll, known: try advanced(second), [again]).paths == [Self.list])
    }

    @Test(arguments: Loading.allCases)
    func `a page of nothing but news has older news behind it`(loading: Loading) async throws {
        func page(_ numbers: ClosedRange<Int64>) -> StepInput {
            .ok(
                #"{"chats":[\#(numbers.reversed().map { #"{"id":"c\#($0)","updated":\#(Self.start + $0)}"# }.joined(separator: ","))]}"#
            )
        }
        let run = try await loading.avito.run(
            .poll, known: Self.known(), [page(151...250), page(51...150), page(1...50), .ok("[]")])
        #expect(run.paths.last == Self.messages("c1"))
        #expect(run.paths[2] == Self.list.replacing("offset=0", with: "offset=200"))
        #expect(try events(run).pause == .seconds(1))
    }

    @Test(arguments: Loading.allCases)
    func `a full page of messages is followed by the one behind it`(loading: Loading) async throws {
        let driver = try loading.avito
        func page(_ numbers: ClosedRange<Int64>) -> StepInput {
            .ok("[\(numbers.reversed().map { Self.message("m\($0)", at: Self.start + $0) }.joined(separator: ","))]")
        }
        let list = Self.chats(Self.chat("a", updated: Self.start + 30, last: "m30"))
        let first = try await driver.run(.poll, known: Self.known(), [list, page(11...30)])
        #expect(try events(first).events.count == 20)
        #expect(try events(first).pause == .seconds(1))
        let second = try await driver.run(.poll, known: try advanced(first), [list, page(1...10)])
        #expect(second.paths.last == Self.messages("a", offset: 20))
        #expect(try events(second).events.map(\.id) == (1...10).map { "m\($0)" })
        #expect(try await driver.run(.poll, known: try advanced(second), [list]).paths == [Self.list])
        // Something new in between: from the newest again.
        let newer = Self.chats(Self.chat("a", updated: Self.start + 31, last: "m31"))
        let restarted = try await driver.run(.poll, known: try advanced(first), [newer, page(12...31)])
        #expect(restarted.paths.last == Self.messages("a"))
    }

    @Test(arguments: Loading.allCases, [403, 404])
    func `a chat that is closed to us does not hold up the others`(loading: Loading, code: Int) async throws {
        let driver = try loading.avito
        let list = Self.chats(Self.chat("b", updated: Self.start + 2), Self.chat("a", updated: Self.start + 1))
        let answers: [StepInput] = code == 403 ? [list, .error(403), .token, .error(403)] : [list, .error(404)]
        let run = try await driver.run(.poll, known: Self.known(), answers)
        #expect(try events(run).events.isEmpty)
        #expect(try await driver.run(.poll, known: try advanced(run), [list, .ok("[]")]).paths.last == Self.messages("b"))
    }

    static let failures: [([StepInput], OperationFailure.Kind, String)] = [
        ([.error(402)], .retry(after: .seconds(3_600), scope: .channel), "subscription-required"),
        ([.error(429)], .retry(after: nil, scope: .channel), "rate-limited"),
        ([.error(500)], .retry(after: nil, scope: .channel), "unavailable"),
        ([.failure(.unknown)], .retry(after: nil, scope: .channel), "unavailable"),
        ([.ok("{}")], .retry(after: nil, scope: .channel), "unexpected-answer"),
        ([chats(chat("a", updated: start + 1)), .error(500)], .retry(after: nil, scope: .channel), "unavailable"),
        ([chats(chat("a", updated: start + 1)), .ok("{}")], .retry(after: nil, scope: .channel), "unexpected-answer"),
    ]

    @Test(arguments: Loading.allCases, failures)
    func `a failed round is repeated and remembers nothing`(
        loading: Loading, row: ([StepInput], OperationFailure.Kind, String)
    ) async throws {
        let run = try await loading.avito.run(.poll, known: Self.known(), row.0)
        #expect(try run.failure.kind == row.1)
        #expect(try run.failure.reason.code == row.2)
        #expect(run.remembered.isEmpty)
    }

    @Test(arguments: Loading.allCases)
    func `hidden messages are one notice and reach nobody`(loading: Loading) async throws {
        let page = (1...3).map {
            Self.message("m\($0)", at: Self.start + Int64($0)).replacing(
                #""text":"m\#($0)""#, with: #""text":"Перейдите на подписку с API мессенджера""#)
        }.joined(separator: ",")
        let run = try await loading.avito.run(
            .poll, known: Self.known(), [Self.chats(Self.chat("a", updated: Self.start + 3)), .ok("[\(page)]")])
        let (events, _) = try events(run)
        #expect(Set(events.map(\.id)) == ["subscription-required:20619"])
        for event in events { #expect(event.thread == nil) }
    }

    @Test(arguments: Loading.allCases)
    func `a page of the longest texts fits into one answer`(loading: Loading) async throws {
        let text = String(repeating: #"\"\\ \n"#, count: 20_000)
        let page = (1...20).map {
            Self.message("m\($0)", at: Self.start + Int64($0)).replacing(#""text":"m\#($0)""#, with: #""text":"\#(text)""#)
        }.joined(separator: ",")
        let run = try await loading.avito.run(
            .poll, known: Self.known(), [Self.chats(Self.chat("a", updated: Self.start + 20)), .ok("[\(page)]")])
        #expect(try events(run).events.count == 20)
    }
}
