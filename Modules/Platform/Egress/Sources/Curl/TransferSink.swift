import Synchronization

/// Where a transfer's bytes go. Called on the loop's thread only, `end` exactly once and last.
protocol TransferSink: AnyObject, Sendable {
    /// The response's head; once, before the first bytes.
    func begin(_ head: EgressHead)
    /// False when there is no room: the same bytes are offered again after `CurlLoop.resume`.
    func take(_ bytes: UnsafeRawBufferPointer) -> Bool
    func end(_ result: Result<EgressTimings, EgressError>)
}

/// Keeps the whole body and hands over the response at the end.
final class BodyCollector: TransferSink {
    private struct State {
        var head: EgressHead?
        var body: [UInt8] = []
        var continuation: CheckedContinuation<EgressResponse, any Error>?
    }
    private let state = Mutex(State())

    /// Before the transfer is submitted.
    func expect(_ continuation: CheckedContinuation<EgressResponse, any Error>) {
        state.withLock { $0.continuation = continuation }
    }

    func begin(_ head: EgressHead) { state.withLock { $0.head = head } }

    func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        state.withLock { $0.body.append(contentsOf: bytes) }
        return true
    }

    func end(_ result: Result<EgressTimings, EgressError>) {
        let final = state.withLock { state -> State in
            defer { state = State() }
            return state
        }
        switch result {
        case .failure(let error): final.continuation?.resume(throwing: error)
        case .success(let timings):
            let head = final.head ?? EgressHead(status: 0)
            final.continuation?.resume(returning: EgressResponse(head: head, body: final.body, timings: timings))
        }
    }
}

/// Holds the chunks that the reader has not asked for yet, and says when there are enough.
final class ByteMailbox: TransferSink {
    static let capacity = 256 << 10

    private struct State {
        var opener: CheckedContinuation<EgressHead, any Error>?
        var reader: CheckedContinuation<[UInt8]?, any Error>?
        var buffer: [UInt8] = []
        var isFull = false
        var result: Result<EgressTimings, EgressError>?
    }
    private let state = Mutex(State())

    /// Before the transfer is submitted.
    func expect(_ opener: CheckedContinuation<EgressHead, any Error>) { state.withLock { $0.opener = opener } }

    func begin(_ head: EgressHead) {
        state.withLock { state in
            defer { state.opener = nil }
            return state.opener
        }?.resume(returning: head)
    }

    func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let (isTaken, reader) = state.withLock { state -> (Bool, CheckedContinuation<[UInt8]?, any Error>?) in
            if let reader = state.reader {
                state.reader = nil
                return (true, reader)
            }
            state.isFull = !state.buffer.isEmpty && state.buffer.count + bytes.count > Self.capacity
            if !state.isFull { state.buffer.append(contentsOf: bytes) }
            return (!state.isFull, nil)
        }
        reader?.resume(returning: Array(bytes))
        return isTaken
    }

    func end(_ result: Result<EgressTimings, EgressError>) {
        let (opener, reader) = state.withLock { state in
            defer { (state.opener, state.reader, state.result) = (nil, nil, result) }
            return (state.opener, state.reader)
        }
        switch result {
        case .failure(let error):
            opener?.resume(throwing: error)
            reader?.resume(throwing: error)
        case .success:
            opener?.resume(throwing: EgressError(.broken("no head"), .maybeSent))
            reader?.resume(returning: nil)
        }
    }

    /// The next bytes, nil at the end. `resume` is called when the transfer was stopped for want of room.
    func next(resume: () -> Void) async throws -> [UInt8]? {
        var wasFull = false
        let ready = state.withLock { state -> [UInt8]? in
            guard !state.buffer.isEmpty else { return nil }
            defer { (state.buffer, state.isFull) = ([], false) }
            wasFull = state.isFull
            return state.buffer
        }
        if wasFull { resume() }
        if let ready { return ready }
        return try await withCheckedThrowingContinuation { continuation in
            let answer = state.withLock { state -> Result<[UInt8]?, any Error>? in
                if !state.buffer.isEmpty {
                    defer { state.buffer = [] }
                    return .success(state.buffer)
                }
                if let result = state.result { return result.map { _ in nil }.mapError { $0 } }
                guard state.reader == nil else {
                    return .failure(EgressError(.invalidRequest("a stream has one reader"), .maybeSent))
                }
                state.reader = continuation
                return nil
            }
            if let answer { continuation.resume(with: answer) }
        }
    }
}
