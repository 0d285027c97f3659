import AsyncAlgorithms
import HTTPTypes
import Kernel

/// Server-sent events (WHATWG HTML, section 9.2) with a heartbeat, so that proxies keep the connection and browsers notice its end.
package enum EventStream {
    package struct Frame: Sendable {
        package let id: String?
        package let event: String
        package let data: String

        package init(id: String? = nil, event: String, data: String) { (self.id, self.event, self.data) = (id, event, data) }

        var bytes: [UInt8] {
            var bytes: [UInt8] = []
            if let id { Self.append("id", id, to: &bytes) }
            Self.append("event", event, to: &bytes)
            Self.append("data", data, to: &bytes)
            return bytes + [10]
        }

        /// One line for each line of `value`. CR ends a line too, and CR LF is a single `Character`, so this goes by bytes.
        private static func append(_ field: String, _ value: String, to bytes: inout [UInt8]) {
            for line in value.utf8.split(omittingEmptySubsequences: false, whereSeparator: { $0 == 10 || $0 == 13 }) {
                bytes += Array("\(field): ".utf8) + line + [10]
            }
        }
    }

    /// Frames a slow client may fall behind before its stream ends; it then reconnects and resumes.
    private static let queueLength = 256

    /// A reply that sends `frames` until they end or the client goes. A ping goes out whenever `heartbeat` passes.
    package static func reply(_ frames: AsyncStream<Frame>, heartbeat: Duration = .seconds(15)) -> Reply {
        let (stream, continuation) = AsyncStream.makeStream(of: [UInt8].self, bufferingPolicy: .bufferingOldest(queueLength))
        let pump = Task {
            let pings = AsyncTimerSequence(interval: heartbeat, clock: .continuous).map { _ in Array(": ping\n\n".utf8) }
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await frame in frames { if case .dropped = continuation.yield(frame.bytes) { return } }
                }
                group.addTask { for await ping in pings { continuation.yield(ping) } }
                await group.next()
                group.cancelAll()
            }
            continuation.finish()
        }
        continuation.onTermination = { _ in pump.cancel() }
        return Reply(
            status: .ok,
            headers: [
                .contentType: "text/event-stream", .cacheControl: "no-store",
                .init("X-Accel-Buffering") ?? .contentLanguage: "no",
            ], body: .stream(stream))
    }
}
