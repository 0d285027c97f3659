import Kernel
import PluginHost
import PluginTestSupport
import Testing
import WireJSON

/// Section 5 of the reference, 5.1 and 5.2: what customers write.
struct ParsingTests {
    @Test(arguments: Loading.allCases, Place.allCases)
    func `a text becomes a message of its customer`(loading: Loading, place: Place) async throws {
        let event = try await loading.channel(place).event(
            #""message":{"mid":"m_Qx7f0aB3=$:_-","text":"Здравствуйте, сколько стоит?"}"#, place)
        #expect(
            event
                == InboundEvent(
                    id: "message:m_Qx7f0aB3=$:_-", account: place.account, thread: place.customer,
                    at: Instant(microseconds: 1_781_510_400_233_000), contact: ContactIdentity(id: place.customer),
                    kind: .message(InboundMessage(id: "m_Qx7f0aB3=$:_-", text: "Здравствуйте, сколько стоит?"))))
    }

    static let cdn = "https://scontent.xx.fbcdn.net/v/a.jpg?x=1&oe=6A"

    static let attachments: [(Place, String, MessageAttachment)] = [
        (.messenger, #"{"type":"image","payload":{"url":"\#(cdn)"}}"#, MessageAttachment(kind: .image, file: cdn)),
        (
            .messenger, #"{"type":"audio","payload":{"url":"https://cdn.fbsbx.com/v/t59/audioclip-1781510500.mp4"}}"#,
            MessageAttachment(kind: .voice, file: "https://cdn.fbsbx.com/v/t59/audioclip-1781510500.mp4")
        ),
        (.messenger, #"{"type":"audio","payload":{"url":"\#(cdn)"}}"#, MessageAttachment(kind: .audio, file: cdn)),
        (.instagramLogin, #"{"type":"audio","payload":{"url":"\#(cdn)"}}"#, MessageAttachment(kind: .voice, file: cdn)),
        (.messenger, #"{"type":"video","payload":{"url":"\#(cdn)"}}"#, MessageAttachment(kind: .video, file: cdn)),
        (
            .messenger, #"{"type":"file","payload":{"url":"https://cdn.fbsbx.com/v/%D1%81%D1%87%D1%91%D1%82.pdf?_nc=1"}}"#,
            MessageAttachment(
                kind: .document, file: "https://cdn.fbsbx.com/v/%D1%81%D1%87%D1%91%D1%82.pdf?_nc=1", name: "счёт.pdf")
        ),
        (
            .messenger, #"{"type":"sticker","payload":{"url":"\#(cdn)","sticker_id":369239263222822}}"#,
            MessageAttachment(kind: .sticker, file: cdn, title: "👍")
        ),
        (.instagramPage, #"{"type":"like_heart"}"#, MessageAttachment(kind: .sticker, title: "❤️")),
        (
            .messenger, #"{"type":"location","payload":{"coordinates":{"lat":43.2389,"long":76.8897}}}"#,
            MessageAttachment(kind: .location, location: Location(latitude: 43.2389, longitude: 76.8897))
        ),
        (
            .messenger, #"{"type":"fallback","payload":{"url":"https://youtu.be/x","title":"Обзор"}}"#,
            MessageAttachment(kind: .link, url: "https://youtu.be/x", title: "Обзор")
        ),
        (
            .messenger, #"{"type":"post","payload":{"url":"https://fb.example/1","title":"Акция","id":998877}}"#,
            MessageAttachment(kind: .link, url: "https://fb.example/1", title: "Акция")
        ),
        (
            .instagramLogin, #"{"type":"ig_reel","payload":{"url":"\#(cdn)","reel_video_id":123451234512345}}"#,
            MessageAttachment(kind: .link, url: cdn, title: "reel")
        ),
        (
            .messenger, #"{"type":"reel","payload":{"url":"/reel/123/"}}"#,
            MessageAttachment(kind: .link, url: "https://www.facebook.com/reel/123/", title: "reel")
        ),
        (
            .instagramPage, #"{"type":"share","payload":{"url":"\#(cdn)"}}"#,
            MessageAttachment(kind: .link, url: cdn, title: "share")
        ),
        (
            .instagramPage, #"{"type":"ig_post","payload":{"url":"\#(cdn)","title":"Ваза"}}"#,
            MessageAttachment(kind: .link, url: cdn, title: "Ваза")
        ),
        // A story's picture may not be kept: it is an address, and no file to download.
        (
            .instagramLogin, #"{"type":"story_mention","payload":{"url":"\#(cdn)"}}"#,
            MessageAttachment(kind: .link, url: cdn, title: "story mention")
        ),
        (
            .instagramPage, #"{"type":"unsupported_type","payload":{"url":"https://lookaside.fbsbx.com/x"}}"#,
            MessageAttachment(kind: .unsupported, url: "https://lookaside.fbsbx.com/x", title: "unsupported_type")
        ),
        (.instagramPage, #"{"type":"ephemeral"}"#, MessageAttachment(kind: .unsupported, title: "ephemeral")),
        (
            .messenger, #"{"type":"appointment_booking","payload":{"booking_id":"1","status":"confirmed"}}"#,
            MessageAttachment(kind: .unsupported, title: "appointment_booking")
        ),
        (.messenger, #"{"type":"hologram","payload":null}"#, MessageAttachment(kind: .unsupported, title: "hologram")),
        (.messenger, #"{"type":"image","payload":{}}"#, MessageAttachment(kind: .image, title: "unavailable")),
        (
            .messenger, #"{"type":"image","payload":{"url":"file:///etc/passwd"}}"#,
            MessageAttachment(kind: .image, title: "unavailable")
        ),
    ]

    @Test(arguments: Loading.allCases, attachments)
    func `an attachment is of its kind`(loading: Loading, row: (Place, String, MessageAttachment)) async throws {
        let message = try await loading.channel(row.0).message(#""mid":"m_a","attachments":[\#(row.1)]"#, row.0)
        #expect(message.attachments == [row.2] && message.text == nil)
    }

    @Test(arguments: Loading.allCases)
    func `text and several attachments are one message`(loading: Loading) async throws {
        let image = #"{"type":"image","payload":{"url":"\#(Self.cdn)"}}"#
        let message = try await loading.facebook.message(#""mid":"m_a","text":"вот","attachments":[\#(image),\#(image)]"#)
        #expect(message.text == "вот")
        #expect(message.attachments.map(\.kind) == [.image, .image])
    }

    @Test(arguments: Loading.allCases)
    func `a sticker that comes twice is one`(loading: Loading) async throws {
        let driver = try loading.facebook
        let sticker = #"{"type":"sticker","payload":{"url":"\#(Self.cdn)","sticker_id":7}}"#
        let twin = #"{"type":"image","payload":{"url":"\#(Self.cdn)","sticker_id":7}}"#
        for pair in ["\(sticker),\(twin)", "\(twin),\(sticker)"] {
            let message = try await driver.message(#""mid":"m_a","sticker_id":7,"attachments":[\#(pair)]"#)
            #expect(message.attachments == [MessageAttachment(kind: .sticker, file: Self.cdn)])
        }
        let old = try await driver.message(#""mid":"m_a","attachments":[\#(twin)]"#)
        #expect(old.attachments.map(\.kind) == [.image])
        let bare = try await driver.message(#""mid":"m_a","sticker_id":7"#)
        #expect(bare.attachments == [MessageAttachment(kind: .sticker)])
    }

    @Test(arguments: Loading.allCases)
    func `a preview without an address adds nothing`(loading: Loading) async throws {
        let message = try await loading.facebook.message(
            #""mid":"m_a","text":"https://youtu.be/x","attachments":[{"type":"fallback","payload":null}]"#)
        #expect(message == InboundMessage(id: "m_a", text: "https://youtu.be/x"))
    }

    @Test(
        arguments: Loading.allCases, [("", "message"), (#","is_unsupported":true"#, "unsupported"), (#","text":"""#, "message")])
    func `a message of nothing leaves a mark`(loading: Loading, row: (String, String)) async throws {
        let message = try await loading.instagram.message(#""mid":"m_a"\#(row.0)"#, .instagramLogin)
        #expect(message == InboundMessage(id: "m_a", attachments: [MessageAttachment(kind: .unsupported, title: row.1)]))
    }

    @Test(arguments: Loading.allCases)
    func `a story that names the account is told apart from one that is answered`(loading: Loading) async throws {
        let message = try await loading.instagram.message(
            #""mid":"m_1","attachments":[{"type":"story_mention","payload":{"url":"\#(Self.cdn)"}}]"#, .instagramLogin)
        #expect(message.referral == Referral(source: "story-mention", url: Self.cdn))
    }

    @Test(arguments: Loading.allCases)
    func `answers name what they answer`(loading: Loading) async throws {
        let plain = try await loading.facebook.message(
            #""mid":"m_b2","text":"Вот это","reply_to":{"mid":"m_a1","is_self_reply":false}"#)
        #expect(plain == InboundMessage(id: "m_b2", text: "Вот это", replyTo: "m_a1"))
        let url = "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1&signature=2"
        let story = try await loading.instagram.message(
            #""mid":"m_b3","text":"Цена?","reply_to":{"story":{"id":"17912345678901234","url":"\#(url)"}}"#, .instagramPage)
        #expect(story.replyTo == nil)
        #expect(story.referral == Referral(source: "story", reference: "17912345678901234", url: url))
        #expect(story.attachments == [MessageAttachment(kind: .link, url: url, title: "story")])
    }

    @Test(arguments: Loading.allCases)
    func `a tapped quick reply is a press with its payload`(loading: Loading) async throws {
        let event = try await loading.facebook.event(
            #""message":{"mid":"m_b1","text":"Доставка","quick_reply":{"payload":"QR_DELIVERY"},"reply_to":{"mid":"m_a"}}"#)
        #expect(event.kind == .pressed(ButtonPress(callback: nil, data: "QR_DELIVERY", message: "m_a", title: "Доставка")))
        #expect(event.id == "message:m_b1")
    }

    static let referrals: [(String, Referral?)] = [
        (
            #"{"ref":"may_promo","ad_id":"6302572858686","source":"ADS","type":"OPEN_THREAD","ads_context_data":{"ad_title":"Скидка 20%","photo_url":"https://p.example/1","post_id":"559"}}"#,
            Referral(
                source: "ad", reference: "6302572858686", campaign: "may_promo", title: "Скидка 20%", url: "https://p.example/1")
        ),
        (
            #"{"ad_id":6302572858686,"ads_context_data":{"video_url":"https://v.example/1"}}"#,
            Referral(source: "ad", reference: "6302572858686", url: "https://v.example/1")
        ),
        (#"{"product":{"id":"5512345"}}"#, Referral(source: "product", reference: "5512345")),
        (#"{"ref":"spring","source":"SHORTLINK","type":"OPEN_THREAD"}"#, Referral(source: "link", reference: "spring")),
        (#"{"source":"SHORTLINK"}"#, Referral(source: "link")), (#"{}"#, nil), (#"{"product":{}}"#, nil),
    ]

    @Test(arguments: Loading.allCases, referrals.indices)
    func `what brought the customer is kept`(loading: Loading, index: Int) async throws {
        let (json, referral) = Self.referrals[index]
        let message = try await loading.facebook.message(#""mid":"m_b4","text":"Здравствуйте","referral":\#(json)"#)
        #expect(message == InboundMessage(id: "m_b4", text: "Здравствуйте", referral: referral))
    }

    static let times: [(String, Instant?)] = [
        ("1781510400233", Instant(microseconds: 1_781_510_400_233_000)),
        (#""1781510400233""#, Instant(microseconds: 1_781_510_400_233_000)),
        ("1781510400", Instant(seconds: 1_781_510_400)), (#""1781510400""#, Instant(seconds: 1_781_510_400)),
        (#""2026-06-15T08:00:00+0000""#, Instant(seconds: 1_781_510_400)),
        (#""2026-06-15T13:00:00.123+05:00""#, Instant(microseconds: 1_781_510_400_123_000)),
        (#""2024-02-29T23:59:59Z""#, Instant(seconds: 1_709_251_199)),
        // Without a time of its own an event has its entry's.
        ("null", Instant(microseconds: 1_781_510_400_612_000)), ("0", Instant(microseconds: 1_781_510_400_612_000)),
        (#""yesterday""#, Instant(microseconds: 1_781_510_400_612_000)),
        (#""2026-13-15T08:00:00+0000""#, Instant(microseconds: 1_781_510_400_612_000)),
    ]

    @Test(arguments: Loading.allCases, times)
    func `a time is read in all its spellings`(loading: Loading, row: (String, Instant?)) async throws {
        let event = try await loading.facebook.event(#""message":{"mid":"m","text":"a"}"#, timestamp: row.0)
        #expect(event.at == row.1)
    }

    @Test(arguments: Loading.allCases)
    func `ids may be numbers`(loading: Loading) async throws {
        let events = try await loading.facebook.events(
            #"""
            {"object":"page","entry":[{"id":108812345678901,"time":1,"messaging":[{"sender":{"id":7012345678901234},
            "recipient":{"id":108812345678901},"timestamp":1781510400233,"message":{"mid":12,"text":"a"}}]}]}
            """#)
        #expect(events.map(\.thread) == [psid])
        #expect(events.map(\.id) == ["message:12"])
    }
}
