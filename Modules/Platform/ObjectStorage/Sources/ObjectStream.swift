/// An object's bytes, piece by piece, for one reader. Dropping it frees what it holds.
package struct ObjectStream: AsyncSequence, Sendable {
    /// The largest piece, in bytes.
    package static let piece = 64 << 10

    /// The whole object's, in bytes, wherever the stream begins.
    package let size: Int64
    private let pieces: PieceCutter

    /// `next` gives chunks of any size, and nil at the end: for the implementations and for fakes.
    package init(size: Int64, next: @escaping @Sendable () async throws -> [UInt8]?) {
        (self.size, pieces) = (size, PieceCutter(next))
    }

    package func makeAsyncIterator() -> Iterator { Iterator(pieces: pieces) }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let pieces: PieceCutter
        package mutating func next() async throws -> [UInt8]? { try await pieces.next() }
    }

    /// All of it. Throws `tooLarge` past `limit` bytes.
    package func collect(upTo limit: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await piece in self {
            bytes += piece
            guard bytes.count <= limit else { throw ObjectStorageError.tooLarge(limit: Int64(limit)) }
        }
        return bytes
    }
}

/// Cuts chunks into pieces.
private actor PieceCutter {
    private let source: @Sendable () async throws -> [UInt8]?
    private var rest: ArraySlice<UInt8> = []

    init(_ source: @escaping @Sendable () async throws -> [UInt8]?) { self.source = source }

    func next() async throws -> [UInt8]? {
        while rest.isEmpty {
            try Task.checkCancellation()
            guard let chunk = try await source() else { return nil }
            guard chunk.count > ObjectStream.piece else {
                if chunk.isEmpty { continue }
                return chunk
            }
            rest = chunk[...]
        }
        let piece = rest.prefix(ObjectStream.piece)
        rest = rest.dropFirst(piece.count)
        return Array(piece)
    }
}
