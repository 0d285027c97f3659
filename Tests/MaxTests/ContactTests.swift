import PluginHost
import PluginTestSupport
import Testing

/// A shared phone number counts as the customer's own only with MAX's proof.
struct ContactTests {
    private static let card = #"BEGIN:VCARD\r\nVERSION:3.0\r\nTEL;TYPE=cell:77015550011\r\nFN:Айгуль С\r\nEND:VCARD\r\n"#
    /// Of `card` under `token`, computed with Python's hmac and hashlib.
    private static let hash = "dbfd72b681dbbb75ba512b646449493b772084719976b5ccc938b3d160080e98"

    private static func contact(_ card: String, hash: String, user: Int64 = 51_730_264) -> String {
        #"""
        {"type":"contact","payload":{"vcf_info":"\#(card)","hash":"\#(hash)","max_info":{"user_id":\#(user),
        "first_name":"Айгуль","is_bot":false}}}
        """#
    }

    static let proofs: [(String, Bool)] = [
        (contact(card, hash: hash), true),
        (contact(card, hash: hash, user: 51_730_265), false),
        (contact(card, hash: hash.uppercased()), false),
        (contact(card, hash: ""), false),
        (contact(card, hash: String(hash.dropLast())), false),
        (contact(card, hash: hash + "0"), false),
        (contact(card, hash: String(hash.reversed())), false),
        // The hash of the same card with another number, and of this card under another token.
        (contact(card, hash: "98a3380ffc8567a12933fa73466e6e0750eb9e275ebcc6a72aa47dc5e439f51a"), false),
        (contact(card, hash: "674e77d37578e9e4d6e4cb714335b3d768f73374cd1795c21a899de59788f751"), false),
        (contact(card.replacing(#"\r\n"#, with: #"\n"#), hash: hash), false),
        (contact(card, hash: hash).replacing("\"hash\"", with: "\"hush\""), false),
        (contact(card, hash: hash).replacing("max_info", with: "min_info"), false),
    ]

    @Test(arguments: Loading.allCases, proofs)
    func `the number is the customer's own with a valid hash and their own id`(
        loading: Loading, row: (String, Bool)
    ) async throws {
        let event = try await loading.max.event(customerMessage(#""text":null,"attachments":[\#(row.0)]"#))
        guard case .message(let message) = event.kind else { throw Unexpected("no message") }
        let shared = SharedContact(phone: "+77015550011", name: "Айгуль С", isOwn: row.1)
        #expect(message.attachments == [MessageAttachment(kind: .contact, contact: shared)])
        #expect(event.contact?.phone == (row.1 ? "+77015550011" : nil))
    }

    @Test(arguments: Loading.allCases)
    func `a hash over several blocks is computed right, and a long token too`(loading: Loading) async throws {
        let driver = try loading.max
        let long = #"BEGIN:VCARD\r\nNOTE:"# + String(repeating: "x", count: 200) + #"\r\nTEL:77015550011\r\nEND:VCARD\r\n"#
        let proof = "a51ecaf8ed57caa05ca7eb6bcff8c9766b0b197c6e8eaec0c5ad80a786a6a6bf"
        let event = try await driver.event(customerMessage(#""attachments":[\#(Self.contact(long, hash: proof))]"#))
        #expect(event.contact?.phone == "+77015550011")
        let other = Self.contact(Self.card, hash: "674e77d37578e9e4d6e4cb714335b3d768f73374cd1795c21a899de59788f751")
        let request = WebhookRequest(body: Array(customerMessage(#""attachments":[\#(other)]"#).utf8))
        let longToken = ChannelContext(now: now, settings: ["token": String(repeating: "k", count: 100)])
        #expect(try await driver.parse(request, in: longToken).events.first?.contact?.phone == "+77015550011")
        let noToken = ChannelContext(now: now, settings: [:])
        #expect(try await driver.parse(request, in: noToken).events.first?.contact?.phone == nil)
    }

    /// Around the ends of SHA-256's blocks; from the same source.
    static let lengths: [(Int, String)] = [
        (55, "66097ce35a57d92aa18ac1d4fd868188e3e535ef6ce824ac6c572c3d7d0d95b2"),
        (56, "190fe1a288ed751bc0a0d8f32b7af9f39dd534b611b0ce964433ff4ac27467d5"),
        (63, "b9c01950cf05e9a2aaf39dedccacf4d1a2fe98c551883d86fea97d75ae8426a7"),
        (64, "35d145439c5540f862c92fd361467257380a56b28d5cacc72a1c3611246fdeaf"),
        (119, "0367849b87a51cc0f740c44b84b987515ec612d0f0f7e9e1cf42267c849d2fd3"),
        (120, "ec4379cedb8135897fc887107603e40f4df4abcf96dd404750dfefe79545b912"),
    ]

    @Test(arguments: Loading.allCases, lengths)
    func `a card of any length is checked right`(loading: Loading, row: (Int, String)) async throws {
        let card = #"TEL:77015550011\r\nN:"# + String(repeating: "x", count: row.0 - 19)
        let event = try await loading.max.event(customerMessage(#""attachments":[\#(Self.contact(card, hash: row.1))]"#))
        #expect(event.contact?.phone == "+77015550011")
    }

    @Test(arguments: Loading.allCases)
    func `a forwarded card is nobody's own`(loading: Loading) async throws {
        let event = try await loading.max.event(
            customerMessage(
                #""text":null"#,
                link:
                    #"{"type":"forward","message":{"mid":"mid.1","attachments":[\#(Self.contact(Self.card, hash: Self.hash))]}}"#)
        )
        guard case .message(let message) = event.kind else { throw Unexpected("no message") }
        #expect(message.attachments.first?.contact?.isOwn == false)
        #expect(event.contact?.phone == nil)
    }

    static let cards: [(String, String?, String)] = [
        (#"item1.TEL;VALUE=uri:tel:+7-701-555-00-11\r\nitem1.FN:А"#, "+77015550011", "А"),
        (#"tel:8 (701) 555 00 11"#, "+87015550011", "Айгуль"), (#"TEL:\r\nFN:"#, nil, "Айгуль"),
        (#"TEL:call me\nFN:Б"#, nil, "Б"), (#"TEL:123456789012345678901"#, nil, "Айгуль"), ("", nil, "Айгуль"),
        (":", nil, "Айгуль"),
    ]

    @Test(arguments: Loading.allCases, cards)
    func `odd cards give what they have`(loading: Loading, row: (String, String?, String)) async throws {
        let message = try await loading.max.message(#""attachments":[\#(Self.contact(row.0, hash: ""))]"#)
        #expect(message.attachments.first?.contact?.phone == row.1)
        #expect(message.attachments.first?.contact?.name ?? message.attachments.first?.title == row.2)
    }
}
