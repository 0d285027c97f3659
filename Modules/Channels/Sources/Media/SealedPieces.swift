import ChannelsInterface
import Kernel
import ObjectStorage
import Synchronization
import Vault

/// A file as it lies in the storage: pieces of 64 KiB, each sealed for its place, so that any part can be read without the rest and none
/// can be cut off, swapped or repeated unnoticed.
struct SealedPieces: Sendable {
    static let piece = 64 << 10
    /// What sealing adds to a piece.
    private static let overhead = 29

    let id: FileID
    let account: AccountID
    let key: SubjectKey

    private func context(_ index: Int64, isLast: Bool) -> SealContext {
        SealContext(table: "channels_file", column: "content.\(index)\(isLast ? ".end" : "")", row: id, account: account)
    }

    /// The sealed form of what `next` gives.
    func sealing(_ next: @escaping @Sendable () async throws -> [UInt8]?) -> ObjectContent {
        let state = Mutex(Waiting())
        return ObjectContent {
            while true {
                if state.withLock({ $0.isOver }) { return nil }
                // The last piece is marked, so one is held back until another follows or the source ends.
                let full = state.withLock { state -> (bytes: [UInt8], index: Int64)? in state.cut(Self.piece) }
                if let full { return try key.seal(full.bytes, as: context(full.index, isLast: false)).stored }
                if let more = try await next() {
                    state.withLock { $0.rest += more }
                } else {
                    let last = state.withLock { $0.finish() }
                    return try key.seal(last.bytes, as: context(last.index, isLast: true)).stored
                }
            }
        }
    }

    private struct Waiting {
        /// A slice, since a whole film may lie here: its front goes without the rest being moved.
        var rest: ArraySlice<UInt8> = []
        var index: Int64 = 0
        var isOver = false

        mutating func cut(_ count: Int) -> (bytes: [UInt8], index: Int64)? {
            guard rest.count > count else { return nil }
            defer { (rest, index) = (rest.dropFirst(count), index + 1) }
            return (Array(rest.prefix(count)), index)
        }

        mutating func finish() -> (bytes: [UInt8], index: Int64) {
            isOver = true
            return (Array(rest), index)
        }
    }

    /// What a file of `size` bytes holds from `offset` on. Throws `VaultError.notAuthentic` at the first byte that is not as it was sealed.
    func opening(
        _ storage: any ObjectStorage, _ object: ObjectKey, size: Int64, from offset: Int64
    ) async throws -> @Sendable () async throws -> [UInt8]? {
        let count = max(1, (size + Int64(Self.piece) - 1) / Int64(Self.piece))
        let first = min(max(0, offset) / Int64(Self.piece), count - 1)
        let stream = try await storage.get(object, from: first * Int64(Self.piece + Self.overhead))
        let reader = PieceReader(stream, piece: Self.piece + Self.overhead, at: first)
        let skipped = Int(max(0, offset) - first * Int64(Self.piece))
        return {
            guard let (bytes, index) = try await reader.next(), index < count else { return nil }
            let plain = try key.open(Sealed(stored: bytes), as: context(index, isLast: index == count - 1))
            return index == first ? Array(plain.dropFirst(skipped)) : plain
        }
    }
}

/// Puts a stream's chunks together to pieces of one size; the last may be shorter.
private actor PieceReader {
    private var iterator: ObjectStream.Iterator
    private let size: Int
    private var index: Int64
    private var rest: [UInt8] = []
    private var isAtEnd = false

    init(_ stream: ObjectStream, piece: Int, at index: Int64) {
        (iterator, size, self.index) = (stream.makeAsyncIterator(), piece, index)
    }

    func next() async throws -> (bytes: [UInt8], index: Int64)? {
        while rest.count < size, !isAtEnd {
            var iterator = iterator
            let chunk = try await iterator.next()
            self.iterator = iterator
            if let chunk { rest += chunk } else { isAtEnd = true }
        }
        guard !rest.isEmpty else { return nil }
        defer { (rest, index) = (Array(rest.dropFirst(size)), index + 1) }
        return (Array(rest.prefix(size)), index)
    }
}
