import ChannelsInterface
import Kernel
import Persistence
import PluginHost
import TestSupport
import Testing
import Vault
import WireJSON

@testable import Channels

struct VisitorTests {
    @Test(arguments: TestEngine.all) func `whom the site signed in is the same person on every device`(engine: TestEngine)
        async throws
    {
        let world = try await VisitorWorld(engine)
        let secret = try await world.makeSecret()
        let phone = try await world.gateway.identify(world.signed(secret), language: .russian, in: world.chat)
        let named = world.signed(secret, ["name": .string("Айгуль"), "email": .string("a@shop.kz")])
        let laptop = try await world.gateway.identify(named, language: nil, in: world.chat)
        #expect(phone.visitor.id == laptop.visitor.id && phone.token != laptop.token && laptop.visitor.isVerified)
        #expect(laptop.visitor.name == "Айгуль")
        let again = try await world.gateway.visitor(token: phone.token, in: world.chat)
        #expect(again.id == phone.visitor.id && again.name == "Айгуль")
        let other = try await world.gateway.identify(
            world.signed(secret, ["sub": .string("user-2")]), language: nil, in: world.chat)
        #expect(other.visitor.id != phone.visitor.id)
        // The first message tells who it is.
        try await world.gateway.receive(
            id: MessageID(), text: "hello", files: [], page: nil, from: laptop.visitor, in: world.chat)
        let facts = try #require(try await world.received().first?.visitor)
        #expect(facts.isVerified && facts.email == "a@shop.kz" && facts.phone == nil && facts.consent == nil)
    }

    @Test(arguments: TestEngine.all) func `an anonymous visitor and a verified one are never the same`(engine: TestEngine)
        async throws
    {
        let world = try await VisitorWorld(engine)
        let secret = try await world.makeSecret()
        let stranger = try await world.gateway.register(name: "Гость", language: nil, in: world.chat)
        let known = try await world.gateway.identify(
            world.signed(secret, ["sub": .string(stranger.visitor.id.description)]), language: nil, in: world.chat)
        #expect(stranger.visitor.threadKey != known.visitor.threadKey && !stranger.visitor.isVerified)
        #expect(try await world.gateway.visitor(token: stranger.token, in: world.chat).id == stranger.visitor.id)
        #expect(try await world.gateway.visitor(token: known.token, in: world.chat).id == known.visitor.id)
        // A token opens its own chat alone.
        let elsewhere = try await world.anotherChat()
        for token in [stranger.token, known.token] {
            await #expect(throws: Problem.unauthenticated) { try await world.gateway.visitor(token: token, in: elsewhere) }
        }
    }

    @Test func `forged identities are refused`() async throws {
        let world = try await VisitorWorld(.sqlite)
        let now = world.world.time.now().microseconds / 1_000_000
        // Without a secret nobody can be signed in.
        await #expect(throws: Problem.self) {
            try await world.gateway.identify(world.signed(""), language: nil, in: world.chat)
        }
        let secret = try await world.makeSecret()
        let good = world.signed(secret)
        let parts = good.split(separator: ".").map(String.init)
        let none = Array(#"{"alg":"none"}"#.utf8).base64URL
        let claims = Array(#"{"sub":"admin","exp":\#(now + 600)}"#.utf8).base64URL
        let forgeries = [
            "", ".", "..", "...", "x.y.z", parts[0], "\(parts[0]).\(parts[1])", "\(parts[0]).\(parts[1]).", good + ".",
            good + "A",
            String(good.dropLast()), "\(none).\(parts[1]).", "\(none).\(parts[1]).\(parts[2])",
            "\(parts[0]).\(claims).\(parts[2])", "\(parts[2]).\(parts[1]).\(parts[0])", " " + good, good + "=",
            world.signed("other"), world.signed(""), world.signed(secret.uppercased()), world.signed(world.key),
            world.signed(secret, header: #"{"alg":"none"}"#), world.signed(secret, header: #"{"alg":"HS512"}"#),
            world.signed(secret, header: #"{"alg":"hs256"}"#), world.signed(secret, header: #"{"alg":["HS256"]}"#),
            world.signed(secret, header: #"{"typ":"JWT"}"#), world.signed(secret, header: #"{"alg":"HS256","crit":["x"]}"#),
            world.signed(secret, header: #"{"alg":"RS256","alg":"HS256"}"#), world.signed(secret, header: "null"),
            world.signed(secret, ["exp": .int(now)]), world.signed(secret, ["exp": .int(now - 1)]),
            world.signed(secret, ["exp": .int(now + 90_000)]), world.signed(secret, ["exp": .string("\(now + 600)")]),
            world.signed(secret, ["exp": .null]), world.signed(secret, ["exp": .double(1e300)]),
            world.signed(secret, ["nbf": .int(now + 300)]), world.signed(secret, ["sub": .null]),
            world.signed(secret, ["sub": .string("")]),
            world.signed(secret, ["sub": .string(String(repeating: "x", count: 201))]),
            world.signed(secret, ["aud": .string("wk_other")]), world.signed(secret, ["aud": .array([.string("wk_other")])]),
            world.signed(secret, ["aud": .int(1)]), world.signed(secret, ["name": .string(String(repeating: "x", count: 5_000))]),
        ]
        for forgery in forgeries {
            await #expect(throws: Problem.self, "\(forgery.prefix(200))") {
                try await world.gateway.identify(forgery, language: nil, in: world.chat)
            }
        }
        _ = try await world.gateway.identify(good, language: nil, in: world.chat)
        _ = try await world.gateway.identify(
            world.signed(secret, ["aud": .string(world.key)]), language: nil, in: world.chat)
    }

    @Test(arguments: TestEngine.all) func `a new secret ends the old one, at once or after a day`(engine: TestEngine) async throws
    {
        let world = try await VisitorWorld(engine)
        let first = try await world.makeSecret()
        let open = try await world.gateway.identify(world.signed(first), language: nil, in: world.chat)
        let second = try await world.makeSecret(keepsPrevious: true)
        _ = try await world.gateway.identify(world.signed(first), language: nil, in: world.chat)
        _ = try await world.gateway.identify(world.signed(second), language: nil, in: world.chat)
        _ = try await world.gateway.visitor(token: open.token, in: world.chat)
        world.world.time.advance(by: .seconds(86_401))
        await #expect(throws: Problem.self) {
            try await world.gateway.identify(world.signed(first), language: nil, in: world.chat)
        }
        // A stolen secret: whoever came in by it is out.
        _ = try await world.makeSecret()
        await #expect(throws: Problem.self) {
            try await world.gateway.identify(world.signed(second), language: nil, in: world.chat)
        }
        await #expect(throws: Problem.unauthenticated) {
            try await world.gateway.visitor(token: open.token, in: world.chat)
        }
    }

    @Test(arguments: TestEngine.all) func `a session ends after a week`(engine: TestEngine) async throws {
        let world = try await VisitorWorld(engine)
        let secret = try await world.makeSecret()
        let open = try await world.gateway.identify(world.signed(secret), language: nil, in: world.chat)
        world.world.time.advance(by: LiveWebChatGateway.session - .seconds(1))
        _ = try await world.gateway.visitor(token: open.token, in: world.chat)
        world.world.time.advance(by: .seconds(2))
        await #expect(throws: Problem.unauthenticated) {
            try await world.gateway.visitor(token: open.token, in: world.chat)
        }
    }

    @Test(arguments: TestEngine.all) func `a visitor's file goes with their message and is nobody else's`(engine: TestEngine)
        async throws
    {
        let world = try await VisitorWorld(engine)
        let one = try await world.gateway.register(name: nil, language: nil, in: world.chat).visitor
        let two = try await world.gateway.register(name: nil, language: nil, in: world.chat).visitor
        let photo = MediaUpload(bytes: Pictures.jpeg(), name: "дом.jpg", claimedType: "text/html")
        let file = try await world.files.add(photo, of: one, in: world.chat)
        #expect(file.state == .draft && file.mime == "image/jpeg" && file.kind == "image")
        #expect(try await world.files.mayRead(file.id, one, in: world.chat) == false, "not before it is sent")
        await #expect(throws: Problem.self) {
            try await world.gateway.receive(id: MessageID(), text: "", files: [file.id], page: nil, from: two, in: world.chat)
        }
        let message = MessageID()
        for _ in 1...2 {
            try await world.gateway.receive(id: message, text: "", files: [file.id], page: nil, from: one, in: world.chat)
        }
        await #expect(throws: Problem.self, "part of a message already") {
            try await world.gateway.receive(id: MessageID(), text: "", files: [file.id], page: nil, from: one, in: world.chat)
        }
        let events = try await world.received()
        guard case .message(let received) = try #require(events.first).kind else { throw Problem.notFound }
        #expect(events.count == 1 && received.attachments.map(\.file) == [file.id] && received.attachments.first?.kind == "image")
        #expect(try await world.files.mayRead(file.id, one, in: world.chat))
        #expect(try await world.files.mayRead(file.id, two, in: world.chat) == false)
        let bytes = try #require(try await world.keeper.bytes(of: file.id, account: world.chat.account))
        #expect(!Pictures.tells(bytes))
    }

    @Test func `a visitor's files have limits of size, number and a day`() async throws {
        let world = try await VisitorWorld(.sqlite)
        let visitor = try await world.gateway.register(name: nil, language: nil, in: world.chat).visitor
        func send(_ count: Int) async throws -> MediaFile {
            let bytes = Array("%PDF-".utf8) + [UInt8](repeating: 32, count: count)
            return try await world.files.add(
                MediaUpload(bytes: bytes, name: "a.pdf", claimedType: "application/pdf"), of: visitor, in: world.chat)
        }
        await #expect(throws: Problem.tooLarge(limit: 10 << 20)) { _ = try await send(10 << 20) }
        for _ in 1...VisitorFiles.dailyCount { _ = try await send(1) }
        await #expect(throws: Problem.rateLimited(retryAfter: .seconds(3_600))) { _ = try await send(1) }
        world.world.time.advance(by: .seconds(86_401))
        _ = try await send(1)
    }

    @Test(arguments: TestEngine.all) func `what a person uploads is not the visitor's to take`(engine: TestEngine) async throws {
        let world = try await VisitorWorld(engine)
        let visitor = try await world.gateway.register(name: nil, language: nil, in: world.chat).visitor
        try await world.gateway.receive(id: MessageID(), text: "hi", files: [], page: nil, from: visitor, in: world.chat)
        let address = try #require(try await world.received().first?.address)
        let (chat, keeper) = (world.chat, world.keeper)
        let draft = try await keeper.add(
            MediaUpload(bytes: Pictures.png(), name: "p.png", claimedType: ""), for: address, in: chat.channel,
            account: chat.account)
        #expect(try await world.files.mayRead(draft.id, visitor, in: chat) == false)
        await #expect(throws: Problem.self) {
            try await world.gateway.receive(id: MessageID(), text: "", files: [draft.id], page: nil, from: visitor, in: chat)
        }
        try await world.world.database.write(in: chat.account) { try keeper.attach(draft.id, for: address, in: $0) }
        #expect(try await world.files.mayRead(draft.id, visitor, in: chat), "sent to the visitor")
        // And a visitor's draft is not a person's.
        let theirs = try await world.files.add(
            MediaUpload(bytes: Pictures.png(), name: "p.png", claimedType: ""), of: visitor, in: chat)
        await #expect(throws: Problem.notFound) {
            try await world.world.database.write(in: chat.account) { try keeper.attach(theirs.id, for: address, in: $0) }
        }
    }
}

struct VisitorAnswersTests {
    @Test func `addresses and numbers are taken as people write them`() {
        #expect(VisitorAnswers.email(" a@shop.kz ") == "a@shop.kz")
        for bad in ["", "a", "a@", "@b.kz", "a@b", "a@@b.kz", "a@b.", "a@.kz", "a b@c.kz", "a@b.kz\nBcc: x"] {
            #expect(VisitorAnswers.email(bad) == nil, "\(bad)")
        }
        #expect(VisitorAnswers.phone("8 701 123-45-67") == "+77011234567")
        #expect(VisitorAnswers.phone("+7 (701) 1234567") == "+77011234567")
        #expect(VisitorAnswers.phone("+998 90 123 45 67") == "+998901234567")
        for bad in ["", "123", "звоните", "+7701<script>", String(repeating: "1", count: 16), "٧٧٧٧٧٧٧٧"] {
            #expect(VisitorAnswers.phone(bad) == nil, "\(bad)")
        }
        #expect(VisitorAnswers.name("  Айгуль\u{7}  ") == "Айгуль" && VisitorAnswers.name(" \n ") == nil)
    }
}
