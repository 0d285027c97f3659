import Foundation
import Kernel
import Testing

@testable import PassageIndex

struct FileTests {
    static func folder() -> URL { URL(filePath: NSTemporaryDirectory()).appending(path: "passage-index-\(UUID())") }

    @Test func `a flushed index is the same after a restart`() throws {
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var corpus = Corpus(21)
        let passages = corpus.passages(700)
        let query = corpus.query()
        let index = try PassageIndex(folder: folder)
        #expect(index.mark == nil)
        index.add(passages)
        index.remove(entry: passages[0].entry)
        try index.flush(mark: 42)
        let reopened = try PassageIndex(folder: folder)
        #expect(reopened.mark == 42 && reopened.count == index.count)
        #expect(reopened.search(query, top: 50) == index.search(query, top: 50))
        #expect(try PassageIndex(folder: folder, discardingFiles: true).count == 0)
    }

    @Test func `old files go when a merge has replaced them`() throws {
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let index = try PassageIndex(folder: folder)
        var corpus = Corpus(22)
        for _ in 0..<20 {
            index.add(corpus.passages(100))
            try index.flush()
        }
        while index.mergeOnce() {}
        try index.flush()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.count == index.segments + 1)
        #expect(try PassageIndex(folder: folder).count == index.count)
    }

    @Test func `a segment with any byte changed or missing is refused`() throws {
        var corpus = Corpus(23)
        var builder = SegmentBuilder()
        for passage in corpus.passages(6) { builder.add(passage) }
        let bytes = builder.bytes()
        #expect(try Segment(SegmentBytes(bytes)).passages == 6)
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= UInt8(1 << (index % 8))
            #expect(throws: PassageIndexError.self) { try Segment(SegmentBytes(damaged)) }
        }
        for count in bytes.indices {
            #expect(throws: PassageIndexError.self) { try Segment(SegmentBytes(Array(bytes[..<count]))) }
        }
    }

    @Test func `a segment that lies with a right checksum is refused or harmless`() throws {
        var corpus = Corpus(24)
        var builder = SegmentBuilder()
        for passage in corpus.passages(40) { builder.add(passage) }
        let bytes = builder.bytes()
        var generator = SeededGenerator(24)
        for _ in 0..<5_000 {
            var lying = bytes
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let index = Int.random(in: 24..<lying.count, using: &generator)
                lying[index] =
                    [0, 1, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &generator)].randomElement(
                        using: &generator) ?? 0
            }
            Self.sign(&lying)
            guard let segment = try? Segment(SegmentBytes(lying)) else { continue }
            let snapshot = IndexSnapshot(segments: [SegmentState(segment)])
            _ = snapshot.search(corpus.query(), top: 10)
            _ = SegmentMerger.merge(snapshot.segments)
            _ = segment.numbers(of: Identifier<EntrySubject>(high: 7, low: 3))
        }
    }

    @Test func `a manifest with any byte changed or missing is refused`() throws {
        let manifest = Manifest(
            segments: [
                .init(file: Identifier(), passages: 70, removed: [.max, 63]),
                .init(file: Identifier(), passages: 3, removed: nil),
            ], mark: -1)
        let bytes = manifest.bytes()
        #expect(try bytes.withUnsafeBytes { try Manifest($0) }.segments == manifest.segments)
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 0x10
            #expect(throws: PassageIndexError.self) { try damaged.withUnsafeBytes { try Manifest($0) } }
            #expect(throws: PassageIndexError.self) { try Array(bytes[..<index]).withUnsafeBytes { try Manifest($0) } }
        }
    }

    @Test func `a damaged or missing file is an error and discarding it starts over`() throws {
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let index = try PassageIndex(folder: folder)
        index.add([.sample("диван")])
        try index.flush()
        let name = try #require(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).first { $0.hasSuffix(".segment") })
        let file = folder.appending(path: name)
        try Data().write(to: file)
        #expect(throws: PassageIndexError.self) { try PassageIndex(folder: folder) }
        try FileManager.default.removeItem(at: file)
        #expect(throws: PassageIndexError.self) { try PassageIndex(folder: folder) }
        let fresh = try PassageIndex(folder: folder, discardingFiles: true)
        fresh.add([.sample("диван")])
        try fresh.flush()
        #expect(try PassageIndex(folder: folder).count == 1)
    }

    @Test func `an unusable folder is an error`() throws {
        #expect(throws: PassageIndexError.self) { try PassageIndex(folder: URL(filePath: "/proc/no/such/folder")) }
    }

    private static func sign(_ bytes: inout [UInt8]) {
        let size = SegmentHeader.size
        bytes.withUnsafeMutableBytes { raw in
            let body = Checksum.of(UnsafeRawBufferPointer(rebasing: raw[size...]))
            raw.storeBytes(of: body.littleEndian, toByteOffset: size - 16, as: UInt64.self)
            let head = Checksum.of(UnsafeRawBufferPointer(rebasing: raw[0..<size - 8]))
            raw.storeBytes(of: head.littleEndian, toByteOffset: size - 8, as: UInt64.self)
        }
    }
}
