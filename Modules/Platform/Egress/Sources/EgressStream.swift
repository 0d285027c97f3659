/// A response whose body is read chunk by chunk, by one reader.
///
/// A slow reader slows the sender down: at most 256 KiB wait here. An iteration ends with nil when the body is whole and
/// throws `EgressError` when it is not. Dropping the stream, or cancelling the task that reads it, closes the connection.
package struct EgressStream: AsyncSequence, Sendable {
    package let head: EgressHead
    private let source: @Sendable () async throws -> [UInt8]?

    /// `next` gives one chunk at a time and nil at the end: for fakes, and for the live client.
    package init(head: EgressHead, next: @escaping @Sendable () async throws -> [UInt8]?) {
        (self.head, source) = (head, next)
    }

    package func makeAsyncIterator() -> Iterator { Iterator(source: source) }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let source: @Sendable () async throws -> [UInt8]?
        package mutating func next() async throws -> [UInt8]? { try await source() }
    }

    /// The whole rest, for an error's body. Throws `tooLarge` past `limit` bytes.
    package func collect(upTo limit: Int) async throws -> [UInt8] {
        var body: [UInt8] = []
        for try await chunk in self {
            body += chunk
            guard body.count <= limit else { throw EgressError(.tooLarge(limit: limit), .maybeSent) }
        }
        return body
    }

    /// The body as a `text/event-stream`, with events of at most `limit` bytes.
    package func events(limit: Int = 1 << 20) -> EgressEvents { EgressEvents(stream: self, limit: limit) }
}

/// The events of a `text/event-stream`, as they come.
package struct EgressEvents: AsyncSequence, Sendable {
    let stream: EgressStream
    let limit: Int

    package func makeAsyncIterator() -> Iterator {
        Iterator(chunks: stream.makeAsyncIterator(), parser: SSEParser(limit: limit))
    }

    package struct Iterator: AsyncIteratorProtocol {
        var chunks: EgressStream.Iterator
        var parser: SSEParser
        var ready: ArraySlice<SSEEvent> = []

        package mutating func next() async throws -> SSEEvent? {
            while ready.isEmpty {
                guard let chunk = try await chunks.next() else { return nil }
                ready = try parser.feed(chunk)[...]
            }
            return ready.popFirst()
        }
    }
}
