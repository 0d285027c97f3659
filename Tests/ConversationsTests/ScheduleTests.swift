import AuditInterface
import ChannelsInterface
import ConversationsInterface
import Kernel
import Persistence
import TestSupport
import Synchronization
import Testing

@testable import Conversations

struct ScheduleTests {
    private let hour = Duration.seconds(3_600)

    private func talk(_ world: World) async throws -> ConversationRow {
        try await world.deliver(.message(World.message("цена?")))
        return try await world.only()
    }

    private func plan(
        _ world: World, _ conversation: ConversationRow, in delay: Duration, cancelOnReply: Bool = false, id: MessageID = .init()
    ) async throws -> MessageID {
        let schedule = SendSchedule(at: world.time.now().advanced(by: delay), cancelOnReply: cancelOnReply)
        return try await world.conversations.reply(
            "Вы ещё думаете?", id: id, schedule: schedule, in: conversation.id, by: world.operator_
        ).0.id
    }

    private func status(_ world: World, _ id: MessageID) async throws -> DeliveryStatus? { try await row(world, id)?.status }

    private func row(_ world: World, _ id: MessageID) async throws -> MessageRow? {
        try await world.messages(of: world.only().id).first { $0.id == id }
    }

    @Test(arguments: TestEngine.all) func `a scheduled message waits sealed, leaves at its time, and once`(engine: TestEngine)
        async throws
    {
        let world = try await World(engine)
        let before = try await talk(world)
        let id = try await plan(world, before, in: hour)
        let kept = try #require(try await row(world, id))
        #expect(kept.status == .scheduled && kept.scheduledAt == world.time.now().advanced(by: hour))
        #expect(kept.text != Array("Вы ещё думаете?".utf8), "sealed")
        let words = try await world.text(kept)
        #expect(words == "Вы ещё думаете?")
        #expect(try await world.only().owner == .bot, "the turn stays where it is until somebody speaks")
        #expect(try await world.only().lastMessage == before.lastMessage)
        let transcript = try await world.bot.transcript(of: before.id, limit: 10, account: world.account)
        #expect(transcript.map(\.text) == ["цена?"], "the bot does not take it for said")

        world.time.advance(by: .seconds(3_599))
        try await world.releaseDue()
        #expect(world.outbox.queued.withLock { $0.isEmpty })
        world.time.advance(by: .seconds(1))
        try await world.releaseDue()
        try await world.releaseDue()
        #expect(world.outbox.queued.withLock { $0.map(\.id) } == [id], "once, however often the job runs")
        let sent = try #require(try await row(world, id))
        #expect(sent.status == .queued && sent.occurredAt == world.time.now())
        #expect(try await world.only().lastMessage == id)
    }

    @Test(arguments: TestEngine.all) func `the customer's next message takes it back in its own transaction`(engine: TestEngine)
        async throws
    {
        let world = try await World(engine)
        let conversation = try await talk(world)
        let dropped = try await plan(world, conversation, in: hour, cancelOnReply: true)
        let kept = try await plan(world, conversation, in: hour, cancelOnReply: false)
        try await world.deliver(.message(World.message("беру", id: "2")))
        let row = try #require(try await row(world, dropped))
        #expect(row.status == .cancelled && row.failureCode == "customer_replied")
        world.time.advance(by: hour)
        try await world.releaseDue()
        #expect(world.outbox.queued.withLock { $0.map(\.id) } == [kept])
        #expect(world.audit.entries.contains { $0.action == "message.cancelled" && $0.detail.contains("\(dropped)") })
    }

    @Test(arguments: TestEngine.all) func `released but not left, a reply still stops it; on its way, it does not`(
        engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let conversation = try await talk(world)
        let (held, leaving) = (
            try await plan(world, conversation, in: hour, cancelOnReply: true),
            try await plan(world, conversation, in: hour, cancelOnReply: true)
        )
        world.time.advance(by: hour)
        try await world.releaseDue()
        world.outbox.leaving.withLock { _ = $0.insert(leaving) }
        try await world.deliver(.message(World.message("беру", id: "2")))
        #expect(try await status(world, held) == .cancelled)
        #expect(try await status(world, leaving) == .queued)
        #expect(world.outbox.queued.withLock { $0.map(\.id) } == [leaving])
    }

    @Test(arguments: TestEngine.all) func `an echo of a colleague is no reply of the customer`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let id = try await plan(world, try await talk(world), in: hour, cancelOnReply: true)
        try await world.deliver(.message(World.message("я из телефона", id: "9")), from: .person)
        #expect(try await status(world, id) == .scheduled)
    }

    @Test(arguments: TestEngine.all) func `the bot's own is dropped when a person takes over, a person's is not`(
        engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let conversation = try await talk(world)
        let schedule = SendSchedule(at: world.time.now().advanced(by: hour), cancelOnReply: false)
        let reply = BotReply(
            id: MessageID(), conversation: conversation.id, fence: conversation.fence, text: "Напоминаю о скидке", citations: [],
            cost: nil, at: world.time.now(), schedule: schedule)
        let prepared = try await world.bot.prepare(reply, account: world.account)
        try await world.database.write(in: world.account) { try world.bot.post(prepared, in: $0) }
        #expect(try await status(world, reply.id) == .scheduled)
        let persons = try await plan(world, conversation, in: hour)
        _ = try await world.conversations.perform(.taken, on: conversation.id, by: world.operator_)
        let dropped = try #require(try await row(world, reply.id))
        #expect(dropped.status == .cancelled && dropped.failureCode == "overtaken")
        world.time.advance(by: hour)
        try await world.releaseDue()
        #expect(world.outbox.queued.withLock { $0.map(\.id) } == [persons])
        #expect(try await world.only().owner == .human)
    }

    @Test(arguments: TestEngine.all) func `the bot's message leaves when the turn is still its own`(engine: TestEngine)
        async throws
    {
        let world = try await World(engine)
        let conversation = try await talk(world)
        let schedule = SendSchedule(at: world.time.now().advanced(by: hour), cancelOnReply: true)
        let reply = BotReply(
            id: MessageID(), conversation: conversation.id, fence: conversation.fence, text: "Напоминаю", citations: [],
            cost: nil,
            at: world.time.now(), schedule: schedule)
        let prepared = try await world.bot.prepare(reply, account: world.account)
        for _ in 0..<2 { try await world.database.write(in: world.account) { try world.bot.post(prepared, in: $0) } }
        world.time.advance(by: hour)
        try await world.releaseDue()
        #expect(world.outbox.queued.withLock { $0.map(\.fence) } == [conversation.fence])
        #expect(try await world.only().botReplies == 1)
    }

    @Test(arguments: TestEngine.all, [(Int64(1_799), DeliveryStatus.queued), (1_801, .missed)])
    func `after a downtime it leaves late only within the tolerance`(engine: TestEngine, late: (Int64, DeliveryStatus))
        async throws
    {
        let world = try await World(engine)
        let id = try await plan(world, try await talk(world), in: hour)
        world.time.advance(by: hour + .seconds(late.0))
        try await world.releaseDue()
        #expect(try await status(world, id) == late.1)
        guard late.1 == .missed else { return }
        #expect(world.outbox.queued.withLock { $0.isEmpty })
        _ = try await world.scheduled.sendNow(id, by: world.operator_)
        #expect(world.outbox.queued.withLock { $0.map(\.id) } == [id], "a person may still send it")
    }

    @Test(arguments: TestEngine.all) func `it can be moved, reworded, sent now and taken back`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let conversation = try await talk(world)
        let id = try await plan(world, conversation, in: hour)
        let later = world.time.now().advanced(by: hour + hour)
        let moved = try await world.scheduled.change(
            id, .init(at: later, cancelOnReply: true, text: "Другие слова"), by: world.operator_)
        #expect(moved.scheduledAt == later && moved.cancelOnReply)
        let words = try await world.text(moved)
        #expect(words == "Другие слова")
        world.time.advance(by: hour)
        try await world.releaseDue()
        #expect(try await status(world, id) == .scheduled, "its first time counts no more")
        _ = try await world.scheduled.sendNow(id, by: world.operator_)
        #expect(try await world.only().owner == .human, "a person who sends takes the turn")
        world.time.advance(by: hour)
        try await world.releaseDue()
        #expect(world.outbox.queued.withLock { $0.map(\.id) } == [id])

        let other = try await plan(world, conversation, in: hour)
        for _ in 0..<2 { _ = try await world.scheduled.cancel(other, by: world.operator_) }
        #expect(try await status(world, other) == .cancelled)
        await #expect(throws: Problem.conflict("the message is cancelled")) {
            try await world.scheduled.sendNow(other, by: world.operator_)
        }
        #expect(world.audit.entries.filter { $0.action == "message.cancelled" }.count == 1)
    }

    @Test(arguments: TestEngine.all) func `times that are past or more than a year away are refused`(engine: TestEngine)
        async throws
    {
        let world = try await World(engine)
        let conversation = try await talk(world)
        for delay in [Duration.zero, .seconds(-1), .seconds(367 * 86_400)] {
            await #expect(throws: Problem.self) { try await plan(world, conversation, in: delay) }
        }
        #expect(world.sink.jobs(of: ReleaseJob.self).isEmpty)
        let id = MessageID()
        for _ in 0..<2 { _ = try await plan(world, conversation, in: hour, id: id) }
        #expect(world.sink.jobs(of: ReleaseJob.self).count == 1, "the same id twice is one message")
    }

    @Test(arguments: TestEngine.all) func `a person's message is refused in quiet hours unless somebody who may overrides them`(
        engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let conversation = try await talk(world)
        world.time.advance(by: .seconds(2 * 86_400))
        let until = world.time.now().advanced(by: hour + hour)
        world.outbox.rule.withLock { $0 = SendingHold(reason: .quietHours, until: until) }
        let refusal = Problem.held(until: until, code: "quiet_hours", "Quiet hours last until \(until).")
        let id = MessageID()
        await #expect(throws: refusal) {
            _ = try await world.conversations.reply("Здравствуйте", id: id, in: conversation.id, by: world.operator_)
        }
        #expect(try await row(world, id) == nil, "nothing is stored")
        await #expect(throws: refusal) { try await plan(world, conversation, in: hour) }
        let later = try await plan(world, conversation, in: hour + hour)
        #expect(try await status(world, later) == .scheduled, "at their end it may leave")
        await #expect(throws: Problem.forbidden) {
            _ = try await world.conversations.reply(
                "Срочно", id: id, overriding: true, in: conversation.id, by: world.operator_)
        }
        _ = try await world.conversations.reply("Срочно", id: id, overriding: true, in: conversation.id, by: world.owner)
        #expect(world.outbox.queued.withLock { $0.last?.overridesRules } == true)
        #expect(world.audit.actions.contains("message.rules-overridden"))
        await #expect(throws: refusal) { try await world.scheduled.sendNow(later, by: world.operator_) }
        _ = try await world.scheduled.sendNow(later, overriding: true, by: world.owner)
        #expect(world.outbox.queued.withLock { $0.count } == 2)
        try await world.deliver(.message(World.message("да?", id: "5")), at: 2 * 86_400)
        _ = try await world.conversations.reply("Отвечаю", id: MessageID(), in: conversation.id, by: world.operator_)
        #expect(world.outbox.queued.withLock { $0.count } == 3, "an answer is never refused")
    }

    @Test(arguments: TestEngine.all) func `a held message is shown, and stopped by an answer or a change of the turn`(
        engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let conversation = try await talk(world)
        let stopped = try await plan(world, conversation, in: hour, cancelOnReply: true)
        let reply = BotReply(
            id: MessageID(), conversation: conversation.id, fence: conversation.fence, text: "Скидка", citations: [], cost: nil,
            at: world.time.now())
        let prepared = try await world.bot.prepare(reply, account: world.account)
        try await world.database.write(in: world.account) { try world.bot.post(prepared, in: $0) }
        world.time.advance(by: hour)
        try await world.releaseDue()
        let until = world.time.now().advanced(by: hour)
        for id in [stopped, reply.id] {
            try await world.tell(.held, of: id, in: conversation.id, heldUntil: until)
            let held = try #require(try await row(world, id))
            #expect(held.status == .held && held.scheduledAt == until && held.failureCode == "quiet_hours")
        }
        try await world.deliver(.message(World.message("беру", id: "2")))
        #expect(try await status(world, stopped) == .cancelled)
        #expect(try await status(world, reply.id) == .held, "the bot's was not to be stopped by an answer")
        _ = try await world.conversations.perform(.taken, on: conversation.id, by: world.operator_)
        #expect(try await status(world, reply.id) == .cancelled)
        #expect(world.outbox.queued.withLock { $0.isEmpty })
    }

    @Test(arguments: TestEngine.all) func `the end of a hold leads on`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let conversation = try await talk(world)
        let id = try await plan(world, conversation, in: hour)
        world.time.advance(by: hour)
        try await world.releaseDue()
        try await world.tell(.held, of: id, in: conversation.id, heldUntil: world.time.now().advanced(by: hour))
        for next in [DeliveryStatus.queued, .sent] {
            try await world.tell(next, of: id, in: conversation.id)
            let row = try #require(try await row(world, id))
            #expect(row.status == next && row.scheduledAt == nil && row.failureCode == nil)
        }
    }
}
