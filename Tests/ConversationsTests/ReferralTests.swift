import ChannelsInterface
import ConversationsInterface
import Kernel
import Synchronization
import TestSupport
import Testing

@testable import Conversations

/// What brought a customer stays with the conversation, and with the message that told it.
struct ReferralTests {
    private static func message(_ text: String, id: String, _ referral: Referral?) -> InboundMessage {
        InboundMessage(externalID: id, text: text, attachments: [], replyToExternalID: nil, referral: referral)
    }

    private func known(_ world: World) async throws -> Referral? {
        let row = try await world.only()
        return try await world.vault.messageSeal(of: row.contact, account: world.account)?.openReferral(row)
    }

    /// Oldest first.
    private func told(_ world: World) async throws -> [Referral?] {
        let rows = try await world.messages(of: try await world.only().id).sorted { $0.id < $1.id }
        var told: [Referral?] = []
        for row in rows {
            told.append(try await world.vault.messageSeal(of: row.contact, account: world.account)?.openReferral(row))
        }
        return told
    }

    @Test(arguments: TestEngine.all) func `an advertisement stands on its message and on the conversation`(
        engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let ad = Referral(source: .ad, reference: "63", campaign: "may", title: "Скидка 20%", url: "https://p.example/1")
        try await world.deliver(.message(Self.message("Цена?", id: "1", ad)))
        try await world.deliver(.message(Self.message("Ау", id: "2", nil)))
        #expect(try await known(world) == ad)
        #expect(Set(try await told(world)) == [ad, nil])
        let row = try await world.only()
        #expect(row.referral.map { !String(decoding: $0, as: UTF8.self).contains("Скидка") } == true)
        let state = try await world.bot.state(of: row.id, account: world.account)
        #expect(state?.topic == ConversationTopic(kind: .advertisement, title: "Скидка 20%"))
    }

    @Test(arguments: TestEngine.all) func `a story is its message's alone`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let story = Referral(source: .story, reference: "17", url: "https://p.example/story")
        try await world.deliver(.message(Self.message("Цена?", id: "1", story)))
        #expect(try await known(world) == nil)
        #expect(try await told(world) == [story])
        #expect(try await world.bot.state(of: try await world.only().id, account: world.account)?.topic == nil)
    }

    @Test(arguments: TestEngine.all) func `a listing is asked after once, and its name is kept`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (first, number) = (Identifier<InboundSubject>(), Referral(source: .listing, reference: "1768"))
        try await world.deliver(.message(Self.message("Ещё продаёте?", id: "1", number)), id: first)
        try await world.deliver(.message(Self.message("Торг?", id: "2", number)))
        // The new contact is looked up after the same event: the outbox makes that one.
        #expect(Set(world.profiles.asked.withLock { $0 }) == [first])
        #expect(try await told(world) == [nil, nil])
        let named = Referral(
            source: .listing, reference: "1768", title: "Mazda 3 2008, 300 000 ₽", url: "https://avito.ru/mazda_1768")
        let profile = CustomerProfile(name: "Ольга", handle: nil, language: nil, picture: nil, referral: named)
        try await world.deliver(.profile(profile), from: .ourselves)
        try await world.deliver(.message(Self.message("?", id: "3", number)))
        #expect(try await known(world) == named)
        #expect(world.sink.events(of: ConversationChanged.self).count == 2)
        let state = try await world.bot.state(of: try await world.only().id, account: world.account)
        #expect(state?.topic == ConversationTopic(kind: .listing, title: "Mazda 3 2008, 300 000 ₽"))
    }

    @Test(arguments: TestEngine.all) func `another chat of a known buyer asks after its listing too`(engine: TestEngine)
        async throws
    {
        let world = try await World(engine)
        try await world.deliver(.message(Self.message("Да", id: "1", nil)))
        let asked = world.profiles.asked.withLock { $0 }.count
        let later = Identifier<InboundSubject>()
        try await world.deliver(.message(Self.message("А этот?", id: "2", Referral(source: .listing, reference: "9"))), id: later)
        #expect(world.profiles.asked.withLock { $0 }.dropFirst(asked).contains(later))
    }

    @Test(arguments: TestEngine.all) func `pages follow each other, and the mark of the first stays`(engine: TestEngine)
        async throws
    {
        let world = try await World(engine)
        let landing = Referral(
            source: .page, campaign: "instagram / may", title: "Диваны", url: "https://shop.example/?utm_source=instagram")
        let sofa = Referral(source: .page, title: "Диван «Осло»", url: "https://shop.example/oslo")
        try await world.deliver(.message(Self.message("Здравствуйте", id: "1", landing)))
        try await world.deliver(.message(Self.message("Сколько?", id: "2", sofa)))
        try await world.deliver(.message(Self.message("?", id: "3", sofa)))
        #expect(
            try await known(world)
                == Referral(source: .page, campaign: "instagram / may", title: "Диван «Осло»", url: "https://shop.example/oslo"))
        let told = try await told(world).compactMap(\.self)
        #expect(Set(told) == [landing, sofa] && told.count == 2)
    }

    @Test func `what the company's side writes tells nothing of the customer`() async throws {
        let world = try await World(.sqlite)
        try await world.deliver(.message(Self.message("Да", id: "1", nil)))
        try await world.deliver(
            .message(Self.message("Есть", id: "2", Referral(source: .listing, reference: "9"))), from: .person)
        #expect(try await known(world) == nil)
    }
}
