import Kernel
import PluginHost
import PluginTestSupport
import Testing

/// Section 5 of the reference from 5.3: everything that is not a customer's message.
struct EventTests {
    @Test(arguments: Loading.allCases)
    func `a postback is a press`(loading: Loading) async throws {
        let driver = try loading.facebook
        let event = try await driver.event(#""postback":{"mid":"m_c1","title":"Да","payload":"ORDER_Y"}"#)
        #expect(event.kind == .pressed(ButtonPress(callback: nil, data: "ORDER_Y", message: nil, title: "Да")))
        #expect(event.id == "postback:m_c1")
        let bare = try await driver.event(#""postback":{"title":"Начать"}"#)
        #expect(bare.kind == .pressed(ButtonPress(callback: nil, data: "Начать", message: nil, title: "Начать")))
        #expect(bare.id == "postback:\(psid):1781510400233:Начать")
    }

    @Test(arguments: Loading.allCases)
    func `a postback by a link tells both`(loading: Loading) async throws {
        let body = webhook(
            #""postback":{"mid":"m_c1","title":"Начать","payload":"GET_STARTED","referral":{"ref":"qr_shop","source":"SHORTLINK"}}"#
        )
        let events = try await loading.facebook.events(body)
        #expect(events.map(\.id) == ["referral:\(psid):1781510400233:qr_shop", "postback:m_c1"])
        guard case .service(let arrival) = events[0].kind else { throw Unexpected("no arrival") }
        #expect(arrival.kind == .arrival && arrival.message.referral == Referral(source: "link", reference: "qr_shop"))
        #expect(arrival.message.attachments.isEmpty && arrival.message.text == nil)
    }

    @Test(arguments: Loading.allCases)
    func `a return by a link, without a word, is a service line`(loading: Loading) async throws {
        let event = try await loading.instagram.event(
            #""referral":{"ref":"spring","source":"IGME-SOURCE-LINK","type":"OPEN_THREAD"}"#, .instagramLogin)
        guard case .service(let line) = event.kind else { throw Unexpected("no arrival") }
        #expect(line.kind == .arrival && line.message.id == event.id)
        #expect(line.message.referral == Referral(source: "link", reference: "spring"))
    }

    @Test(
        arguments: Loading.allCases,
        [
            #""referral":{"ad_id":"63","source":"ADS","type":"LEAD_COMPLETE"},"lead":{"data":\#(form)}"#,
            #""referral":{"ad_id":"63","source":"ADS","type":"LEAD_COMPLETE","lead":{"data":\#(form)}}"#,
        ])
    func `the answers to an advertisement's form are a message`(loading: Loading, members: String) async throws {
        guard case .message(let message) = try await loading.facebook.event(members).kind else { throw Unexpected("no message") }
        #expect(message.text == "Город?: Алматы\nда")
        #expect(message.referral == Referral(source: "ad", reference: "63"))
        #expect(message.attachments.isEmpty)
    }

    static let form = #"[{"question":"Город?","answer":"Алматы"},{"answer":"да"},{"question":"?"}]"#

    static let reactions: [(String, [String], String)] = [
        (#""action":"react","reaction":"love","emoji":"❤️""#, ["❤️"], "react:❤️"),
        (#""action":"react","reaction":"wow""#, ["😮"], "react:😮"),
        (#""action":"react","reaction":"other""#, ["❔"], "react:❔"),
        (#""action":"react""#, ["❔"], "react:❔"), (#""action":"unreact""#, [], "unreact:"),
        (#""action":"unreact","reaction":"love","emoji":"❤️""#, [], "unreact:"),
    ]

    @Test(arguments: Loading.allCases, reactions)
    func `a reaction tells the emoji that are there now`(loading: Loading, row: (String, [String], String)) async throws {
        let event = try await loading.facebook.event(#""reaction":{"mid":"m_out9",\#(row.0)}"#)
        #expect(event.kind == .reaction(Reaction(message: "m_out9", emoji: row.1)))
        #expect(event.id == "reaction:m_out9:\(psid):\(row.2):1781510400233")
    }

    @Test(arguments: Loading.allCases, [#""1""#, "1"])
    func `an edit brings the new text`(loading: Loading, count: String) async throws {
        let event = try await loading.facebook.event(
            #""message_edit":{"mid":"m_b2","text":"Вот это, 2 шт","num_edit":\#(count)}"#)
        #expect(event.kind == .edited(InboundMessage(id: "m_b2", text: "Вот это, 2 шт")))
        #expect(event.id == "edited:m_b2:1")
    }

    @Test(arguments: Loading.allCases)
    func `edit number nought is the message itself`(loading: Loading) async throws {
        let driver = try loading.instagram
        let event = try await driver.event(
            #""message_edit":{"mid":"m_b2","text":"Есть?","num_edit":0}"#, .instagramLogin)
        let same = try await driver.event(#""message":{"mid":"m_b2","text":"Есть?"}"#, .instagramLogin)
        #expect(event == same)
    }

    @Test(arguments: Loading.allCases)
    func `an unsent message is deleted`(loading: Loading) async throws {
        let driver = try loading.instagram
        let event = try await driver.event(#""message":{"mid":"aWdf","is_deleted":true}"#, .instagramPage)
        #expect(event.kind == .deleted(["aWdf"]))
        #expect(event.id == "deleted:aWdf")
        let own = try await driver.event(
            #""message":{"mid":"aWdg","is_echo":true,"is_deleted":true}"#, .instagramPage, isEcho: true)
        #expect(own.kind == .deleted(["aWdg"]))
        #expect(own.thread == igsid)
    }

    static let receipts: [(Place, String, MessageStatus, String)] = [
        (
            .messenger, #""delivery":{"mids":["m_out1","m_out2"],"watermark":1781510600000}"#,
            MessageStatus(state: .delivered, messages: ["m_out1", "m_out2"]), "delivered:\(psid):1781510600000:m_out1:m_out2"
        ),
        (
            .messenger, #""delivery":{"watermark":1781510600000,"seq":37}"#,
            MessageStatus(state: .delivered, messages: [], until: Instant(seconds: 1_781_510_600)),
            "delivered:\(psid):1781510600000"
        ),
        (
            .messenger, #""read":{"watermark":1781510650000}"#,
            MessageStatus(state: .read, messages: [], until: Instant(seconds: 1_781_510_650)), "read:\(psid):1781510650000"
        ),
        (
            .instagramLogin, #""read":{"mid":"aWdf"}"#, MessageStatus(state: .read, messages: ["aWdf"]), "read:\(igsid)::aWdf"
        ),
    ]

    @Test(arguments: Loading.allCases, receipts)
    func `receipts name messages or a moment`(
        loading: Loading, row: (Place, String, MessageStatus, String)
    ) async throws {
        let event = try await loading.channel(row.0).event(row.1, row.0)
        #expect(event.kind == .status(row.2))
        #expect(event.id == row.3)
        #expect(event.thread == row.0.customer)
    }

    static let echoes: [(Place, String, [String: String], Echo.Author, String?)] = [
        (.messenger, #""app_id":1517776481860111,"metadata":"7s:0199-abc","#, ["app_id": appID], .ourselves, "0199-abc"),
        (.messenger, #""app_id":"1517776481860111","metadata":"7s:0199-abc","#, [:], .ourselves, "0199-abc"),
        (.messenger, #""metadata":"7s:0199-abc","#, ["app_id": appID], .ourselves, "0199-abc"),
        (.messenger, #""app_id":1517776481860111,"#, ["app_id": appID], .ourselves, nil),
        // The mark alone is not enough when another app is named.
        (.messenger, #""app_id":999,"metadata":"7s:0199-abc","#, ["app_id": appID], .automation, nil),
        (.messenger, #""app_id":999,"metadata":"msg:1","#, [:], .automation, nil),
        (.messenger, #""app_id":1517776481860111,"metadata":"7s:<x>","#, ["app_id": appID], .ourselves, nil),
        (.messenger, #""app_id":26390203743090,"#, ["app_id": appID], .person, nil),
        (.messenger, #""app_id":263902037430900,"#, [:], .person, nil),
        (.messenger, #""app_id":"26390203743090","metadata":"7s:0199-abc","#, [:], .person, nil),
        (.messenger, "", [:], .unknown, nil), (.instagramPage, "", ["app_id": appID], .unknown, nil),
        (.instagramLogin, #""app_id":1517776481860111,"#, ["app_id": appID], .ourselves, nil),
        (.instagramLogin, #""app_id":999,"#, ["app_id": appID], .automation, nil),
        (.instagramLogin, #""app_id":1517776481860111,"#, [:], .unknown, nil),
    ]

    @Test(arguments: Loading.allCases, echoes)
    func `an echo tells who wrote it`(
        loading: Loading, row: (Place, String, [String: String], Echo.Author, String?)
    ) async throws {
        let event = try await loading.channel(row.0).event(
            #""message":{"mid":"m_out1","is_echo":true,\#(row.1)"text":"Да, есть"}"#, row.0, isEcho: true, settings: row.2)
        let message = InboundMessage(id: "m_out1", text: "Да, есть")
        #expect(event.kind == .echo(Echo(author: row.3, message: message, correlation: row.4)))
        #expect(event.thread == row.0.customer)
        #expect(event.contact?.id == row.0.customer)
        #expect(event.account == row.0.account)
    }

    @Test(arguments: Loading.allCases)
    func `an echoed template has its text`(loading: Loading) async throws {
        let event = try await loading.facebook.event(
            #"""
            "message":{"mid":"m_out1","is_echo":true,"app_id":1,"attachments":[{"type":"template","title":"Оформить?",
            "payload":{"template_type":"button","text":"Оформить заказ?","buttons":[{"type":"postback","title":"Да"}]}}]}
            """#, isEcho: true)
        let message = InboundMessage(id: "m_out1", text: "Оформить заказ?")
        #expect(event.kind == .echo(Echo(author: .automation, message: message)))
    }

    static let policies: [(String, ChannelNotice.Kind, String)] = [
        ("warning", .attention, "policy-warning"), ("block", .attention, "policy-block"),
        ("unblock", .recovered, "policy-unblock"),
    ]

    @Test(arguments: Loading.allCases, policies)
    func `Meta's measures against the Page are noticed`(
        loading: Loading, row: (String, ChannelNotice.Kind, String)
    ) async throws {
        let events = try await loading.facebook.events(
            #"""
            {"object":"page","entry":[{"id":"\#(pageID)","time":1781510400612,"messaging":[{"recipient":{"id":"\#(pageID)"},
            "timestamp":1781510400233,"policy_enforcement":{"action":"\#(row.0)","reason":"…"}}]}]}
            """#)
        guard case .notice(let notice) = events.first?.kind else { throw Unexpected("no notice") }
        #expect(notice.kind == row.1)
        #expect(notice.reason.code == row.2)
        #expect(events.first?.thread == nil)
    }

    static let silent: [(Place, String)] = [
        (.messenger, webhook(#""optin":{"type":"notification_messages","payload":"p"}"#)),
        (.messenger, webhook(#""pass_thread_control":{"new_owner_app_id":"1"}"#)),
        (.messenger, webhook(#""take_thread_control":{"new_owner_app_id":"1"}"#)),
        (.messenger, webhook(#""something_new":{"a":1}"#)), (.messenger, webhook(#""message":{"text":"no id"}"#)),
        (.messenger, webhook(#""message":null"#)), (.messenger, webhook(#""delivery":{}"#)),
        (.messenger, webhook(#""referral":{"type":"OPEN_THREAD"}"#)),
        (.messenger, webhook(#""policy_enforcement":{"action":"x"}"#)),
        (
            .instagramLogin,
            webhook(#""message":{"mid":"m","text":"я себе","is_self":true,"is_echo":true}"#, .instagramLogin, isEcho: true)
        ),
        // Another object of the same app.
        (.messenger, webhook(#""message":{"mid":"m","text":"a"}"#, .instagramPage)),
        (.instagramPage, webhook(#""message":{"mid":"m","text":"a"}"#)),
        (.messenger, #"{"object":"user","entry":[]}"#), (.messenger, #"{"object":"page","entry":[]}"#),
        (.messenger, #"{"object":"page","entry":[1,null,{},{"messaging":7},{"messaging":[7,{}]}]}"#),
        // Plugins name a visitor without an id; the app does not own the thread; the dashboard's test.
        (
            .messenger,
            #"{"object":"page","entry":[{"id":"1","messaging":[{"sender":{"user_ref":"r"},"recipient":{"id":"108812345678901"},"postback":{"payload":"p"}}]}]}"#
        ),
        (
            .messenger,
            #"{"object":"page","entry":[{"id":"108812345678901","standby":[{"sender":{"id":"7"},"recipient":{"id":"108812345678901"},"message":{"mid":"m_s1","text":"ау"}}]}]}"#
        ),
        (
            .instagramLogin,
            #"{"object":"instagram","entry":[{"id":"0","time":1,"changes":[{"field":"messages","value":{"sender":{"id":"12334"},"recipient":{"id":"23245"},"timestamp":"1527459824","message":{"mid":"random_mid","text":"random_text"}}}]}]}"#
        ),
        (
            .messenger,
            #"{"object":"page","entry":[{"id":"0","messaging":[{"sender":{"id":"7"},"recipient":{"id":"108812345678901"},"message":{"mid":"m","text":"a"}}]}]}"#
        ),
    ]

    @Test(arguments: Loading.allCases, silent.indices)
    func `what concerns no conversation gives no event`(loading: Loading, index: Int) async throws {
        let (place, body) = Self.silent[index]
        #expect(try await loading.channel(place).events(body, place).isEmpty)
    }

    @Test(arguments: Loading.allCases)
    func `events of every account of the app say whose they are`(loading: Loading) async throws {
        let driver = try loading.facebook
        let body = webhook(#""message":{"mid":"m1","text":"a"}"#)
        for memory in [["account_id": "555"], [:], ["account_id": pageID]] {
            let events = try await driver.events(body, memory: memory)
            #expect(events.map(\.id) == ["message:m1"] && events.map(\.account) == [pageID])
        }
        // An echo tells the account by its sender, also when the channel that reads it is another.
        let echo = webhook(#""message":{"mid":"m2","is_echo":true,"text":"b"}"#, isEcho: true)
        let echoed = try await driver.events(echo, memory: ["account_id": "555"])
        #expect(echoed.map(\.account) == [pageID] && echoed.map(\.thread) == [psid])
        for plugin in [driver, try loading.instagram] {
            let shared = try #require(plugin.description.sharedHook)
            #expect(shared == SharedHook(family: "meta", secret: "app_secret", accounts: ["account_id", "account_alias"]))
        }
        let aliased = try await loading.instagram.events(
            webhook(#""message":{"mid":"m1","text":"a"}"#, .instagramLogin), .instagramLogin,
            memory: ["account_id": "555", "account_alias": instagramID])
        #expect(aliased.map(\.id) == ["message:m1"])
    }

    @Test(arguments: Loading.allCases)
    func `an odd entry id does not mislead`(loading: Loading) async throws {
        let events = try await loading.instagram.events(
            #"""
            {"object":"instagram","entry":[{"id":"90010","messaging":[{"sender":{"id":"\#(igsid)"},
            "recipient":{"id":"\#(instagramID)"},"timestamp":1781510400233,"postback":{"mid":"m","payload":"p"}}]}]}
            """#, .instagramPage)
        #expect(events.map(\.thread) == [igsid])
        #expect(events.map(\.account) == [instagramID])
    }

    @Test(arguments: Loading.allCases)
    func `a batch keeps its order, and a broken element spoils nothing`(loading: Loading) async throws {
        let driver = try loading.facebook
        let items = (0..<1_000).map { index in
            index == 500
                ? #"{"sender":7,"message":[]}"#
                : #"{"sender":{"id":"\#(index)"},"recipient":{"id":"\#(pageID)"},"timestamp":\#(index + 1),"message":{"mid":"m\#(index)","text":"т"}}"#
        }
        let entries = [items[..<300], items[300...]].map {
            #"{"id":"\#(pageID)","time":1,"messaging":[\#($0.joined(separator: ","))]}"#
        }
        let body = #"{"object":"page","entry":[\#(entries.joined(separator: ","))]}"#
        let events = try await driver.events(body)
        #expect(events.map(\.id) == (0..<1_000).filter { $0 != 500 }.map { "message:m\($0)" })
        #expect(try await driver.events(body) == events)
    }
}
