import Glibc

/// What goes over the socket between host and plugin process: little-endian words, then bytes.
///
/// A request is `serial, operation, input count, body count` and the two byte sequences; an answer is `serial, status, count` and its
/// bytes. The plugin's side may be in the hands of the plugin: nothing read from it is believed before it was checked.
enum Frame {
    static let requestHeader = 16
    static let answerHeader = 12

    static func word(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }

    static func word(_ bytes: [UInt8], at offset: Int) -> UInt32 {
        guard offset >= 0, offset + 4 <= bytes.count else { return 0 }
        return bytes.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
    }
}

/// One end of the socket. Written by one thread at a time, and read by one.
final class FrameSocket {
    enum Failure: Error {
        case closed
        /// The deadline passed.
        case late
    }

    /// Most frames come whole in one system call, header, input and body together.
    private static let ahead = 16_384

    let descriptor: Int32
    // Read from the socket and not asked for yet.
    private var buffer = [UInt8](repeating: 0, count: FrameSocket.ahead)
    private var unread = 0..<0

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Writes all of it. `deadline` is on the monotonic clock; nil waits for ever.
    func write(_ bytes: [UInt8], until deadline: ContinuousClock.Instant? = nil) throws(Failure) {
        var written = 0
        while written < bytes.count {
            // Without a deadline the call itself waits: a plugin's process may not poll.
            let count = try send(bytes, from: written, waits: deadline == nil)
            written += count
            if count == 0 { try waitToWrite(until: deadline) }
        }
    }

    /// Writes what the socket takes at once; returns how much that was.
    func offer(_ bytes: [UInt8], from start: Int) throws(Failure) -> Int { try send(bytes, from: start, waits: false) }

    private func send(_ bytes: [UInt8], from start: Int, waits: Bool) throws(Failure) -> Int {
        while true {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.send(
                    descriptor, buffer.baseAddress?.advanced(by: start), buffer.count - start,
                    Int32(MSG_NOSIGNAL) | (waits ? 0 : Int32(MSG_DONTWAIT)))
            }
            if count >= 0 { return count }
            if errno == EAGAIN { return 0 }
            guard errno == EINTR else { throw .closed }
        }
    }

    func waitToWrite(until deadline: ContinuousClock.Instant?) throws(Failure) { try wait(for: Int16(POLLOUT), until: deadline) }

    /// Reads this many bytes. `deadline` is on the monotonic clock; nil waits for ever.
    func read(_ count: Int, until deadline: ContinuousClock.Instant? = nil) throws(Failure) -> [UInt8] {
        if count <= Self.ahead {
            while unread.count < count { try readAhead(until: deadline) }
            return taken(count)
        }
        var failure: Failure?
        let beginning = taken(min(count, unread.count))
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { target, filled in
            filled = target.initialize(fromContentsOf: beginning)
            do throws(Failure) {
                while filled < count {
                    filled += try receive(target.baseAddress?.advanced(by: filled), count - filled, until: deadline)
                }
            } catch { failure = error }
        }
        if let failure { throw failure }
        return bytes
    }

    private func taken(_ count: Int) -> [UInt8] {
        defer { unread = unread.dropFirst(count) }
        return Array(buffer[unread.prefix(count)])
    }

    private func readAhead(until deadline: ContinuousClock.Instant?) throws(Failure) {
        if unread.lowerBound > 0 {
            buffer.replaceSubrange(0..<unread.count, with: Array(buffer[unread]))
            unread = 0..<unread.count
        }
        var failure: Failure?
        let end = unread.upperBound
        let count = buffer.withUnsafeMutableBytes { target in
            do throws(Failure) {
                return try receive(target.baseAddress?.advanced(by: end), target.count - end, until: deadline)
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        unread = 0..<end + count
    }

    /// At least one byte, at most `most`.
    private func receive(
        _ target: UnsafeMutableRawPointer?, _ most: Int, until deadline: ContinuousClock.Instant?
    ) throws(Failure) -> Int {
        while true {
            let count = Glibc.recv(descriptor, target, most, deadline == nil ? 0 : Int32(MSG_DONTWAIT))
            if count > 0 { return count }
            if count == 0 { throw .closed }
            if errno == EAGAIN {
                try wait(for: Int16(POLLIN), until: deadline)
            } else if errno != EINTR {
                throw .closed
            }
        }
    }

    private func wait(for events: Int16, until deadline: ContinuousClock.Instant?) throws(Failure) {
        let left = Self.milliseconds(until: deadline)
        if left == 0 { throw .late }
        var poll = pollfd(fd: descriptor, events: events, revents: 0)
        _ = Glibc.poll(&poll, 1, left)
    }

    /// For `poll`: 0 when the deadline has passed, -1 when there is none.
    static func milliseconds(until deadline: ContinuousClock.Instant?) -> Int32 {
        guard let deadline else { return -1 }
        let (seconds, attoseconds) = (deadline - .now).components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return Int32(clamping: min(seconds, 1_000_000) * 1_000 + attoseconds / 1_000_000_000_000_000 + 1)
    }
}
