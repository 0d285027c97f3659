import ChannelsInterface
import ConversationsInterface
import Kernel
import Synchronization
import TestSupport
import Testing

@testable import Conversations

/// Calls, cards and notices: people see them, the bot has nothing to answer.
struct ServiceLineTests {
    private static func content(_ id: String, _ text: String = "", _ referral: Referral? = nil) -> InboundMessage {
        InboundMessage(externalID: id, text: text, attachments: [], replyToExternalID: nil, referral: referral)
    }

    @Test(arguments: TestEngine.all) func `a missed call waits for an answer, and the bot has none`(engine: TestEngine)
        async throws
    {
        let world = try await World(engine)
        try await world.deliver(.service(.missedCall, Self.content("call/1")))
        let row = try await world.only()
        let line = try #require(try await world.messages(of: row.id).first)
        #expect(line.kind == .service && line.service == "missed-call" && line.direction == .internal && line.author == .system)
        #expect(row.unread == 1 && row.lastMessage == line.id && row.lastInboundAt != nil && row.lastInbound == nil)
        // Nothing that starts a turn, and nothing that a turn would read.
        #expect(world.sink.events(of: MessageReceived.self).isEmpty && world.sink.events(of: MessageAdded.self).count == 1)
        #expect(try await world.bot.transcript(of: row.id, limit: 10, account: world.account).isEmpty)
    }

    @Test(arguments: TestEngine.all) func `a call opens what was closed, a notice does not`(engine: TestEngine) async throws {
        let world = try await World(engine)
        try await world.deliver(.message(World.message("Да", id: "1")))
        let id = try await world.only().id
        _ = try await world.conversations.perform(.closed, on: id, by: world.operator_)
        try await world.deliver(.service(.notice, Self.content("2", "Покупатель открыл телефон")))
        let closed = try #require(try await world.conversations.find(id, world.account))
        #expect(closed.state == .closed && closed.unread == 0)
        try await world.deliver(.service(.missedCall, Self.content("3")))
        let open = try await world.only()
        #expect(open.state == .open && open.unread == 1)
        let lines = try await world.messages(of: id).filter { $0.kind == .service }
        var texts: Set<String> = []
        for line in lines { texts.insert(try await world.text(line)) }
        #expect(texts == ["", "Покупатель открыл телефон"])
        #expect(lines.allSatisfy { !String(decoding: $0.text, as: UTF8.self).contains("телефон") })
    }

    @Test(arguments: TestEngine.all) func `the provider's own words make no conversation`(engine: TestEngine) async throws {
        let world = try await World(engine)
        for kind in [ServiceKind.call, .notice, .card, .pinned, .autoDelete, .signedIn] {
            try await world.deliver(.service(kind, Self.content(kind.rawValue, "a")))
        }
        #expect(try await world.all().isEmpty)
    }

    @Test(arguments: TestEngine.all) func `who came by a link without a word is seen, and not asked after`(engine: TestEngine)
        async throws
    {
        let world = try await World(engine)
        let link = Referral(source: .link, reference: "spring")
        try await world.deliver(.service(.arrival, Self.content("r", "", link)))
        let row = try await world.only()
        let seal = try #require(try await world.vault.messageSeal(of: row.contact, account: world.account))
        #expect(try seal.openReferral(row) == link && row.unread == 0)
        let line = try #require(try await world.messages(of: row.id).first)
        #expect(try seal.openReferral(line) == link)
    }

    @Test(arguments: TestEngine.all) func `the same line is written once, and a deleted one says nothing`(engine: TestEngine)
        async throws
    {
        let world = try await World(engine)
        try await world.deliver(.deleted(externalIDs: ["2"]))
        for _ in 0..<2 { try await world.deliver(.service(.notice, Self.content("2", "a"))) }
        let lines = try await world.messages(of: try await world.only().id)
        #expect(lines.count == 1 && lines.first?.deleted == true)
    }

    @Test func `a call takes back what was to leave if nobody answered`() async throws {
        let world = try await World(.sqlite)
        try await world.deliver(.message(World.message("Да", id: "1")))
        let id = try await world.only().id
        let schedule = SendSchedule(at: world.time.now().advanced(by: .seconds(3_600)), cancelOnReply: true)
        let (message, _) = try await world.conversations.reply(
            "Вы ещё думаете?", id: MessageID(), schedule: schedule, in: id, by: world.operator_)
        try await world.deliver(.service(.missedCall, Self.content("2")))
        let kept = try await world.messages(of: id).first { $0.id == message.id }
        #expect(kept?.status == .cancelled)
    }
}
