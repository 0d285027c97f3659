import ChannelsInterface
import Kernel
import Logging
import Persistence
import PluginHost
import Synchronization
import TestSupport
import Testing
import Vault

@testable import Channels

struct ProfileTests {
    private static let address = PluginRequest(method: "GET", url: RequestTemplate([.text("https://cdn.elsewhere/face")]))
    private static let failure = OperationFailure(
        kind: .retry(after: nil, scope: .chat),
        reason: PluginReason(code: "away", text: LocalizedText(english: "away", russian: "away", kazakh: "away")))

    /// Takes a message in, asks for its sender as Conversations does, and runs what that leads to. Returns the events announced after it.
    private func asked(
        _ world: World, _ results: [OperationResult], _ files: [(status: Int, bytes: [UInt8])] = [],
        before: (OpenChannel) async throws -> Void = { _ in }
    ) async throws -> [ChannelsInterface.InboundEvent] {
        let channel = try await world.connect()
        try await world.intake.accept([world.message("1")], body: nil, in: channel)
        world.driver.script.results.withLock { $0 = results }
        world.egress.files.withLock { $0 = files }
        let first = try #require(world.sink.events(of: ChannelEventReceived.self).first)
        let (lookup, account) = (world.profileLookup, world.account)
        try await world.database.write(in: account) { try lookup.lookUp(after: first.inbound, in: $0) }
        try await before(channel)
        try await world.lookUpProfiles()
        var events: [ChannelsInterface.InboundEvent] = []
        for announced in world.sink.events(of: ChannelEventReceived.self).dropFirst() {
            #expect(announced.thread == first.thread)
            if let event = try await world.read(announced.inbound) { events.append(event) }
        }
        return events
    }

    @Test(arguments: TestEngine.all) func `a name and a picture come as an event of the same thread`(engine: TestEngine)
        async throws
    {
        let world = try await World(engine)
        let told = ContactIdentity(id: "42", name: "Айгуль", username: "aigul", language: "kk-KZ", avatar: "face-1")
        let events = try await asked(
            world, [.profile(told), .file(FileLocation(request: Self.address, mimeType: nil))], [(200, Pictures.jpeg(turning: 6))]
        )
        let event = try #require(events.first)
        guard case .profile(let profile) = event.kind else { throw Problem.notFound }
        #expect(events.count == 1)
        #expect(profile.name == "Айгуль" && profile.handle == "aigul" && profile.language == .kazakh)
        // It is here, cleaned, and ends with the key of the person.
        let picture = try #require(profile.picture)
        let file = try #require(try await world.keeper.files([picture], of: world.account)[picture])
        #expect(file.state == .stored && file.kind == "avatar" && file.mime == "image/jpeg")
        let bytes = try #require(try await world.keeper.bytes(of: picture, account: world.account))
        #expect(!Pictures.tells(bytes))
        try await world.vault.destroyKey(for: Intake.keyID(event.identityKey), in: world.account)
        #expect(try await world.keeper.content(of: picture, from: 0, account: world.account) == nil)
    }

    @Test(arguments: TestEngine.all) func `a name is worth having without its picture`(engine: TestEngine) async throws {
        for files in [[(status: 404, bytes: [UInt8]())], [(status: 200, bytes: Array("%PDF-1.7".utf8))]] {
            let world = try await World(engine)
            let events = try await asked(
                world,
                [
                    .profile(ContactIdentity(id: "42", name: "A", avatar: "face-1")),
                    .file(FileLocation(request: Self.address, mimeType: nil)),
                ], files)
            guard case .profile(let profile) = events.first?.kind else { throw Problem.notFound }
            #expect(profile.name == "A" && profile.picture == nil)
        }
    }

    @Test func `a provider that is away, or has nothing to tell yet, is asked again`() async throws {
        let world = try await World(.sqlite)
        let nothing = OperationResult.profile(ContactIdentity(id: "42"))
        let events = try await asked(
            world, [.failed(Self.failure), nothing, .profile(ContactIdentity(id: "42", username: "aigul"))])
        guard case .profile(let profile) = events.first?.kind else { throw Problem.notFound }
        #expect(profile.name == nil && profile.handle == "aigul" && events.count == 1)

        let never = try await World(.sqlite)
        #expect(try await asked(never, Array(repeating: nothing, count: 9)).isEmpty)
        #expect(never.sink.jobs(of: ProfileJob.self).count == 4)
    }

    @Test func `nobody is asked about an erased person`() async throws {
        let world = try await World(.sqlite)
        let events = try await asked(world, [.profile(ContactIdentity(id: "42", name: "A"))]) { channel in
            try await world.vault.destroyKey(for: Intake.keyID(channel.identityKey("42")), in: world.account)
        }
        #expect(events.isEmpty && world.driver.script.asked.withLock { $0.isEmpty })
    }

    /// A file of ours is named by the host alone: what a plugin calls a profile is no event.
    @Test func `no plugin can pass for the host`() throws {
        let record = ProfileRecord(
            thread: "42", profile: CustomerProfile(name: "A", handle: nil, language: nil, picture: FileID()))
        #expect(throws: PluginFault.self) { try PluginHost.InboundEvent(wire: record.stored) }
    }
}
