import Glibc
import PluginABI

/// A running plugin process and the socket to it. Used by one thread at a time, for one call at a time.
final class PluginProcess {
    /// Why there is no answer; the process is not to be used again.
    struct Death: Error { let reason: String }

    let kind: String
    private let id: pid_t
    private let socket: FrameSocket
    /// The memory of a longer call is given back after it.
    private static let keptBytes = 65_536

    private var serial: UInt32 = 0
    // The call that is being made, and how much of it was written.
    private var request: [UInt8] = []
    private var written = 0
    private var isReaped = false

    /// Starts `program` as the process of the plugin at the path, or of the linked kind, that `origin` is, and waits until it is ready.
    ///
    /// Throws `PluginFault.notLoadable` with the plugin's or the sandbox's reason.
    init(program: String, origin: String, isConfined: Bool, patience: Duration) throws {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw PluginFault.notLoadable("no socket for the plugin's process: \(String(cString: strerror(errno)))")
        }
        let (own, others) = (ends[0], ends[1])
        do { id = try Self.spawn(program, [origin, isConfined ? "confined" : "unconfined"], socket: others) } catch {
            close(own)
            close(others)
            throw error
        }
        // While it is open here, the plugin's death cannot be seen.
        close(others)
        socket = FrameSocket(descriptor: own)
        do throws(Death) {
            let (status, bytes) = try Self.read(socket, serial: 0, until: .now + patience)
            let text = String(decoding: bytes.prefix(500), as: UTF8.self)
            guard status == SEVENSALES_OK else { throw Death(reason: text) }
            kind = text
        } catch {
            kind = ""
            end()
            let reason = describeDeath(error.reason)
            throw PluginFault.notLoadable(reason.hasPrefix(origin) ? reason : "\(origin): \(reason)")
        }
    }

    deinit {
        if !isReaped { end() }
        close(socket.descriptor)
    }

    /// One call, from its beginning to its end. Throws `Death`, after which the process is gone.
    func call(_ operation: UInt32, _ input: [UInt8], _ body: [UInt8], deadline: Duration) throws(Death) -> (Int32, [UInt8]) {
        let end = ContinuousClock.now + deadline
        begin(operation, input, body)
        while !isAsked {
            do throws(FrameSocket.Failure) { try socket.waitToWrite(until: end) } catch {
                throw died("it did not take a call in time")
            }
            proceed()
        }
        return try answer(until: end)
    }

    /// Begins a call: writes of it what the socket takes at once. Of what fails here the answer tells.
    func begin(_ operation: UInt32, _ input: [UInt8], _ body: [UInt8]) {
        serial &+= 1
        request.removeAll(keepingCapacity: body.count < Self.keptBytes)
        request.reserveCapacity(Frame.requestHeader + input.count + body.count)
        for word in [serial, operation, UInt32(clamping: input.count), UInt32(clamping: body.count)] {
            request += Frame.word(word)
        }
        request += input
        request += body
        written = 0
        proceed()
    }

    /// Whether the process has the whole call.
    var isAsked: Bool { written == request.count }

    /// Writes more of the call.
    func proceed() {
        do throws(FrameSocket.Failure) { written += try socket.offer(request, from: written) } catch { written = request.count }
    }

    /// The answer to the call that was begun. Throws `Death`, after which the process is gone.
    func answer(until end: ContinuousClock.Instant) throws(Death) -> (Int32, [UInt8]) {
        do throws(Death) { return try Self.read(socket, serial: serial, until: end) } catch { throw died(error.reason) }
    }

    /// What is to be said of a process that became readable while nobody asked it anything; it is gone then.
    func interrupted() -> Death {
        do throws(FrameSocket.Failure) { _ = try socket.read(1, until: .now) } catch {
            return died(error == .late ? Self.unasked : "")
        }
        return died(Self.unasked)
    }

    /// Ends the process for this reason, an empty one for its own.
    func died(_ reason: String) -> Death {
        end()
        return Death(reason: describeDeath(reason))
    }

    private static let unasked = "it answered a call that nobody made"

    /// What `poll` is asked for the process's socket.
    var awaited: pollfd {
        pollfd(fd: socket.descriptor, events: Int16(POLLIN) | (isAsked ? 0 : Int16(POLLOUT)), revents: 0)
    }

    /// An empty reason means that the process has gone.
    static func read(
        _ socket: FrameSocket, serial: UInt32, until end: ContinuousClock.Instant
    ) throws(Death) -> (Int32, [UInt8]) {
        let header: [UInt8]
        do throws(FrameSocket.Failure) { header = try socket.read(Frame.answerHeader, until: end) } catch {
            throw Death(reason: error == .late ? "it did not answer in time" : "")
        }
        guard Frame.word(header, at: 0) == serial else { throw Death(reason: unasked) }
        let count = Int(Frame.word(header, at: 8))
        guard count <= WireLimit.answerBytes else { throw Death(reason: "its answer has \(count) bytes") }
        do throws(FrameSocket.Failure) {
            return (Int32(bitPattern: Frame.word(header, at: 4)), try socket.read(count, until: end))
        } catch { throw Death(reason: error == .late ? "it did not finish its answer in time" : "") }
    }

    private var status: Int32 = 0

    /// What the host saw, or else how the process ended.
    private func describeDeath(_ seen: String) -> String {
        if !seen.isEmpty { return seen }
        let signal = status & 0x7F
        if signal == 0 { return "it exited with status \(status >> 8 & 0xFF)" }
        return "it was ended by signal \(signal) (\(strsignal(signal).map { String(cString: $0) } ?? "unknown"))"
    }

    private func end() {
        // One that has died by itself keeps its own status.
        if waitpid(id, &status, WNOHANG) == 0 {
            usleep(2_000)
            if waitpid(id, &status, WNOHANG) == 0 {
                kill(id, SIGKILL)
                waitpid(id, &status, 0)
            }
        }
        isReaped = true
    }

    /// Resident memory in bytes, for figures; nil when the process is gone.
    var residentBytes: Int? {
        guard let file = fopen("/proc/\(id)/statm", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, Int32(line.count), file) != nil else { return nil }
        let fields = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: " ")
        return fields.dropFirst().first.flatMap { Int($0) }.map { $0 * Int(getpagesize()) }
    }

    private static func spawn(_ program: String, _ arguments: [String], socket: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, socket, PluginChild.socket)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Not in the terminal's group: Ctrl-C is for the host, which ends its plugins itself. No inherited signal settings.
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var words: [UnsafeMutablePointer<CChar>?] = ([program, PluginChild.command] + arguments).map { strdup($0) } + [nil]
        // The environment may hold the host's secrets.
        var environment: [UnsafeMutablePointer<CChar>?] = [nil]
        defer { for word in words { free(word) } }
        var id = pid_t()
        let result = posix_spawn(&id, program, &actions, &attributes, &words, &environment)
        guard result == 0 else {
            throw PluginFault.notLoadable("\(program) cannot be started for the plugin: \(String(cString: strerror(result)))")
        }
        return id
    }
}
