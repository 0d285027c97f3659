import Foundation
import Glibc

/// One raw connection to a server on this machine: it sends exactly the bytes it is given and reads exactly what comes back.
///
/// Blocking calls run on threads of their own. Each read gives up after `patience` of silence.
package final class TestHTTPClient: @unchecked Sendable {
    package struct Answer: Sendable {
        package let status: Int
        /// Names in lower case; the last of several wins.
        package let headers: [String: String]
        package let body: [UInt8]

        package var text: String { String(decoding: body, as: UTF8.self) }

        /// The body as a JSON object.
        package func json() throws -> [String: Any] {
            guard let object = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any] else {
                throw Failure("not an object: \(text.prefix(200))")
            }
            return object
        }

        /// The `code` of a problem document.
        package var problem: String? { (try? json())?["code"] as? String }
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
        package init(_ description: String) { self.description = description }
    }

    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var isEnded = false

    package init(port: Int, patience: Duration = .seconds(20)) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port)).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        var timeout = timeval(tv_sec: Int(patience.components.seconds), tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        guard connected == 0 else { throw Failure("cannot connect to port \(port): errno \(errno)") }
    }

    deinit { close(descriptor) }

    /// Sends a request and reads its answer. A body gets its Content-Length and, unless `headers` say otherwise, is called JSON.
    package func send(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: [UInt8]? = nil
    ) async throws -> Answer {
        var all = [("Host", "localhost")] + headers
        if let body {
            if !headers.contains(where: { $0.0.lowercased() == "content-type" }) {
                all.append(("Content-Type", "application/json"))
            }
            all.append(("Content-Length", "\(body.count)"))
        }
        try await write(head(method, path, all) + (body ?? []))
        return try await answer(hasBody: method != "HEAD")
    }

    /// As `send`, with the body in chunks and no length said.
    package func sendChunked(_ method: String, _ path: String, headers: [(String, String)] = [], chunks: [[UInt8]]) async throws
        -> Answer
    {
        let all = [("Host", "localhost"), ("Content-Type", "application/json"), ("Transfer-Encoding", "chunked")] + headers
        var bytes = head(method, path, all)
        for chunk in chunks { bytes += Array("\(String(chunk.count, radix: 16))\r\n".utf8) + chunk + [13, 10] }
        // The server may answer and close before it has read all.
        try? await write(bytes + Array("0\r\n\r\n".utf8))
        return try await answer()
    }

    private func head(_ method: String, _ path: String, _ headers: [(String, String)]) -> [UInt8] {
        Array("\(method) \(path) HTTP/1.1\r\n\(headers.map { "\($0.0): \($0.1)\r\n" }.joined())\r\n".utf8)
    }

    package func write(_ text: String) async throws { try await write(Array(text.utf8)) }

    /// Throws when the server has closed the connection.
    package func write(_ bytes: [UInt8]) async throws {
        try await blocking { [self] in
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { throw Failure("cannot write: errno \(errno)") }
                sent += count
            }
        }
    }

    /// Reads one answer; `hasBody` is false after HEAD.
    package func answer(hasBody: Bool = true) async throws -> Answer {
        try await blocking { [self] in
            let (status, headers) = try readHead()
            guard hasBody, status >= 200, status != 204, status != 304 else {
                return Answer(status: status, headers: headers, body: [])
            }
            if headers["transfer-encoding"] == "chunked" {
                var body: [UInt8] = []
                while let chunk = try readChunk() { body += chunk }
                return Answer(status: status, headers: headers, body: body)
            }
            if let length = headers["content-length"].flatMap({ Int($0) }) {
                return Answer(status: status, headers: headers, body: try take(length))
            }
            while try fill() {}
            defer { buffer = [] }
            return Answer(status: status, headers: headers, body: buffer)
        }
    }

    /// Reads the head of a streamed answer; then `chunk` reads its pieces.
    package func streamHead() async throws -> Answer {
        try await blocking { [self] in
            let (status, headers) = try readHead()
            return Answer(status: status, headers: headers, body: [])
        }
    }

    /// The next piece of a chunked answer, nil at its end.
    package func chunk() async throws -> String? {
        try await blocking { [self] in try readChunk().map { String(decoding: $0, as: UTF8.self) } }
    }

    /// Waits for the server to close, and says how long that took. Throws when it does not within the patience.
    package func waitForClose() async throws -> Duration {
        let start = ContinuousClock.now
        try await blocking { [self] in while try fill() {} }
        return ContinuousClock.now - start
    }

    private func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            // A thread of its own: blocked dispatch threads would be missing where tasks run.
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }

    private func readHead() throws -> (Int, [String: String]) {
        let status = try line()
        let parts = status.split(separator: " ")
        guard parts.count >= 2, parts[0].hasPrefix("HTTP/1."), let code = Int(parts[1]) else {
            throw Failure("no status line: \(status)")
        }
        var headers: [String: String] = [:]
        while true {
            let text = try line()
            guard !text.isEmpty else { return (code, headers) }
            let pair = text.split(separator: ":", maxSplits: 1)
            headers[pair[0].lowercased()] = pair.count == 2 ? pair[1].trimmingCharacters(in: .whitespaces) : ""
        }
    }

    private func readChunk() throws -> [UInt8]? {
        let size = try line()
        guard let count = Int(size, radix: 16) else { throw Failure("no chunk size: \(size)") }
        let bytes = try take(count)
        _ = try take(2)
        return count == 0 ? nil : bytes
    }

    private func line() throws -> String {
        while true {
            if let end = buffer.firstIndex(of: 10) {
                defer { buffer.removeSubrange(...end) }
                return String(decoding: buffer[..<end].filter { $0 != 13 }, as: UTF8.self)
            }
            guard try fill() else { throw Failure("closed before the end of a line") }
        }
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while buffer.count < count { guard try fill() else { throw Failure("closed before the end of the body") } }
        defer { buffer.removeFirst(count) }
        return Array(buffer.prefix(count))
    }

    /// False when the server has closed.
    private func fill() throws -> Bool {
        if isEnded { return false }
        var piece = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &piece, piece.count, 0)
        if count > 0 {
            buffer += piece.prefix(count)
            return true
        }
        guard count == 0 || errno == ECONNRESET || errno == EPIPE else { throw Failure("no answer in time (errno \(errno))") }
        isEnded = true
        return false
    }
}
