import PluginHost
import PluginTestSupport
import Testing
import WireJSON

/// Whatever arrives, the plugin answers.
struct HostileTests {
    static let unreadable: [String] = [
        "", " ", "{", "null", "[]", "1", "\"a\"", "{}", "{]", #"{"object":"page"}"#, #"{"entry":[]}"#,
        #"{"object":1,"entry":[]}"#, #"{"object":"page","entry":{}}"#, #"{"object":"page","entry":[],"entry":[]}"#,
        #"[{"object":"page","entry":[]}]"#, "\u{FEFF}" + #"{"object":"page","entry":[]}"#, #"{"object":"page","entry":[]}x"#,
        #"{"object":"page","entry":[],}"#, #"{"object":"page","entry":["\ud800"]}"#, #"{"object":"page","entry":["\u0000"]}"#,
        String(repeating: "[", count: 100_000), String(repeating: #"{"a":"#, count: 100_000),
        #"{"object":"page","entry":"# + String(repeating: "[", count: 70) + String(repeating: "]", count: 70) + "}",
        #"{"object":"page","entry":["# + String(repeating: "0,", count: 100_001) + "0]}",
    ]

    @Test(arguments: Loading.allCases, unreadable.indices)
    func `a body that is no webhook is refused`(loading: Loading, index: Int) async throws {
        let driver = try loading.facebook
        await #expect(throws: PluginFault.self) {
            _ = try await driver.parse(WebhookRequest(body: Array(Self.unreadable[index].utf8)), in: context())
        }
    }

    @Test(arguments: Loading.allCases)
    func `a body that is not UTF-8 is refused`(loading: Loading) async throws {
        let driver = try loading.facebook
        let body = Array(#"{"object":"page","entry":[],"a":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8)
        await #expect(throws: PluginFault.self) { _ = try await driver.parse(WebhookRequest(body: body), in: context()) }
    }

    private static let others: [JSON] = [
        .null, true, 0, -1, .int(.max), .int(.min), 1e300, -0.5, "", "текст", [], [[:]], [1, "a", .null], [:],
        ["id": .int(.max)], .string(String(repeating: "ы", count: 1_200)),
    ]

    /// `value` with each of its parts, at every depth, replaced by `other`.
    private static func replacements(of value: JSON, by other: JSON) -> [JSON] {
        switch value {
        case .object(let object):
            object.members.indices.flatMap { index in
                ([other] + replacements(of: object.members[index].value, by: other)).map { changed in
                    var copy = object
                    copy.members[index].value = changed
                    return JSON.object(copy)
                }
            }
        case .array(let values):
            values.indices.flatMap { index in
                ([other] + replacements(of: values[index], by: other)).map { changed in
                    var copy = values
                    copy[index] = changed
                    return JSON.array(copy)
                }
            }
        default: []
        }
    }

    private static func mutations(_ text: String, by others: [JSON] = others) throws -> [String] {
        let value = try JSON.parse(text)
        return others.flatMap { replacements(of: value, by: $0) }.map(\.text)
    }

    @Test(arguments: Loading.allCases, Place.allCases)
    func `no value of a wrong type anywhere traps or spoils the answer`(loading: Loading, place: Place) async throws {
        let driver = try loading.channel(place)
        var events = 0
        var count = 0
        for member in members {
            for body in try Self.mutations(webhook(member, place)) {
                count += 1
                do {
                    events += try await driver.parse(WebhookRequest(body: Array(body.utf8)), in: context(place)).events.count
                } catch PluginFault.badBody {}
            }
        }
        #expect(count > 3_000)
        #expect(events > count / 4)
    }

    static let answers = [
        #"{"id":"1","user_id":"2","name":"a","username":"b","instagram_business_account":{"id":"3","username":"c"}}"#,
        #"{"data":[{"id":"1","subscribed_fields":["messages"],"messages":{"data":[{"id":"m","created_time":"2026-06-15T08:00:00+0000","from":{"id":"1"},"message":"a"}]}}]}"#,
        #"{"data":{"is_valid":true,"expires_at":1782116799,"data_access_expires_at":1}}"#,
        #"{"recipient_id":"1","message_id":"m","access_token":"t","expires_in":5183944}"#,
        #"{"error":{"message":"{a, b}","code":100,"error_subcode":2018001,"is_transient":true}}"#,
    ]

    /// Every operation with the states it writes itself.
    @Test(arguments: Loading.allCases, Place.allCases)
    func `no answer of Meta traps`(loading: Loading, place: Place) async throws {
        let driver = try loading.channel(place)
        let context = context(place, settings: ["app_id": appID, "human_agent": "true"])
        guard case .deliver(let text) = action(.text(OutboundText("a", replyTo: "m")), place) else { return }
        let stages: [PluginState?] = ["identity", "subscription", "token", "renewal", "app"].map {
            PluginState(#"{"at":"\#($0)","account":{"id":"1"},"fields":["messages","feed","x"]}"#)
        }
        let operations: [(ChannelOperation, [PluginState?])] = [
            (.deliver(text), [nil]), (.connect(webhook: "https://a.example/h"), stages), (.health(webhook: nil), stages),
            (.disconnect, [nil]), (.profile(thread: "1", contact: "1"), [nil]), (.reconcile(text, since: now), [nil]),
        ]
        let values: [JSON] = [.null, 0, .int(.max), .int(.min), "", "текст", [[:]], [:]]
        var count = 0
        for body in try Self.answers.flatMap({ try Self.mutations($0, by: values) }) {
            for (operation, states) in operations {
                for state in states {
                    count += 1
                    _ = try await driver.step(operation, state: state, input: .ok(body), in: context)
                }
            }
        }
        #expect(count > 3_000)
    }

    static let oddStates = [
        #"{"part":9223372036854775807}"#, #"{"part":-1}"#, #"{"part":"1","sent":[1,null,"m"]}"#, "[]", "7", "null", "{}",
    ]

    @Test(arguments: Loading.allCases, oddStates)
    func `odd notes do not trap`(loading: Loading, state: String) async throws {
        for input in [StepInput.start, .sent("m"), .error(100), .failure(.unknown), .failure(.notSent)] {
            _ = try await loading.facebook.step(
                action(.text(OutboundText("a"))), state: PluginState(state), input: input, in: context())
        }
    }

    @Test(arguments: Loading.allCases)
    func `texts and ids too long for the host do not spoil a batch`(loading: Loading) async throws {
        let long = String(repeating: "қ👍", count: 40_000)
        let body = webhook(#""message":{"mid":"m","text":"\#(long)","attachments":[{"type":"\#(long)"}]}"#)
        let events = try await loading.facebook.events(body)
        guard case .message(let message) = events.first?.kind else { throw Unexpected("no message") }
        #expect((60_000...65_536).contains(message.text?.utf8.count ?? 0) && long.hasPrefix(message.text ?? "x"))
        let id = String(repeating: "m", count: 901)
        #expect(try await loading.facebook.events(webhook(#""message":{"mid":"\#(id)","text":"a"}"#)).isEmpty)
        let mids = (0..<900).map { #""m_\#($0)""# }.joined(separator: ",")
        let receipt = try await loading.facebook.event(#""delivery":{"mids":[\#(mids)],"watermark":1}"#)
        #expect(receipt.id.hasPrefix("x:") && receipt.id.utf8.count == 66)
        let payload = try await loading.facebook.event(#""postback":{"title":"a","payload":"\#(long)"}"#)
        guard case .pressed(let press) = payload.kind else { throw Unexpected("no press") }
        #expect(press.data.utf8.count <= 1_024)
    }

    @Test(arguments: Loading.allCases)
    func `no truncation of a webhook traps`(loading: Loading) async throws {
        let driver = try loading.facebook
        let bytes = Array(webhook(#""message":{"mid":"m","text":"Цена?","attachments":[{"type":"image"}]}"#).utf8)
        for count in 0..<bytes.count {
            await #expect(throws: PluginFault.self) {
                _ = try await driver.parse(WebhookRequest(body: Array(bytes[..<count])), in: context())
            }
        }
    }

    @Test(arguments: Loading.allCases)
    func `no random bytes trap or verify`(loading: Loading) async throws {
        let driver = try loading.instagram
        var seed: UInt64 = 0x9E37_79B9_7F4A_7C15
        func byte() -> UInt8 {
            seed ^= seed << 13
            seed ^= seed >> 7
            seed ^= seed << 17
            return UInt8(truncatingIfNeeded: seed >> 24)
        }
        for length in 0..<400 {
            let request = WebhookRequest(
                headers: [NameValue("X-Hub-Signature-256", "sha256=" + String(repeating: "0", count: 64))],
                body: (0..<length).map { _ in byte() })
            #expect(try await driver.verify(request, in: context(.instagramLogin)) != .accepted)
            await #expect(throws: PluginFault.self) { _ = try await driver.parse(request, in: context(.instagramLogin)) }
        }
    }
}

/// One of every member that an event can have.
let members = [
    #""message":{"mid":"m","text":"a","quick_reply":{"payload":"p"},"reply_to":{"mid":"r"}}"#,
    #""message":{"mid":"m","is_echo":true,"app_id":1,"metadata":"7s:c","text":"a"}"#,
    #""message":{"mid":"m","is_deleted":true}"#,
    #"""
    "message":{"mid":"m","text":"a","reply_to":{"story":{"id":"1","url":"https://a.example/1"}},"referral":{"ref":"r","ad_id":"1",
    "source":"ADS","ads_context_data":{"ad_title":"t","photo_url":"u"}},"attachments":[{"type":"image","payload":{"url":"https://a.example/1","sticker_id":1}},
    {"type":"location","payload":{"coordinates":{"lat":43.2,"long":76.8}}},{"type":"reel","payload":{"url":"/reel/1/","title":"t"}},
    {"type":"template","title":"t","payload":{"text":"x"}}]}
    """#,
    #""message_edit":{"mid":"m","text":"a","num_edit":"1"}"#,
    #""reaction":{"mid":"m","action":"react","reaction":"love","emoji":"❤️"}"#,
    #""postback":{"mid":"m","title":"t","payload":"p","referral":{"ref":"r","source":"SHORTLINK"}}"#,
    #""referral":{"ref":"r","source":"ADS","ad_id":"1"}"#, #""delivery":{"mids":["m"],"watermark":1781510600000}"#,
    #""read":{"watermark":1781510600000,"mid":"m"}"#, #""policy_enforcement":{"action":"block","reason":"x"}"#,
]
