import PluginHost
import PluginTestSupport
import Testing
import WireJSON

/// Whatever arrives, the plugin answers.
struct HostileTests {
    static let unreadable =
        HostileBodies.noObject + HostileBodies.spoilt(#"{"object":"page","entry":[]}"#) + [
            "{}", #"{"object":"page"}"#, #"{"entry":[]}"#, #"{"object":1,"entry":[]}"#, #"{"object":"page","entry":{}}"#,
            #"{"object":"page","entry":[],"entry":[]}"#,
        ]

    private func attack(_ loading: Loading, _ place: Place = .messenger) throws -> HostileHook {
        HostileHook(try loading.channel(place), in: context(place))
    }

    @Test(arguments: Loading.allCases, unreadable)
    func `a body that is no webhook is refused`(loading: Loading, body: String) async throws {
        try await attack(loading).refuses(body)
    }

    @Test(arguments: Loading.allCases)
    func `a body that is not UTF-8 is refused`(loading: Loading) async throws {
        try await attack(loading).refuses(HostileBodies.notUTF8(#"{"object":"page","entry":[]}"#))
    }

    @Test(arguments: Loading.allCases, Place.allCases)
    func `no value of a wrong type anywhere traps or spoils the answer`(loading: Loading, place: Place) async throws {
        var (bodies, events) = (0, 0)
        for member in members {
            let count = try await attack(loading, place).survivesMutations(of: webhook(member, place))
            (bodies, events) = (bodies + count.bodies, events + count.events)
        }
        #expect(bodies > 3_000)
        #expect(events > bodies / 4)
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
        for body in Self.answers.flatMap({ Mutations.of($0, by: values) }) {
            for (operation, states) in operations {
                for state in states {
                    count += 1
                    _ = try await driver.step(operation, state: state, input: .ok(body), in: context)
                }
            }
        }
        #expect(count > 3_000)
    }

    @Test(arguments: Loading.allCases, [Place.messenger, .instagramLogin])
    func `any state and any answer end or ask, in every operation`(loading: Loading, place: Place) async throws {
        guard case .deliver(let text) = action(.text(OutboundText("a")), place) else { return }
        let picture = OutboundMedia(
            kind: .image, file: "f", name: "n", mimeType: "image/png", size: 1, url: "https://a.example/1")
        let operations: [ChannelOperation] = [
            .deliver(text), action(.media(picture), place), .connect(webhook: "https://a.example/h"), .health(webhook: nil),
            .disconnect,
            .download(file: "x"), .profile(thread: "1", contact: "1"), .reconcile(text, since: now),
        ]
        let states = [#"{"at":"subscription","account":{"id":1}}"#, #"{"at":"renewal","fields":[1]}"#]
        try await HostileSteps.survive(
            try loading.channel(place), operations, states: states, inputs: [.sent("m"), .error(100), .error(190)],
            in: context(place))
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
    func `no truncation of a webhook is read, and no damage to it traps`(loading: Loading) async throws {
        let body = webhook(#""message":{"mid":"m","text":"Цена?","attachments":[{"type":"image"}]}"#)
        try await attack(loading).refusesTruncations(of: body)
        try await attack(loading).refusesRandomBytes()
        try await attack(loading).survivesDamage(to: body)
    }

    @Test(arguments: Loading.allCases)
    func `no random bytes trap or verify`(loading: Loading) async throws {
        let driver = try loading.instagram
        var generator = SplitMix(seed: 400)
        for length in 0..<400 {
            let request = WebhookRequest(
                headers: [NameValue("X-Hub-Signature-256", "sha256=" + String(repeating: "0", count: 64))],
                body: (0..<length).map { _ in .random(in: 0...255, using: &generator) })
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
