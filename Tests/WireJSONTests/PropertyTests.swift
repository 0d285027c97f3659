import Testing
import WireJSON

struct PropertyTests {
    /// SplitMix64: the same numbers on every run.
    struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    @Test func `every finite double survives`() throws {
        var random = Seeded(state: 1)
        for _ in 0..<20_000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            #expect(try JSON.parse(JSON.double(value).serialized()).double == value)
        }
    }

    @Test func `every short decimal is read like the standard library reads it`() throws {
        var random = Seeded(state: 2)
        for _ in 0..<20_000 {
            let digits = Int64.random(in: -10_000_000_000_000_000...10_000_000_000_000_000, using: &random)
            let text =
                "\(digits).\(UInt16.random(in: 0...999, using: &random))e\(Int.random(in: -30...30, using: &random))"
            #expect(try JSON.parse(text).double == Double(text))
        }
    }

    @Test func `every integer survives`() throws {
        var random = Seeded(state: 3)
        for _ in 0..<20_000 {
            let value = Int64(bitPattern: random.next()) >> Int64.random(in: 0...63, using: &random)
            #expect(try JSON.parse(JSON.int(value).serialized()) == .int(value))
            #expect(JSON.int(value).text == String(value))
        }
    }

    @Test func `random trees survive and have one form`() throws {
        var random = Seeded(state: 4)
        for _ in 0..<1_000 {
            let tree = Self.tree(depth: 4, &random)
            let bytes = tree.serialized()
            #expect(try JSON.parse(bytes) == tree)
            #expect(try JSON.parse(bytes).serialized() == bytes)
        }
    }

    @Test func `damaged documents never trap, and what is still accepted has one form`() throws {
        var random = Seeded(state: 5)
        for _ in 0..<5_000 {
            var bytes = Self.tree(depth: 3, &random).serialized()
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                default: bytes.removeSubrange(index...)
                }
            }
            guard let value = try? JSON.parse(bytes) else { continue }
            #expect(try JSON.parse(value.serialized()) == value)
        }
    }

    private static func tree(depth: Int, _ random: inout Seeded) -> JSON {
        switch Int.random(in: 0...(depth > 0 ? 7 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .int(Int64(bitPattern: random.next()))
        case 3: return .double(Double(Int32.random(in: .min ... .max, using: &random)) / 64 + 0.001)
        case 4, 5: return .string(text(&random))
        case 6: return .array((0..<Int.random(in: 0...5, using: &random)).map { _ in tree(depth: depth - 1, &random) })
        default:
            var object = JSON.Object()
            for index in 0..<Int.random(in: 0...8, using: &random) {
                object.add("\(index):" + text(&random), tree(depth: depth - 1, &random))
            }
            return .object(object)
        }
    }

    private static func text(_ random: inout Seeded) -> String {
        let alphabet: [Unicode.Scalar] = [
            "a", "Z", "0", "\"", "\\", "/", "\n", "\u{1}", "ж", "қ", "€", "😀", "\u{301}", "\u{7F}",
        ]
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...20, using: &random) {
            scalars.append(alphabet.randomElement(using: &random) ?? "a")
        }
        return String(scalars)
    }
}
