import Glibc
import WireJSON

/// Changes values inside documents rather than bytes of their text, which would hardly ever remain JSON. Nil leaves an input to
/// libFuzzer's own changes of bytes.
struct Mutator {
    private var random: UInt64

    init(seed: UInt32) { random = UInt64(seed) }

    /// A call's input or its body.
    mutating func call(_ bytes: [UInt8]) -> [UInt8]? {
        guard !isOne(of: 4) else { return nil }
        var lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false).map(Array.init)
        guard lines.count == 3 else { return nil }
        let place = isOne(of: 3) ? 1 : 2
        guard let document = try? JSON.parse(lines[place]) else { return nil }
        lines[place] = changed(document).serialized()
        return Array(lines.joined(separator: [UInt8(ascii: "\n")]))
    }

    /// An answer, whose header then counts its bytes again.
    mutating func frame(_ bytes: [UInt8]) -> [UInt8]? {
        guard !isOne(of: 4), bytes.count > 12, let document = try? JSON.parse(Array(bytes[12...])) else { return nil }
        let answer = changed(document).serialized()
        return bytes[..<8] + withUnsafeBytes(of: UInt32(answer.count).littleEndian) { Array($0) } + answer
    }

    static func changeBytes(_ start: UnsafeMutablePointer<UInt8>, _ count: Int, _ most: Int) -> Int {
        changeBytesOfLibFuzzer(start, count, most)
    }

    private mutating func changed(_ document: JSON) -> JSON {
        var result = document
        repeat {
            let (place, other) = (number(below: count(result)), number(below: count(result)))
            let found = node(other, of: result)
            result = replacing(place, of: result) { $0.change($1, or: found) }
        } while isOne(of: 3)
        return result
    }

    /// Values that providers never send and programs stumble over.
    private static let hostile: [JSON] = [
        .null, true, false, 0, -1, 1, .int(.max), .int(.min), 4_294_967_296, 9_007_199_254_740_993, 1e300, -0.5, 1e19, "", " ",
        "0", "-1",
        "9223372036854775808", "2026-02-30T25:61:61Z", "\u{0}", "\u{FEFF}", "e\u{301}", "👩‍👩‍👧‍👦", "//", "http://[", "https://a@b/",
        "%zz", "{}",
        [], [:], [[]], .string(String(repeating: "ы", count: 600)), .string(String(repeating: "x", count: 4_000)),
    ]

    private mutating func change(_ value: JSON, or other: JSON) -> JSON {
        switch number(below: 6) {
        case 0: return element(of: Self.hostile) ?? .null
        case 1: return other
        case 2: return element(of: words).map(JSON.string) ?? other
        default: break
        }
        switch value {
        case .int(let number):
            return .int([number &+ 1, number &- 1, 0 &- number, number &* 1_000, number / 1_000][self.number(below: 5)])
        case .string(let text): return .string(changed(text))
        case .array(let values): return .array(changed(values, or: other))
        case .object(let object): return .object(changed(object, or: other))
        case .double(let number): return .double(number * [-1, 0.1, 1e6][self.number(below: 3)])
        case .bool(let flag): return .bool(!flag)
        case .null: return other
        }
    }

    private func changed(_ text: String) -> String {
        var bytes = Array(text.utf8)
        let count = bytes.count
        bytes += [UInt8](repeating: 0, count: 64)
        let filled = bytes.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.map { changeBytesOfLibFuzzer($0, count, buffer.count) } ?? 0
        }
        return String(decoding: bytes[..<filled], as: UTF8.self)
    }

    private mutating func changed(_ values: [JSON], or other: JSON) -> [JSON] {
        var result = values
        let place = number(below: values.count)
        switch number(below: 4) {
        case 0: if !result.isEmpty { result.remove(at: place) }
        case 1: result.insert(other, at: place)
        case 2: for _ in 0..<number(below: 40) { result += values.prefix(4) }
        default: result.reverse()
        }
        return result
    }

    private mutating func changed(_ object: JSON.Object, or other: JSON) -> JSON.Object {
        var result = object
        let key = isOne(of: 2) ? element(of: words) ?? "a" : element(of: object.members)?.key ?? "a"
        if isOne(of: 3) {
            result.members.removeAll { $0.key == key }
        } else if let place = result.members.firstIndex(where: { $0.key == key }) {
            result.members[place].value = other
        } else {
            result.add(key, isOne(of: 2) ? other : element(of: Self.hostile))
        }
        return result
    }
}

/// Walking a document: its values are counted from the top, each before what it holds.
extension Mutator {
    private func children(_ value: JSON) -> [JSON] { value.array ?? value.object?.members.map(\.value) ?? [] }

    private func count(_ value: JSON) -> Int { children(value).reduce(1) { $0 + count($1) } }

    private func node(_ place: Int, of value: JSON) -> JSON {
        var rest = place - 1
        for child in children(value) where rest >= 0 {
            let size = count(child)
            if rest < size { return node(rest, of: child) }
            rest -= size
        }
        return value
    }

    private mutating func replacing(_ place: Int, of value: JSON, by change: (inout Mutator, JSON) -> JSON) -> JSON {
        if place == 0 { return change(&self, value) }
        var rest = place - 1
        for (index, child) in children(value).enumerated() {
            let size = count(child)
            if rest < size { return value.with(replacing(rest, of: child, by: change), at: index) }
            rest -= size
        }
        return value
    }
}

extension JSON {
    fileprivate func with(_ child: JSON, at index: Int) -> JSON {
        switch self {
        case .array(var values):
            values[index] = child
            return .array(values)
        case .object(var object):
            object.members[index].value = child
            return .object(object)
        default: return self
        }
    }
}

extension Mutator {
    private mutating func number(below bound: Int) -> Int {
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return bound > 0 ? Int((random >> 33) % UInt64(bound)) : 0
    }

    private mutating func isOne(of many: Int) -> Bool { number(below: many) == 0 }

    private mutating func element<Element>(of list: [Element]) -> Element? {
        list.isEmpty ? nil : list[number(below: list.count)]
    }
}

/// The words that the sources of the target know, each in quotes on a line: libFuzzer's dictionary.
private let words: [String] = {
    guard let path = getenv("SEVENSALES_FUZZ_WORDS"), let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var (result, line): ([String], [CChar]) = ([], [CChar](repeating: 0, count: 256))
    while fgets(&line, Int32(line.count), file) != nil {
        result.append(
            String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).filter { !"\"\n".contains($0) }
        )
    }
    return result
}()

/// libFuzzer's own change, guided by what it has seen compared: bytes, their count, and how many there may be.
@_silgen_name("LLVMFuzzerMutate")
private func changeBytesOfLibFuzzer(_ start: UnsafeMutablePointer<UInt8>, _ count: Int, _ most: Int) -> Int
