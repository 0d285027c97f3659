import Glibc

/// Wakes a thread that sleeps in `poll`.
final class Alarm: Sendable {
    private let ends: (sleeper: Int32, ringer: Int32)

    /// Throws `PluginFault.notLoadable` when this process may have no more descriptors.
    init() throws {
        var pair: [Int32] = [-1, -1]
        let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        guard socketpair(AF_UNIX, Int32(kind), 0, &pair) == 0 else {
            throw PluginFault.notLoadable("no socket for the plugin's thread: \(String(cString: strerror(errno)))")
        }
        ends = (pair[0], pair[1])
    }

    deinit {
        close(ends.sleeper)
        close(ends.ringer)
    }

    /// One that nobody silenced yet rings already.
    func ring() {
        var byte: UInt8 = 1
        _ = write(ends.ringer, &byte, 1)
    }

    func silence() {
        var bytes = [UInt8](repeating: 0, count: 64)
        _ = read(ends.sleeper, &bytes, bytes.count)
    }

    /// For `poll`.
    var awaited: pollfd { pollfd(fd: ends.sleeper, events: Int16(POLLIN), revents: 0) }
}
