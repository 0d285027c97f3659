import Foundation
import Glibc
import Synchronization

/// A TCP server on 127.0.0.1 whose every connection is served by a closure on a thread of its own.
package final class LocalServer: Sendable {
    package let port: Int
    private let listener: Int32
    private let state = Mutex((accepted: 0, open: 0, mostOpen: 0))

    package init(_ serve: @escaping @Sendable (Connection) -> Void) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 256) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
        port = Int(UInt16(bigEndian: address.sin_port))
        // Kept, because a closed listener's port would soon be another test's.
        Self.all.withLock { $0.append(self) }
        Thread.detachNewThread { [self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                state.withLock { state in
                    (state.accepted, state.open) = (state.accepted + 1, state.open + 1)
                    state.mostOpen = max(state.mostOpen, state.open)
                }
                Thread.detachNewThread { [self] in
                    serve(Connection(client))
                    close(client)
                    state.withLock { $0.open -= 1 }
                }
            }
        }
    }

    private static let all = Mutex<[LocalServer]>([])

    package var url: String { "http://127.0.0.1:\(port)" }
    /// Connections so far.
    package var accepted: Int { state.withLock(\.accepted) }
    package var mostOpen: Int { state.withLock(\.mostOpen) }

    /// Answers every request of every connection with what `answer` says; nil closes the connection.
    package static func http(_ answer: @escaping @Sendable (Seen) -> String?) throws -> LocalServer {
        try LocalServer { connection in
            while let request = connection.readRequest(), let response = answer(request) {
                guard connection.write(response) else { return }
            }
        }
    }
}

/// A request as the server saw it.
package struct Seen: Sendable {
    package var line = ""
    package var headers: [String] = []
    package var body: [UInt8] = []

    package func header(_ name: String) -> String? {
        headers.first { $0.lowercased().hasPrefix(name.lowercased() + ":") }.map {
            $0.drop { $0 != ":" }.dropFirst().trimmingCharacters(in: .whitespaces)
        }
    }
}

/// A whole response with its length.
package func reply(_ status: String, _ headers: [String] = [], body: String = "") -> String {
    (["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + headers + ["", body]).joined(separator: "\r\n")
}

package final class Connection: @unchecked Sendable {
    package let socket: Int32
    private var buffer: [UInt8] = []

    init(_ socket: Int32) { self.socket = socket }

    package func write(_ text: String) -> Bool { write(Array(text.utf8)) }

    package func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private func fill() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = recv(socket, &chunk, chunk.count, 0)
        guard count > 0 else { return false }
        buffer += chunk[..<count]
        return true
    }

    /// One line without its end; nil when the peer has closed.
    package func readLine() -> String? {
        while true {
            if let end = buffer.firstIndex(of: 10) {
                defer { buffer.removeFirst(end + 1) }
                return String(decoding: buffer[..<end].filter { $0 != 13 }, as: UTF8.self)
            }
            guard fill() else { return nil }
        }
    }

    package func read(_ count: Int) -> [UInt8]? {
        while buffer.count < count { guard fill() else { return nil } }
        defer { buffer.removeFirst(count) }
        return Array(buffer[..<count])
    }

    package func readRequest() -> Seen? {
        var seen = Seen()
        guard let line = readLine() else { return nil }
        seen.line = line
        while let header = readLine() {
            if header.isEmpty { break }
            seen.headers.append(header)
        }
        if let length = seen.header("content-length").flatMap({ Int($0) }) {
            guard let body = read(length) else { return nil }
            seen.body = body
        }
        return seen
    }

    /// Closes with a reset instead of an orderly end.
    package func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
}
