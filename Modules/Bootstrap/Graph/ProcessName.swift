import Foundation
import Glibc

/// `host/pid/start`: names a process for ever, so that its leases are known to be dead once it is gone.
enum ProcessName {
    static let own = name(of: getpid()) ?? "\(host)/\(getpid())/0"

    private static var host: String { ProcessInfo.processInfo.hostName }

    private static func name(of pid: pid_t) -> String? {
        // Field 22 of /proc/pid/stat is the start time; the second field, in parentheses, may hold anything.
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8), let end = stat.lastIndex(of: ")")
        else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 19 else { return nil }
        return "\(host)/\(pid)/\(fields[19])"
    }

    /// Whether `owner` was a process of this machine that no longer runs.
    static func isGone(_ owner: String) -> Bool {
        let parts = owner.split(separator: "/")
        guard parts.count == 3, parts[0] == host, let pid = pid_t(parts[1]) else { return false }
        return name(of: pid) != owner
    }
}
