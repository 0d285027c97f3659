import ChannelsInterface
import Kernel
import Persistence
import PluginHost
import Synchronization
import TestSupport
import Testing

@testable import Channels

/// Quiet hours and caps where they are enforced: on the way out.
struct SendingRuleTests {
    private let hour = Duration.seconds(3_600)
    /// The world begins at 06:00 UTC on a Monday.
    private let night = SendingRules(
        timeZone: "UTC", quietHours: [.init(days: [1, 2, 3, 4, 5, 6, 7], from: "05:00", to: "09:00")], dailyCap: nil)

    private func set(_ rules: SendingRules?, of channel: ChannelID? = nil, in world: World) async throws {
        let account = world.account
        try await world.database.write(in: account) {
            try RuleStore(transaction: $0).set(rules, of: channel, account: account)
        }
    }

    @Test(arguments: TestEngine.all, [MessageAuthor.bot, .user])
    func `quiet hours hold what is no answer, and end`(engine: TestEngine, author: MessageAuthor) async throws {
        let world = try await World(engine)
        let channel = try await world.connect()
        try await set(night, in: world)
        let message = try await world.queue(channel, author: author)
        #expect(try await world.run(message) == .held)
        #expect(world.egress.requests.withLock { $0.isEmpty })
        let told = try #require(world.sink.events(of: MessageDeliveryChanged.self).last)
        #expect(told.status == .held && told.failureCode == "quiet_hours")
        #expect(told.heldUntil == VirtualTime.start.advanced(by: hour + hour + hour))
        world.time.advance(by: hour + hour)
        try await world.endHolds()
        #expect(try await world.status(message) == .held)
        world.time.advance(by: hour)
        for _ in 0..<2 { try await world.endHolds() }
        #expect(try await world.status(message) == .queued)
        #expect(world.sink.jobs(of: DeliverJob.self).count == 2, "one for the first way, one after the hold")
        #expect(try await world.run(message) == .sent)
    }

    @Test(arguments: TestEngine.all) func `an answer is never held, for a day to the second`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let channel = try await world.connect()
        var rules = night
        rules.dailyCap = 1
        try await set(rules, in: world)
        for (age, expected) in [(Int64(0), DeliveryStatus.sent), (86_400, .sent), (86_401, .held)] {
            world.words.lastInboundAt.withLock { $0 = world.time.now().advanced(by: .seconds(-age)) }
            #expect(try await world.run(try await world.queue(channel)) == expected, "\(age)")
        }
    }

    @Test(arguments: TestEngine.all) func `an override passes, once it is granted`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let channel = try await world.connect()
        try await set(night, in: world)
        #expect(try await world.run(try await world.queue(channel, author: .user, overridesRules: true)) == .sent)
        let held = try await world.queue(channel, author: .user)
        #expect(try await world.run(held) == .held)
        let outbox = world.outbox
        try await world.database.write(in: world.account) { try outbox.overrule(held.id, in: $0) }
        #expect(try await world.run(held) == .sent)
        world.time.advance(by: hour + hour + hour)
        try await world.endHolds()
        #expect(try await world.status(held) == .sent, "the old job of the hold changes nothing")
        await #expect(throws: Problem.conflict("the message is sent")) {
            try await world.database.write(in: world.account) { try outbox.overrule(held.id, in: $0) }
        }
    }

    @Test(arguments: TestEngine.all) func `a cap counts what was sent of our own accord, by contact and day`(engine: TestEngine)
        async throws
    {
        let world = try await World(engine)
        let channel = try await world.connect()
        try await set(SendingRules(timeZone: "UTC", quietHours: [], dailyCap: 2), in: world)
        // What the provider refuses did not reach the contact.
        world.egress.script.withLock { $0 = [.success(400)] }
        #expect(try await world.run(try await world.queue(channel)) == .failed)
        for expected in [DeliveryStatus.sent, .sent, .held] {
            #expect(try await world.run(try await world.queue(channel)) == expected)
        }
        let contact = world.words.contact.withLock { $0 }
        world.words.contact.withLock { $0 = ContactID() }
        #expect(try await world.run(try await world.queue(channel)) == .sent, "another contact has a day of their own")
        world.words.contact.withLock { $0 = contact }
        // 06:00 and 18 hours is midnight.
        world.time.advance(by: .seconds(18 * 3_600))
        try await world.endHolds()
        let held = try #require(world.sink.jobs(of: HeldMessageJob.self).first)
        #expect(try await world.run(held.message) == .sent)
    }

    @Test(arguments: TestEngine.all) func `a message that is tried again is counted once`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let channel = try await world.connect()
        try await set(SendingRules(timeZone: "UTC", quietHours: [], dailyCap: 1), in: world)
        world.egress.script.withLock { $0 = [.success(429)] }
        let message = try await world.queue(channel)
        #expect(try await world.run(message) == .queued)
        world.time.advance(by: .seconds(10))
        #expect(try await world.run(message) == .sent)
        #expect(try await world.run(try await world.queue(channel)) == .held)
    }

    @Test(arguments: TestEngine.all) func `a channel's own rules replace the account's`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let channel = try await world.connect()
        try await set(night, in: world)
        try await set(SendingRules(timeZone: "UTC", quietHours: [], dailyCap: nil), of: channel.id, in: world)
        #expect(try await world.run(try await world.queue(channel)) == .sent)
        try await set(nil, of: channel.id, in: world)
        #expect(try await world.run(try await world.queue(channel)) == .held)
    }

    @Test(arguments: TestEngine.all) func `a held message of the bot is still the bot's to lose, and can be withdrawn`(
        engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let channel = try await world.connect()
        try await set(night, in: world)
        let (overtaken, withdrawn) = (try await world.queue(channel), try await world.queue(channel))
        for message in [overtaken, withdrawn] { #expect(try await world.run(message) == .held) }
        let outbox = world.outbox
        let wasHeld = try await world.database.write(in: world.account) { try outbox.withdraw(withdrawn.id, in: $0) }
        #expect(wasHeld)
        try await world.raiseFence(overtaken.conversation, to: 9)
        world.time.advance(by: hour + hour + hour)
        try await world.endHolds()
        #expect(try await world.run(overtaken) == .failed)
        #expect(try await world.run(withdrawn) == nil)
        #expect(world.egress.requests.withLock { $0.isEmpty })
    }

    @Test(arguments: TestEngine.all) func `another account's rules hold nothing here`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let channel = try await world.connect()
        let other = AccountID()
        try await world.database.write(in: other) { [night] in
            try RuleStore(transaction: $0).set(night, of: nil, account: other)
        }
        #expect(try await world.run(try await world.queue(channel)) == .sent)
    }
}
