import Synchronization

/// The bytes of an object to be stored, pulled piece by piece as fast as they are written.
package struct ObjectContent: Sendable {
    /// In bytes, when it is known before. Content of another length is refused.
    package let length: Int64?
    /// The next piece, of any size, and nil at the end. Called by one task at a time; what it throws, `put` throws.
    package let next: @Sendable () async throws -> [UInt8]?

    package init(length: Int64? = nil, next: @escaping @Sendable () async throws -> [UInt8]?) {
        (self.length, self.next) = (length, next)
    }

    /// Content that lies in memory already. It can be stored once.
    package init(_ bytes: [UInt8]) {
        let once = Once(bytes)
        self.init(length: Int64(bytes.count)) { once.take() }
    }
}

/// Gives a value away, once.
private final class Once: Sendable {
    private let value: Mutex<[UInt8]?>

    init(_ value: [UInt8]) { self.value = Mutex(value) }

    func take() -> [UInt8]? {
        value.withLock { value in
            defer { value = nil }
            return value
        }
    }
}

/// Pulls content, counts it, and refuses what is longer or shorter than announced.
struct CountedContent {
    private let content: ObjectContent
    private var count: Int64 = 0

    init(_ content: ObjectContent) { self.content = content }

    /// The next piece, never empty; nil at the end.
    mutating func next() async throws -> [UInt8]? {
        while true {
            try Task.checkCancellation()
            guard let piece = try await content.next() else { break }
            guard !piece.isEmpty else { continue }
            count += Int64(piece.count)
            if let length = content.length, count > length { throw ObjectStorageError.wrongLength(announced: length) }
            return piece
        }
        // A content that was cut short by the cancellation must not pass for a whole one.
        try Task.checkCancellation()
        if let length = content.length, count != length { throw ObjectStorageError.wrongLength(announced: length) }
        return nil
    }
}
