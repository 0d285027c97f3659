import Foundation
import Kernel
import Testing

struct IdentifierTests {
    static let edges: [Identifier<Never>] = [
        Identifier(high: 0, low: 0), Identifier(high: .max, low: .max), Identifier(high: 1, low: 1 << 63), Identifier(),
    ]

    @Test(arguments: edges) func `text, bytes, UUID and JSON are the same identifier`(id: Identifier<Never>) throws {
        #expect(Identifier<Never>(id.description) == id)
        #expect(Identifier<Never>(id.description.uppercased()) == id)
        #expect(Identifier<Never>(bytes: id.bytes) == id)
        #expect(id.bytes.count == 16)
        let uuid = try #require(UUID(uuidString: id.description))
        #expect(Identifier<Never>(uuid) == id)
        #expect(id.description == uuid.uuidString.lowercased())
        #expect(try JSONDecoder().decode([Identifier<Never>].self, from: JSONEncoder().encode([id])) == [id])
    }

    @Test func `new identifiers strictly increase, in every form`() {
        let ids = (0..<20_000).map { _ in Identifier<Never>() }
        #expect(zip(ids, ids.dropFirst()).allSatisfy { $0.0 < $0.1 })
        let texts = ids.map(\.description)
        #expect(texts == texts.sorted())
    }

    @Test func `identifiers made at once in many tasks differ`() async {
        let all = await withTaskGroup(of: [Identifier<Never>].self) { group in
            for _ in 0..<8 { group.addTask { (0..<5_000).map { _ in Identifier<Never>() } } }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(all).count == 40_000)
    }

    @Test func `a new identifier is a UUIDv7 of now`() {
        let before = SystemTime().now().microseconds / 1_000
        let id = Identifier<Never>()
        let after = SystemTime().now().microseconds / 1_000
        #expect(id.high >> 12 & 0xF == 7, "version")
        #expect(id.low >> 62 == 0b10, "variant")
        // Identifiers of the tests beside this one may have pushed the counter ahead by a few milliseconds.
        #expect((before...(after + 50)).contains(Int64(id.high >> 16)))
    }

    @Test(arguments: [
        "", "-", "0197a000-0000-7000-8000-00000000000", "0197a000-0000-7000-8000-0000000000000",
        "0197a000-0000-7000-8000-00000000000g",
        "0197a00000007000800000000000000", "0197a000000070008000000000000000", "{0197a000-0000-7000-8000-000000000000}",
        " 0197a000-0000-7000-8000-000000000000", "0197a000-0000-7000-8000-000000000000\n", "0197a000_0000_7000_8000_000000000000",
        "0197a000--000-7000-8000-000000000000", "------------------------------------", "०१९७a000-0000-7000-8000-000000000000",
        "null",
        "0197a000-0000-7000-8000-00000000000\u{0}", "../../../../../../../etc/passwd00000",
        String(repeating: "0", count: 1_000_000),
    ]) func `anything else is no identifier`(text: String) {
        #expect(Identifier<Never>(text) == nil)
        #expect(throws: (any Error).self) {
            try JSONDecoder().decode([Identifier<Never>].self, from: JSONEncoder().encode([text]))
        }
    }

    @Test(arguments: [0, 1, 15, 17, 100]) func `bytes of another length are no identifier`(count: Int) {
        #expect(Identifier<Never>(bytes: [UInt8](repeating: 1, count: count)) == nil)
    }

    @Test func `the same bytes may identify something else`() {
        let contact = ContactID()
        #expect(UserID(sameAs: contact).bytes == contact.bytes)
    }
}
