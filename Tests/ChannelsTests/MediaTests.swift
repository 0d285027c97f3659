import ChannelsInterface
import Egress
import Foundation
import Kernel
import ObjectStorage
import Persistence
import PluginHost
import Synchronization
import TestSupport
import Testing
import Vault

@testable import Channels

struct MediaTests {
    private static let address = PluginRequest(method: "GET", url: RequestTemplate([.text("https://cdn.elsewhere/f")]))

    private func photo(_ world: World, _ id: String = "1") -> PluginHost.InboundEvent {
        PluginHost.InboundEvent(
            id: id, thread: "42", at: world.time.now(), contact: ContactIdentity(id: "42", name: "Aigul"),
            kind: .message(
                PluginHost.InboundMessage(
                    id: id,
                    attachments: [MessageAttachment(kind: .image, file: "provider-\(id)", name: "a.jpg", mimeType: "image/jpeg")])
            ))
    }

    /// Takes a photo in and runs its fetch until it is settled.
    private func received(_ world: World, _ files: [(status: Int, bytes: [UInt8])]) async throws -> (FileID, InboundAttachment) {
        let channel = try await world.connect()
        try await world.intake.accept([photo(world)], body: nil, in: channel)
        world.driver.script.results.withLock {
            $0 = files.map { _ in .file(FileLocation(request: Self.address, mimeType: "image/jpeg")) }
        }
        world.egress.files.withLock { $0 = files }
        try await world.fetchMedia()
        let announced = try #require(world.sink.events(of: ChannelEventReceived.self).first)
        let event = try #require(try await world.read(announced.inbound))
        guard case .message(let message) = event.kind, let attachment = message.attachments.first, let file = attachment.file
        else {
            throw Problem.notFound
        }
        return (file, attachment)
    }

    @Test(arguments: TestEngine.all) func `a photo is fetched once, cleaned, sealed, and read back`(engine: TestEngine)
        async throws
    {
        let world = try await World(engine)
        let (id, attachment) = try await received(world, [(200, Pictures.jpeg(turning: 6))])
        #expect(attachment.kind == "image")
        let file = try #require(try await world.keeper.files([id], of: world.account)[id])
        #expect(file.state == .stored && file.mime == "image/jpeg" && file.name == "a.jpg")
        let bytes = try #require(try await world.keeper.bytes(of: id, account: world.account))
        #expect(Int64(bytes.count) == file.size && !Pictures.tells(bytes) && bytes.starts(with: [0xFF, 0xD8]))
        #expect(world.sink.events(of: MediaSettled.self).map(\.file) == [id])
        // Only the sealed form is on the disk.
        let stored = try await world.storage.get(MediaKeeper.object(id, world.account), from: 0).collect(upTo: 1 << 20)
        #expect(stored.count == bytes.count + 29 && !stored.starts(with: [0xFF, 0xD8]))
        // The request went without the channel's secrets, and to anywhere but inside.
        let request = try #require(world.egress.requests.withLock { $0.last })
        #expect(request.purpose == .channelMedia("scripted") && request.credentials.isEmpty && request.redirects == 3)
    }

    @Test(arguments: TestEngine.all) func `a person's files end with their key`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (id, _) = try await received(world, [(200, Pictures.png())])
        let listed = try #require(try await world.administration.list(world.account).first)
        let channel = try #require(try await world.channels.channel(listed.id, of: world.account))
        try await world.vault.destroyKey(for: Intake.keyID(channel.identityKey("42")), in: world.account)
        #expect(try await world.keeper.content(of: id, from: 0, account: world.account) == nil)
        #expect(try await world.keeper.files([id], of: world.account).isEmpty)
    }

    @Test(arguments: TestEngine.all) func `another account finds no file`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (id, _) = try await received(world, [(200, Pictures.png())])
        #expect(try await world.keeper.content(of: id, from: 0, account: AccountID()) == nil)
    }

    @Test func `what is too long is not kept, what is refused is asked for again, and then given up`() async throws {
        let long = try await World(.sqlite)
        let (id, _) = try await received(long, [(200, Array(repeating: 7, count: MediaKeeper.largest + 1))])
        #expect(try await long.keeper.files([id], of: long.account)[id]?.state == .tooLarge)

        let again = try await World(.sqlite)
        let (other, _) = try await received(again, [(503, []), (200, Array("%PDF-1.7".utf8))])
        #expect(try await again.keeper.files([other], of: again.account)[other]?.state == .stored)

        let never = try await World(.sqlite)
        let (third, _) = try await received(never, Array(repeating: (503, []), count: 9))
        #expect(try await never.keeper.files([third], of: never.account)[third]?.state == .failed)
        #expect(never.sink.jobs(of: FetchMediaJob.self).count == 6)
    }

    /// Nobody waits an hour to hear that the provider has deleted a file.
    @Test(arguments: [([404, 404], 2), ([410], 1)])
    func `what the provider no longer has is given up at once`(statuses: [Int], tries: Int) async throws {
        let world = try await World(.sqlite)
        let (id, _) = try await received(world, statuses.map { ($0, []) })
        #expect(try await world.keeper.files([id], of: world.account)[id]?.state == .failed)
        #expect(world.sink.jobs(of: FetchMediaJob.self).count == tries)
    }

    /// Any part can be read alone, whatever the length; a piece that was exchanged or cut off is noticed.
    @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000]) func `pieces fit together`(size: Int) async throws {
        let world = try await World(.sqlite)
        let key = try await world.vault.accountKey(world.account)
        let pieces = SealedPieces(id: FileID(), account: world.account, key: key)
        let plain = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        let object = try #require(ObjectKey("x"))
        let source = Metered(start: plain, limit: 1 << 20) { nil }
        try await world.storage.put(object, pieces.sealing { try await source.next() })
        func read(_ offset: Int64) async throws -> [UInt8] {
            let next = try await pieces.opening(world.storage, object, size: Int64(size), from: offset)
            var all: [UInt8] = []
            while let piece = try await next() { all += piece }
            return all
        }
        for offset in [0, 1, 65_535, 65_536, size / 2, max(0, size - 1), size] {
            #expect(try await read(Int64(offset)) == Array(plain.dropFirst(offset)), "from \(offset)")
        }
        let stored = try await world.storage.get(object, from: 0).collect(upTo: 1 << 20)
        if size > 65_536 {
            // The last piece is missing; then the two first are exchanged.
            try await world.storage.put(object, ObjectContent(Array(stored.prefix(65_565))))
            let short = try await read(0)
            #expect(short.count < size)
            let exchanged = Array(stored[65_565...] + stored[..<65_565])
            try await world.storage.put(object, ObjectContent(exchanged))
            await #expect(throws: VaultError.self) { _ = try await read(0) }
        }
        var damaged = stored
        damaged[stored.count / 2] ^= 1
        try await world.storage.put(object, ObjectContent(damaged))
        await #expect(throws: VaultError.self) { _ = try await read(0) }
    }

    @Test(arguments: TestEngine.all) func `an upload goes out as the channel sends it`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let channel = try await world.connect()
        let message = try await world.queue(channel)
        func add(_ bytes: [UInt8], _ name: String) async throws -> MediaFile {
            try await world.keeper.add(
                MediaUpload(bytes: bytes, name: name, claimedType: "image/png"), for: message.address, in: channel.id,
                account: world.account)
        }
        let picture = try await add(Pictures.png(), "диван.png")
        #expect(picture.kind == "image" && picture.state == .draft)
        // Too big for a picture here, so it goes as a document; what is no picture at all, too.
        #expect(try await add(Pictures.png(coded: 2 << 20), "big.png").kind == "document")
        #expect(try await add(Array("MZ".utf8), "setup.exe").name == "setup.exe.bin")
        await #expect(throws: Problem.self) { _ = try await add([], "empty.png") }

        let account = world.account
        let keeper = world.keeper
        let elsewhere = SealedAddress(bytes: Array(repeating: 9, count: 40))
        await #expect(throws: Problem.notFound) {
            try await world.database.write(in: account) { try keeper.attach(picture.id, for: elsewhere, in: $0) }
        }
        try await world.database.write(in: account) { try keeper.attach(picture.id, for: message.address, in: $0) }
        world.words.file.withLock { $0 = picture.id }
        #expect(try await world.run(message) == .sent)
        let request = try #require(world.egress.requests.withLock { $0.last })
        let body = String(decoding: request.body, as: UTF8.self)
        #expect(request.url == "https://api.example/file" && body.contains("filename=\"диван.png\""))
        #expect(request.headers["Content-Type"]?.hasPrefix("multipart/form-data") == true)
    }

    @Test func `an upload that nobody sends is gone after a day, one that is part of a message stays`() async throws {
        let world = try await World(.sqlite)
        let channel = try await world.connect()
        let message = try await world.queue(channel)
        let (keeper, account) = (world.keeper, world.account)
        func add() async throws -> FileID {
            try await keeper.add(
                MediaUpload(bytes: Pictures.png(), name: "a.png", claimedType: ""), for: message.address, in: channel.id,
                account: account
            ).id
        }
        let (draft, sent) = (try await add(), try await add())
        try await world.database.write(in: account) { try keeper.attach(sent, for: message.address, in: $0) }
        world.time.advance(by: .seconds(86_401))
        try await keeper.removeAbandoned()
        #expect(try await keeper.bytes(of: draft, account: account) == nil)
        #expect(try await keeper.bytes(of: sent, account: account) != nil)
        await #expect(throws: ObjectStorageError.notFound) {
            _ = try await world.storage.get(MediaKeeper.object(draft, account), from: 0)
        }
    }

    @Test func `a provider's link opens one file for half an hour, and no other`() async throws {
        let world = try await World(.sqlite)
        let (id, _) = try await received(world, [(200, Pictures.png())])
        let link = try #require(try await world.links.link(to: id, name: "a.png", account: world.account))
        #expect(link.hasPrefix("https://inbox.example/files/") && link.hasSuffix("/file.png"))
        let token = try #require(link.split(separator: "/").dropLast().last.map(String.init))
        #expect(try await world.links.open(token)?.id == id)
        for position in stride(from: 0, to: token.count, by: 3) {
            var forged = Array(token)
            forged[position] = forged[position] == "A" ? "B" : "A"
            #expect(try await world.links.open(String(forged)) == nil, "changed at \(position)")
        }
        for other in ["", "x", String(repeating: "A", count: 75), token + "A", String(repeating: "A", count: 5_000)] {
            #expect(try await world.links.open(other) == nil)
        }
        world.time.advance(by: .seconds(1_801))
        #expect(try await world.links.open(token) == nil)
    }

    @Test func `an object that no row knows is removed after a day, and no other`() async throws {
        let world = try await World(.sqlite)
        let (id, _) = try await received(world, [(200, Pictures.png())])
        let orphan = try MediaKeeper.object(FileID(), world.account)
        try await world.storage.put(orphan, ObjectContent([1, 2, 3]))
        try await world.keeper.removeOrphans()
        #expect(try await world.storage.get(orphan, from: 0).collect(upTo: 10) == [1, 2, 3], "it may be on its way")
        let later = MediaKeeper(
            database: world.database, vault: world.vault, storage: world.storage, channels: world.channels, time: Tomorrow())
        try await later.removeOrphans()
        await #expect(throws: ObjectStorageError.notFound) { _ = try await world.storage.get(orphan, from: 0) }
        #expect(try await world.keeper.bytes(of: id, account: world.account) != nil)
    }

    @Test func `a picture that may tell where it was taken does not go out`() async throws {
        let world = try await World(.sqlite)
        let channel = try await world.connect()
        let message = try await world.queue(channel)
        let phone: [UInt8] = [0, 0, 0, 24] + Array("ftypheic".utf8) + Array(repeating: 0, count: 64)
        for bytes in [phone, Array(Pictures.jpeg().prefix(60))] {
            await #expect(throws: Problem.self) {
                _ = try await world.keeper.add(
                    MediaUpload(bytes: bytes, name: "a.jpg", claimedType: "image/jpeg"), for: message.address, in: channel.id,
                    account: world.account)
            }
        }
    }
}

/// Objects carry the file system's own times.
private struct Tomorrow: TimeSource {
    func now() -> Instant { SystemTime().now().advanced(by: .seconds(90_000)) }
    func uptime() -> Duration { SystemTime().uptime() }
    func sleep(for duration: Duration) async throws {}
}
