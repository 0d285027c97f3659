import CSandbox
import Glibc
import PluginABI

/// The plugin's own process: answers calls of one plugin on a socket, with nothing else in reach.
///
/// The same program as the host's, started again with `plugin-host`: there is no second file to install or to mistake.
package enum PluginChild {
    /// The first argument that makes a program a plugin's process.
    package static let command = "plugin-host"
    /// Where the host puts the socket.
    static let socket: Int32 = 3

    static let memory: UInt64 = 256 << 20
    static let files: UInt64 = 64
    /// Of processor time in the whole life of the process; an hour serves tens of millions of calls.
    static let seconds: UInt64 = 3_600

    /// Runs when this program was started as a plugin's process, and does not return then. `linked` are the plugins that are part of the
    /// program.
    package static func runIfAsked(linked: () throws -> [LinkedPlugin]) {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, arguments[1] == command else { return }
        serve(arguments[2], isConfined: arguments[3] != "unconfined", linked)
    }

    private static func serve(_ origin: String, isConfined: Bool, _ linked: () throws -> [LinkedPlugin]) -> Never {
        let socket = FrameSocket(descriptor: socket)
        let calls: PluginCalls
        do { calls = try confinedPlugin(origin, isConfined: isConfined, linked) } catch {
            let text: String
            if case PluginFault.notLoadable(let reason) = error { text = reason } else { text = "\(error)" }
            try? answer(socket, 0, Int32(SEVENSALES_FAILED), Array(text.utf8))
            exit(1)
        }
        do {
            sevensales_sandbox_trim()
            try answer(socket, 0, Int32(SEVENSALES_OK), Array(calls.kind.utf8))
            while true {
                try serveOne(calls, socket)
                linger()
            }
        } catch {
            // The host has gone.
            exit(0)
        }
    }

    private static func confinedPlugin(_ origin: String, isConfined: Bool, _ linked: () throws -> [LinkedPlugin]) throws
        -> PluginCalls
    {
        guard isSingleThreaded else { throw PluginFault.notLoadable("the plugin's process has more than one thread already") }
        if origin.hasPrefix("/") {
            try confineForLoading(origin, isConfined: isConfined)
            let calls = try PluginCalls(try SharedObject.table(at: origin), origin: origin)
            if isConfined { try confineForServing([folder(of: origin)]) }
            return calls
        }
        guard let plugin = try linked().first(where: { $0.kind == origin }) else {
            throw PluginFault.notLoadable("\(origin) is not linked into this program")
        }
        try giveUp()
        if isConfined { try confineForServing([]) }
        return plugin.calls
    }

    /// Stays awake for a moment: a webhook is a call that verifies and one that parses, and a wake-up costs more than either.
    private static func linger() {
        let clock = ContinuousClock()
        let end = clock.now + .microseconds(80)
        var byte: UInt8 = 0
        repeat {
            let count = recv(socket, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
            guard count < 0, errno == EAGAIN else { return }
        } while clock.now < end
    }

    private static func serveOne(_ calls: PluginCalls, _ socket: FrameSocket) throws {
        let header = try socket.read(Frame.requestHeader)
        let (serial, operation) = (Frame.word(header, at: 0), Frame.word(header, at: 4))
        let input = try socket.read(Int(Frame.word(header, at: 8)))
        let body = try socket.read(Int(Frame.word(header, at: 12)))
        try input.withUnsafeBufferPointer { input in
            try body.withUnsafeBufferPointer { body in
                try calls.perform(operation, input, body) { status, output in try answer(socket, serial, status, Array(output)) }
            }
        }
    }

    private static func answer(_ socket: FrameSocket, _ serial: UInt32, _ status: Int32, _ bytes: [UInt8]) throws {
        try socket.write(
            Frame.word(serial) + Frame.word(UInt32(bitPattern: status)) + Frame.word(UInt32(clamping: bytes.count)) + bytes)
    }

    private static func giveUp() throws {
        try check(sevensales_sandbox_detach(socket), "detaching from the host")
        try check(sevensales_sandbox_limits(memory, files, seconds), "limiting memory and files")
    }

    /// Before a line of the plugin runs: its constructors run while it is loaded.
    private static func confineForLoading(_ path: String, isConfined: Bool) throws {
        let libraries = folders(of: path)
        try giveUp()
        guard isConfined else { return }
        try allowFiles(libraries + ["/etc/ld.so.cache"])
        try check(sevensales_sandbox_calls(1), "filtering system calls")
    }

    /// Filters and rulesets bind the calling thread: another one would stay free, in reach of the plugin's writes.
    private static var isSingleThreaded: Bool {
        guard let folder = opendir("/proc/self/task") else { return false }
        defer { closedir(folder) }
        var count = 0
        while let entry = readdir(folder) { count += entry.pointee.d_name.0 == CChar(UInt8(ascii: ".")) ? 0 : 1 }
        return count == 1
    }

    private static func confineForServing(_ folders: [String]) throws {
        try allowFiles(folders)
        try check(sevensales_sandbox_calls(0), "filtering system calls")
    }

    private static func allowFiles(_ paths: [String]) throws {
        var copies: [UnsafeMutablePointer<CChar>?] = paths.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        let result = copies.withUnsafeMutableBytes { buffer in
            sevensales_sandbox_files(buffer.baseAddress?.assumingMemoryBound(to: UnsafePointer<CChar>?.self), paths.count)
        }
        try check(result, "taking the files away")
    }

    private static func check(_ result: Int32, _ what: String) throws {
        guard result == 0 else { throw PluginFault.notLoadable("\(what) failed: \(String(cString: strerror(result)))") }
    }

    /// The plugin's folder, and those that this program's own libraries came from.
    private static func folders(of path: String) -> [String] {
        var found: Set<String> = [folder(of: path), "/lib", "/lib64", "/usr/lib", "/usr/lib64"]
        if let maps = fopen("/proc/self/maps", "r") {
            defer { fclose(maps) }
            var line = [CChar](repeating: 0, count: 8_192)
            while fgets(&line, Int32(line.count), maps) != nil {
                let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                guard let start = text.firstIndex(of: "/") else { continue }
                let file = text[start...].prefix { $0 != "\n" }
                if file.contains(".so") { found.insert(folder(of: String(file))) }
            }
        }
        return found.sorted()
    }

    private static func folder(of path: String) -> String {
        let parts = path.split(separator: "/").dropLast()
        return parts.map { "/" + $0 }.joined()
    }
}
