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

/// One end of the socket.
struct FrameSocket {
    enum Failure: Error {
        case closed
        /// The deadline passed.
        case late
    }

    let descriptor: Int32

    /// `deadline` is on the monotonic clock; nil waits for ever.
    func write(_ bytes: [UInt8], until deadline: ContinuousClock.Instant? = nil) throws(Failure) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.send(
                    descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written,
                    Int32(MSG_NOSIGNAL) | (deadline == nil ? 0 : Int32(MSG_DONTWAIT)))
            }
            if count >= 0 {
                written += count
            } else if errno == EAGAIN {
                try wait(for: Int16(POLLOUT), until: deadline)
            } else if errno != EINTR {
                throw .closed
            }
        }
    }

    func read(_ count: Int, until deadline: ContinuousClock.Instant? = nil) throws(Failure) -> [UInt8] {
        var failure: Failure?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            do throws(Failure) {
                while filled < count {
                    let got = Glibc.recv(
                        descriptor, buffer.baseAddress?.advanced(by: filled), count - filled,
                        deadline == nil ? 0 : Int32(MSG_DONTWAIT))
                    if got > 0 {
                        filled += got
                    } else if got == 0 {
                        throw .closed
                    } else if errno == EAGAIN {
                        try wait(for: Int16(POLLIN), until: deadline)
                    } else if errno != EINTR {
                        throw .closed
                    }
                }
            } catch { failure = error }
        }
        if let failure { throw failure }
        return bytes
    }

    private func wait(for events: Int16, until deadline: ContinuousClock.Instant?) throws(Failure) {
        var left: Int32 = -1
        if let deadline {
            let (seconds, attoseconds) = (deadline - .now).components
            let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
            guard milliseconds >= 0 else { throw .late }
            left = Int32(clamping: milliseconds + 1)
        }
        var poll = pollfd(fd: descriptor, events: events, revents: 0)
        _ = Glibc.poll(&poll, 1, left)
    }
}
