import Kernel
import ObjectStorage
import Testing

/// What every storage does, on a real folder and a real store.
struct StorageTests {
    static let large = 25_000_000

    @Test func `a store is there, or was left out on purpose`() {
        #expect(
            StoreAddress.given != nil || StoreAddress.isLeftOut,
            "set SEVENSALES_TEST_S3 (Tests/support/s3.sh start FOLDER TOOLS prints it), or SEVENSALES_TEST_FOLDER_ONLY=1 to do without"
        )
    }

    @Test(arguments: StorageKind.here, [0, 1, 65_536, 65_537, 300_000, 8 << 20, (8 << 20) + 1, Self.large])
    func `what was put is got`(kind: StorageKind, size: Int) async throws {
        let place = try kind.place()
        let (storage, key) = (try place.storage(), try ObjectKey.known("media/one"))
        try await storage.put(key, .made(size, piece: 100_000, announced: Int64(size)))
        let stream = try await storage.get(key, from: 0)
        #expect(stream.size == Int64(size))
        var bytes: [UInt8] = []
        for try await piece in stream {
            #expect((1...65_536).contains(piece.count))
            bytes += piece
        }
        #expect(bytes == sample(size))
        let entry = try #require(try await storage.list("", after: nil, limit: 10).first)
        #expect(entry.key == key && entry.size == Int64(size))
        #expect(abs(entry.changedAt.duration(since: SystemTime().now()).inSeconds) < 60)
        #expect(try await place.leftovers() == 0)
    }

    @Test(arguments: StorageKind.here) func `reading begins anywhere`(kind: StorageKind) async throws {
        let place = try kind.place()
        let (storage, key) = (try place.storage(), try ObjectKey.known("a"))
        let size = 1_000_000
        try await storage.put(key, ObjectContent(sample(size)))
        for offset in [-5, 0, 1, 65_536, 262_143, 262_144, 300_001, size - 1] {
            let stream = try await storage.get(key, from: Int64(offset))
            #expect(stream.size == Int64(size))
            #expect(try await stream.collect(upTo: size) == sample(size, max(0, offset)..<size), "from \(offset)")
        }
        for offset in [Int64(size), Int64(size) + 1, .max] {
            let stream = try await storage.get(key, from: offset)
            #expect(stream.size == Int64(size))
            #expect(try await stream.collect(upTo: 0).isEmpty, "from \(offset)")
        }
        let stream = try await storage.get(key, from: 0)
        await #expect(throws: ObjectStorageError.tooLarge(limit: 999_999)) { try await stream.collect(upTo: 999_999) }
    }

    @Test(arguments: StorageKind.here) func `a put replaces, and a reader never gets a mixture`(kind: StorageKind) async throws {
        let place = try kind.place()
        let (storage, key) = (try place.storage(), try ObjectKey.known("a/b"))
        let (old, new) = (sample(3_000_000, seed: 1), sample(2_000_000, seed: 2))
        try await storage.put(key, ObjectContent(old))
        var reader = try await storage.get(key, from: 0).makeAsyncIterator()
        var read = try await reader.next() ?? []
        try await storage.put(key, ObjectContent(new))
        do {
            while let piece = try await reader.next() { read += piece }
            #expect(read == old)
        } catch { #expect(error as? ObjectStorageError == .replaced) }
        #expect(try await storage.get(key, from: 0).collect(upTo: 4_000_000) == new)
        #expect(try await storage.list("", after: nil, limit: 10).map(\.size) == [2_000_000])
    }

    @Test(arguments: StorageKind.here) func `what is deleted is gone, and deleting again succeeds`(kind: StorageKind) async throws
    {
        let place = try kind.place()
        let (storage, key) = (try place.storage(), try ObjectKey.known("x/y/z"))
        try await storage.delete(key)
        await #expect(throws: ObjectStorageError.notFound) { try await storage.get(key, from: 0) }
        try await storage.put(key, ObjectContent([1, 2, 3]))
        try await storage.delete(key)
        try await storage.delete(key)
        await #expect(throws: ObjectStorageError.notFound) { try await storage.get(key, from: 0) }
        #expect(try await storage.list("", after: nil, limit: 10).isEmpty)
    }

    @Test(arguments: StorageKind.here) func `a list is in order, whole, and comes in pages`(kind: StorageKind) async throws {
        let place = try kind.place()
        let storage = try place.storage()
        // Around the slash, whose neighbours `.` and `0` sort before and after it; and names that are folders as well.
        let texts = [
            "a", "a-b", "a.b", "a/a", "a/b", "a/b/c", "a/b-", "a0", "b/1", "b/2", "b/3", "b/30", "B", "_", "ab/x", "a.b/c",
        ]
        let keys = texts.compactMap { ObjectKey($0) }
        #expect(keys.count == texts.count)
        for key in keys { try await storage.put(key, ObjectContent(Array(key.text.utf8))) }
        for prefix in ["", "a", "a/", "a/b", "b/3", "B", "a.", "none", "../", "a/b/c/d"] {
            let expected = keys.filter { $0.text.hasPrefix(prefix) }.sorted()
            for limit in [1, 3, 1_000] {
                var (found, last): ([ObjectEntry], ObjectKey?) = ([], nil)
                while true {
                    let page = try await storage.list(prefix, after: last, limit: limit)
                    #expect(page.count <= limit)
                    found += page
                    guard page.count == limit else { break }
                    last = page.last?.key
                }
                #expect(found.map(\.key) == expected, "\(prefix) by \(limit)")
                #expect(found.allSatisfy { $0.size == Int64($0.key.text.utf8.count) })
            }
        }
        let after = try await storage.list("a", after: try ObjectKey.known("a/aa"), limit: 2)
        #expect(after.map(\.key.text) == ["a/b", "a/b-"], "after a key that is not there")
        #expect(try await storage.list("a", after: nil, limit: 0).isEmpty)
    }

    // MARK: Nothing stays behind

    @Test(arguments: StorageKind.here, [0, 1_000_000, 17_000_000])
    func `a source that throws leaves nothing`(kind: StorageKind, size: Int) async throws {
        let place = try kind.place()
        let (storage, key) = (try place.storage(), try ObjectKey.known("a"))
        await #expect(throws: SourceFailed.self) { try await storage.put(key, .made(size) { throw SourceFailed() }) }
        #expect(try await storage.list("", after: nil, limit: 10).isEmpty)
        #expect(try await place.leftovers() == 0)
        try await storage.put(key, ObjectContent([7]))
        await #expect(throws: SourceFailed.self) { try await storage.put(key, .made(size) { throw SourceFailed() }) }
        #expect(try await storage.get(key, from: 0).collect(upTo: 1) == [7], "what was there stays")
        #expect(try await place.leftovers() == 0)
    }

    @Test(arguments: StorageKind.here, [1_000, 17_000_000])
    func `a cancelled put leaves nothing`(kind: StorageKind, size: Int) async throws {
        let place = try kind.place()
        let (storage, key) = (try place.storage(), try ObjectKey.known("a"))
        let (waits, waiting) = AsyncStream<Void>.makeStream()
        let task = Task {
            try await storage.put(
                key,
                .made(size) {
                    waiting.yield()
                    // A source that ends early instead of throwing must not pass for a whole one.
                    try? await Task.sleep(for: .seconds(3_600))
                })
        }
        for await _ in waits { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await storage.list("", after: nil, limit: 10).isEmpty)
        #expect(try await place.leftovers() == 0)
    }

    @Test(
        arguments: StorageKind.here,
        [(1_000, 999), (1_000, 1_001), (0, 1), (1, 0), (17_000_000, 17_000_001), (17_000_000, 16_999_999)])
    func `content of another length than announced is refused`(kind: StorageKind, sizes: (Int, Int)) async throws {
        let place = try kind.place()
        let (storage, key, announced) = (try place.storage(), try ObjectKey.known("a"), Int64(sizes.1))
        await #expect(throws: ObjectStorageError.wrongLength(announced: announced)) {
            try await storage.put(key, .made(sizes.0, announced: announced))
        }
        #expect(try await storage.list("", after: nil, limit: 10).isEmpty)
        #expect(try await place.leftovers() == 0)
    }

    // MARK: Many at once

    @Test(arguments: StorageKind.here) func `of puts of one key at once, one stays whole`(kind: StorageKind) async throws {
        let place = try kind.place()
        let (storage, key) = (try place.storage(), try ObjectKey.known("busy/one"))
        try await withThrowingTaskGroup { group in
            for seed in UInt8(1)...8 {
                group.addTask { try await storage.put(key, .made(1_000_000 + Int(seed), seed: seed)) }
                group.addTask {
                    guard let stream = try? await storage.get(key, from: 0) else { return }
                    do {
                        let bytes = try await stream.collect(upTo: 2_000_000)
                        let first = try #require(bytes.first) &- sample(1)[0] &+ 1
                        #expect(bytes == sample(1_000_000 + Int(first), seed: first))
                    } catch { #expect(error as? ObjectStorageError == .replaced) }
                }
            }
            try await group.waitForAll()
        }
        let bytes = try await storage.get(key, from: 0).collect(upTo: 2_000_000)
        let seed = UInt8(truncatingIfNeeded: bytes.count - 1_000_000)
        #expect((1...8).contains(seed) && bytes == sample(bytes.count, seed: seed))
        #expect(try await place.leftovers() == 0)
    }

    @Test(arguments: StorageKind.here) func `forty puts of forty keys at once`(kind: StorageKind) async throws {
        let place = try kind.place()
        let storage = try place.storage()
        try await withThrowingTaskGroup { group in
            for number in 0..<40 {
                group.addTask {
                    let key = try #require(ObjectKey("many/\(number % 4)/\(number)"))
                    try await storage.put(key, .made(20_000 + number, seed: UInt8(number)))
                    #expect(
                        try await storage.get(key, from: 0).collect(upTo: 30_000) == sample(20_000 + number, seed: UInt8(number)))
                }
            }
            try await group.waitForAll()
        }
        #expect(try await storage.list("many/", after: nil, limit: 1_000).count == 40)
    }
}
