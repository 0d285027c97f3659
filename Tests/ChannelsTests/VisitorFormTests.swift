import ChannelsInterface
import Kernel
import TestSupport
import Testing
import Vault
import WireJSON

@testable import Channels

struct VisitorFormTests {
    private func form(
        name: String? = nil, email: String? = nil, phone: String? = nil, consent: Int? = nil, _ language: Language? = nil
    ) -> VisitorForm {
        VisitorForm(name: name, email: email, phone: phone, consentVersion: consent, language: language)
    }

    @Test(arguments: TestEngine.all) func `nobody writes before the form is answered and its text agreed to`(
        engine: TestEngine
    ) async throws {
        let world = try await VisitorWorld(engine)
        var change = WebChatSettings.Change()
        change.preChat = .init()
        change.preChat?.name = .required
        change.preChat?.phone = .optional
        change.consent = .init()
        change.consent?.text = SpokenText(ru: "Согласен на обработку")
        try await world.change(change)
        let chat = try await world.reopened()
        let (stranger, token) = try await world.gateway.register(name: nil, language: nil, in: chat)
        #expect(stranger.owes == [.name, .consent])
        await #expect(throws: Problem.self) {
            try await world.gateway.receive(id: MessageID(), text: "hi", files: [], page: nil, from: stranger, in: chat)
        }
        await #expect(throws: Problem.self) {
            try await world.files.add(
                MediaUpload(bytes: Pictures.png(), name: "p.png", claimedType: ""), of: stranger, in: chat)
        }
        for bad in [form(consent: 0), form(consent: 2), form(email: "nobody"), form(phone: "call me"), form(name: "\u{7}")] {
            await #expect(throws: Problem.self) { try await world.gateway.answer(bad, by: stranger, in: chat) }
        }
        let half = try await world.gateway.answer(form(name: " Айгуль ", phone: "8 701 123 45 67"), by: stranger, in: chat)
        #expect(half.owes == [.consent] && half.name == "Айгуль")
        let whole = try await world.gateway.answer(form(consent: 1, .kazakh), by: half, in: chat)
        #expect(whole.owes.isEmpty)
        try await world.gateway.receive(id: MessageID(), text: "hi", files: [], page: nil, from: whole, in: chat)
        let facts = try #require(try await world.received().first?.visitor)
        let consent = try #require(facts.consent)
        #expect(facts.phone == "+77011234567" && !facts.isVerified && facts.answeredAt != nil)
        #expect(consent.textVersion == "1" && consent.givenAt == world.world.time.now())
        #expect(consent.textHash == Digest.sha256("Согласен на обработку\n").hex)
        // The same word again is the same word; a new wording is asked for anew.
        world.world.time.advance(by: .seconds(60))
        _ = try await world.gateway.answer(form(consent: 1), by: whole, in: chat)
        #expect(try await world.gateway.visitor(token: token, in: chat).owes.isEmpty)
        change.consent?.text = SpokenText(ru: "Согласен на обработку и передачу")
        try await world.change(change)
        #expect(try await world.gateway.visitor(token: token, in: try await world.reopened()).owes == [.consent])
    }

    @Test func `what the site says of a person goes before what they say themselves`() async throws {
        let world = try await VisitorWorld(.sqlite)
        let secret = try await world.makeSecret()
        let (person, _) = try await world.gateway.identify(
            world.signed(secret, ["name": .string("Айгуль")]), language: nil, in: world.chat)
        let answered = try await world.gateway.answer(form(name: "Директор", email: "a@b.kz"), by: person, in: world.chat)
        #expect(answered.name == "Айгуль")
    }

    @Test(arguments: TestEngine.all) func `an erased visitor's answers are gone, and their token with them`(engine: TestEngine)
        async throws
    {
        let world = try await VisitorWorld(engine)
        let secret = try await world.makeSecret()
        let (person, token) = try await world.gateway.identify(world.signed(secret), language: nil, in: world.chat)
        let channel = try #require(try await world.channels.channel(world.chat.channel, of: world.chat.account))
        try await world.world.vault.destroyKey(
            for: Intake.keyID(channel.identityKey(person.id.description)), in: world.chat.account)
        await #expect(throws: Problem.unauthenticated) { try await world.gateway.visitor(token: token, in: world.chat) }
        // The site may sign them in anew: they are somebody new here.
        let (again, _) = try await world.gateway.identify(world.signed(secret), language: nil, in: world.chat)
        #expect(again.id != person.id)
    }
}
