import Egress
import Testing

struct SSEParserTests {
    static let text = """
        \u{FEFF}: a comment\r\ndata: первая\ndata:  вторая\r\revent: delta\r\nid: 7\ndata:{"a":1}\r\n\r\n\
        retry: 1500\nretry: x\nunknown: y\ndata\n\nevent: lost\n\nid: a\0b\ndata:🙂\n\nid\ndata: [DONE]\n\ndata: cut off
        """
    static let events = [
        SSEEvent(data: "первая\n вторая"), SSEEvent(type: "delta", data: "{\"a\":1}", lastEventID: "7"),
        SSEEvent(data: "", lastEventID: "7"), SSEEvent(data: "🙂", lastEventID: "7"), SSEEvent(data: "[DONE]"),
    ]

    @Test func `every way to split the bytes in two gives the same events`() throws {
        let bytes = Array(Self.text.utf8)
        for split in 0...bytes.count {
            var parser = SSEParser()
            let events = try parser.feed(bytes[..<split]) + parser.feed(bytes[split...])
            #expect(events == Self.events, "split at \(split)")
            #expect(parser.retry == .milliseconds(1_500))
        }
        var parser = SSEParser()
        #expect(try bytes.flatMap { try parser.feed([$0]) } == Self.events)
    }

    @Test(arguments: [
        ("data: a\n\n", ["a"]), ("data:a\r\r", ["a"]), ("data:a\r\n\r\n", ["a"]), ("\n\n\n", []), ("data\n\n", [""]),
        ("data:\ndata:\n\n", ["\n"]), (":\n\n", []), ("Data: a\n\n", []), (" data: a\n\n", []), ("data : a\n\n", []),
        ("data: a", []), ("data: a\n", []), ("data: a\n\r", ["a"]), ("data:\u{FEFF}a\n\n", ["\u{FEFF}a"]),
        ("data: a:b: c\n\n", ["a:b: c"]),
    ])
    func `the small print`(text: String, data: [String]) throws {
        var parser = SSEParser()
        #expect(try parser.feed(Array(text.utf8)).map(\.data) == data)
    }

    @Test func `bytes that are no UTF-8 become replacement characters`() throws {
        var parser = SSEParser()
        #expect(
            try parser.feed(Array("data: ".utf8) + [0xFF, 0xC3] + Array("\n\n".utf8)).first?.data == "\u{FFFD}\u{FFFD}")
    }

    @Test(arguments: [(100, true), (101, false), (10_000, false)])
    func `an event at the limit is taken and one past it is not`(size: Int, fits: Bool) throws {
        var one = SSEParser(limit: 100)
        let line = Array("data:\(String(repeating: "a", count: size - 5))\n\n".utf8)
        if fits {
            #expect(try one.feed(line).count == 1)
        } else {
            #expect(throws: EgressError(.tooLarge(limit: 100), .maybeSent)) { try one.feed(line) }
        }
        var many = SSEParser(limit: 100)
        let lines = Array(repeating: Array("data:\n".utf8), count: size).flatMap { $0 }
        #expect(throws: EgressError.self) { try many.feed(lines) }
    }
}
