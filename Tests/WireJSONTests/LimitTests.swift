import Testing
import WireJSON

/// F-21: no document costs more than its limits.
struct LimitTests {
    @Test(arguments: [("[", "]"), (#"{"a":"#, "}")])
    func `depth is limited`(row: (String, String)) throws {
        func nested(_ depth: Int) -> String {
            String(repeating: row.0, count: depth) + "1" + String(repeating: row.1, count: depth)
        }
        #expect(throws: Never.self) { try JSON.parse(nested(64)) }
        for depth in [65, 100, 6_400, 100_000] {
            #expect(throws: JSONError.self) { try JSON.parse(nested(depth)) }
        }
        let generous = JSONLimits(bytes: 10_000_000, depth: .max, nodes: .max)
        #expect(throws: JSONError.self) { try JSON.parse(nested(100_000), limits: generous) }
    }

    @Test func `nodes are limited`() throws {
        func list(_ count: Int) -> String { "[" + Array(repeating: "0", count: count).joined(separator: ",") + "]" }
        #expect(throws: Never.self) { try JSON.parse(list(19_999)) }
        for count in [20_000, 200_000] {
            #expect(throws: JSONError.self) { try JSON.parse(list(count)) }
        }
    }

    @Test func `bytes are limited`() throws {
        let limits = JSONLimits(bytes: 10)
        #expect(throws: Never.self) { try JSON.parse("\"12345678\"", limits: limits) }
        #expect(throws: JSONError.self) { try JSON.parse("\"123456789\"", limits: limits) }
    }

    @Test func `a hundred thousand keys are refused before they cost time`() {
        let keys = (0..<100_000).map { "\"\($0)\":0" }.joined(separator: ",")
        let limits = JSONLimits(bytes: 10_000_000)
        #expect(throws: JSONError.self) { try JSON.parse("{\(keys)}", limits: limits) }
    }

    @Test func `keys with equal fingerprints are told apart`() throws {
        // Same length, same first and last eight bytes.
        let keys = (100..<130).map { "\"beginning\($0)the-ending\":0" }.joined(separator: ",")
        #expect(try JSON.parse("{\(keys)}").object?.members.count == 30)
    }
}
