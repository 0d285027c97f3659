import ChannelsInterface
import Kernel
import Persistence
import PluginHost
import TestSupport
import Testing
import Vault

@testable import Channels

/// Receipts that name a message without its chat.
struct ReceiptPlacesTests {
    private func receipt(_ message: String, thread: String? = nil) -> PluginHost.InboundEvent {
        PluginHost.InboundEvent(
            id: "s/\(message)", thread: thread, at: nil, kind: .status(MessageStatus(state: .read, messages: [message])))
    }

    private func sent(_ world: World, _ channel: OpenChannel, as ids: [String]) async throws {
        let message = try await world.queue(channel)
        let (account, now) = (world.account, world.time.now())
        try await world.database.write(in: account) {
            try OutboundStore(transaction: $0).set(.sent, of: message.id, account: account, externalIDs: ids, at: now)
        }
    }

    @Test(arguments: TestEngine.all) func `a receipt finds the chat of its message, whichever part it names`(
        engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let channel = try await world.connect()
        try await sent(world, channel, as: ["other"])
        try await sent(world, channel, as: ["3EB0/A%_", "3EB0/B"])
        for id in ["3EB0/A%_", "3EB0/B"] {
            try await world.intake.accept([receipt(id)], body: nil, in: channel)
            let announced = try #require(world.sink.events(of: ChannelEventReceived.self).last)
            #expect(announced.thread == channel.threadKey("42").hex)
            guard case .receipt(let read) = try await world.read(announced.inbound)?.kind else { throw Problem.notFound }
            #expect(read.externalIDs == [id] && read.status == .read)
        }
        #expect(world.sink.events(of: ChannelEventReceived.self).count == 2)
    }

    @Test(arguments: TestEngine.all) func `what we did not send, and another channel's message, is nobody's`(
        engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let (channel, other) = (try await world.connect(), try await world.connect())
        try await sent(world, other, as: ["3EB0"])
        _ = try await world.queue(channel)
        for id in ["3EB0", "3EB", "%", "42", "\"", ""] {
            try await world.intake.accept([receipt(id)], body: nil, in: channel)
        }
        #expect(world.sink.events(of: ChannelEventReceived.self).isEmpty)
        // Those with a chat need no look.
        try await world.intake.accept([receipt("unknown", thread: "42")], body: nil, in: channel)
        #expect(world.sink.events(of: ChannelEventReceived.self).count == 1)
    }

    @Test func `an erased person's receipts are let go`() async throws {
        let world = try await World(.sqlite)
        let channel = try await world.connect()
        try await sent(world, channel, as: ["3EB0"])
        try await world.vault.destroyKey(for: Intake.keyID(channel.identityKey("42")), in: world.account)
        try await world.intake.accept([receipt("3EB0")], body: nil, in: channel)
        #expect(world.sink.events(of: ChannelEventReceived.self).isEmpty)
    }
}
