/// One event of a `text/event-stream`.
package struct SSEEvent: Hashable, Sendable {
    /// `message` unless the stream says otherwise.
    package var type = "message"
    package var data: String
    /// The last id seen so far, also when this event did not set one.
    package var lastEventID = ""

    package init(type: String = "message", data: String, lastEventID: String = "") {
        (self.type, self.data, self.lastEventID) = (type, data, lastEventID)
    }
}

/// Reads a `text/event-stream` as WHATWG HTML 9.2.6 does, from pieces of any size.
///
/// Bytes are kept until their line is complete and only then decoded, so a letter may be split between pieces. An event
/// that the end of the stream cuts off is never returned.
package struct SSEParser: Sendable {
    /// The reconnection time the stream asked for.
    package private(set) var retry: Duration?
    private let limit: Int
    private var line: [UInt8] = []
    private var data: String?
    private var dataSize = 0
    private var type = ""
    private var lastEventID = ""
    private var endedWithReturn = false
    private var atStart = true

    /// `limit` bounds one event, in bytes.
    package init(limit: Int = 1 << 20) { self.limit = limit }

    /// The events that `bytes` complete.
    ///
    /// Throws `EgressError` with the reason `tooLarge` when an event passes the limit; the parser is of no use after that.
    package mutating func feed(_ bytes: some Sequence<UInt8>) throws -> [SSEEvent] {
        var events: [SSEEvent] = []
        for byte in bytes {
            let followsReturn = endedWithReturn
            endedWithReturn = byte == 13
            if byte == 10, followsReturn { continue }
            if byte == 10 || byte == 13 {
                if let event = endLine() { events.append(event) }
            } else {
                line.append(byte)
                guard line.count + dataSize <= limit else { throw EgressError(.tooLarge(limit: limit), .maybeSent) }
            }
        }
        return events
    }

    private mutating func endLine() -> SSEEvent? {
        defer { line.removeAll(keepingCapacity: true) }
        if atStart {
            atStart = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        guard !line.isEmpty else { return dispatch() }
        let colon = line.firstIndex(of: 58)
        let name = line[..<(colon ?? line.endIndex)]
        var value = colon.map { line[($0 + 1)...] } ?? []
        if value.first == 32 { value = value.dropFirst() }
        if name.elementsEqual("data".utf8) {
            let text = String(decoding: value, as: UTF8.self)
            if data == nil { data = text } else { data?.append("\n" + text) }
            dataSize += value.count + 1
        } else if name.elementsEqual("event".utf8) {
            type = String(decoding: value, as: UTF8.self)
        } else if name.elementsEqual("id".utf8) {
            if !value.contains(0) { lastEventID = String(decoding: value, as: UTF8.self) }
        } else if name.elementsEqual("retry".utf8) {
            if !value.isEmpty, value.allSatisfy({ (48...57).contains($0) }),
                let milliseconds = Int64(String(decoding: value, as: UTF8.self))
            {
                retry = .milliseconds(milliseconds)
            }
        }
        return nil
    }

    private mutating func dispatch() -> SSEEvent? {
        defer { (data, dataSize, type) = (nil, 0, "") }
        return data.map { SSEEvent(type: type.isEmpty ? "message" : type, data: $0, lastEventID: lastEventID) }
    }
}
