import ChannelsInterface
import Kernel
import Persistence
import TestSupport
import Synchronization
import Testing
import Vault

@testable import Channels

struct IntakeTests {
    /// F-09: what a provider delivers ten times at once is one event.
    @Test(arguments: TestEngine.all) func `ten deliveries of one event at once leave one`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let channel = try await world.connect()
        let event = world.message("1")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<10 { group.addTask { try await world.intake.accept([event], body: nil, in: channel) } }
            try await group.waitForAll()
        }
        #expect(world.sink.events(of: ChannelEventReceived.self).count == 1)
    }

    @Test(arguments: TestEngine.all) func `what came in is read back, and lies sealed`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let channel = try await world.connect()
        try await world.intake.accept([world.message("1", text: "the secret word")], body: Array("{}".utf8), in: channel)
        let announced = try #require(world.sink.events(of: ChannelEventReceived.self).first)
        let read = try #require(try await world.read(announced.inbound))
        guard case .message(let message) = read.kind else { throw Problem.notFound }
        #expect(message.text == "the secret word" && read.senderName == "Aigul")
        let account = world.account
        let row = try await world.database.read(in: account) {
            try InboxStore(transaction: $0).find(announced.inbound, of: account)
        }
        let content = try #require(row?.content)
        let clear = Array("secret word".utf8)
        let holdsClear = content.indices.contains { content[$0...].starts(with: clear) }
        #expect(!holdsClear)
    }

    @Test(arguments: TestEngine.all) func `an erased person's event is gone for good`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let channel = try await world.connect()
        try await world.intake.accept([world.message("1")], body: nil, in: channel)
        let announced = try #require(world.sink.events(of: ChannelEventReceived.self).first)
        try await world.vault.destroyKey(for: Intake.keyID(channel.identityKey("42")), in: world.account)
        let read = try await world.read(announced.inbound)
        #expect(read == nil)
    }

    @Test(arguments: TestEngine.all) func `another account cannot open a channel`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let channel = try await world.connect()
        let found = try await world.channels.channel(channel.id, of: AccountID())
        #expect(found?.id == nil)
    }

    @Test func `a setting the channel does not have is refused, and a required one is asked for`() async throws {
        let world = try await World(.sqlite)
        for settings in [["token": "x", "color": "red"], [:]] {
            await #expect(throws: Problem.self) {
                try await world.administration.add(
                    kind: "scripted", name: "Test", mode: nil, settings: settings, by: .system, account: world.account)
            }
        }
    }
}
