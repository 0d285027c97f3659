extension JSON {
    /// Reads one strict RFC 8259 document, whitespace around it allowed and nothing else.
    ///
    /// Refused beyond the grammar: a byte order mark, duplicate keys of one object, invalid UTF-8, lone surrogates, numbers
    /// that are not finite, and whatever exceeds `limits`. Never recurses deeper than `limits.depth` (at most 512).
    public static func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits = .webhook
    ) throws(JSONError) -> JSON {
        guard bytes.count <= limits.bytes else { throw JSONError(.tooLarge, at: limits.bytes) }
        guard let base = bytes.baseAddress, bytes.count > 0 else { throw JSONError(.empty, at: 0) }
        var parser = JSONParser(base: base, count: bytes.count, limits: limits)
        return try parser.document()
    }

    public static func parse(_ bytes: [UInt8], limits: JSONLimits = .webhook) throws(JSONError) -> JSON {
        let result: Result<JSON, JSONError> = bytes.withUnsafeBufferPointer { buffer in
            do throws(JSONError) { return .success(try parse(buffer, limits: limits)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    public static func parse(_ text: String, limits: JSONLimits = .webhook) throws(JSONError) -> JSON {
        try parse(Array(text.utf8), limits: limits)
    }
}

/// Recursive descent over borrowed bytes. Every read is preceded by a comparison of `position` with `count`.
///
/// Members and elements collect on shared stacks and move into exactly sized arrays when their container closes: one
/// allocation per container, whatever its size.
struct JSONParser: ~Copyable {
    let base: UnsafePointer<UInt8>
    let count: Int
    let limits: JSONLimits
    var position = 0
    private var nodes = 0
    private let depthLimit: Int
    private var elements = ParserStack<JSON>()
    private var members = ParserStack<JSON.Member>()
    private var fingerprints = ParserStack<UInt64>()

    init(base: UnsafePointer<UInt8>, count: Int, limits: JSONLimits) {
        (self.base, self.count, self.limits) = (base, count, limits)
        depthLimit = min(limits.depth, 512)
    }

    mutating func document() throws(JSONError) -> JSON {
        if count >= 3, base[0] == 0xEF, base[1] == 0xBB, base[2] == 0xBF { throw JSONError(.byteOrderMark, at: 0) }
        skipSpace()
        guard position < count else { throw JSONError(.empty, at: position) }
        let value = try value(depth: 0)
        skipSpace()
        guard position == count else { throw JSONError(.trailingBytes, at: position) }
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSON {
        nodes += 1
        guard nodes <= limits.nodes else { throw JSONError(.tooManyNodes, at: position) }
        guard position < count else { throw JSONError(.unexpectedEnd, at: position) }
        switch base[position] {
        case UInt8(ascii: "\""):
            var fingerprint: UInt64 = 0
            return .string(try string(&fingerprint))
        case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw JSONError(.unexpectedByte, at: position)
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSON.Object {
        guard depth <= depthLimit else { throw JSONError(.tooDeep, at: position) }
        position += 1
        skipSpace()
        if take(UInt8(ascii: "}")) { return JSON.Object() }
        let start = members.count
        while true {
            guard position < count else { throw JSONError(.unexpectedEnd, at: position) }
            guard base[position] == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte, at: position) }
            let keyOffset = position
            var fingerprint: UInt64 = 0
            let key = try string(&fingerprint)
            skipSpace()
            try expect(UInt8(ascii: ":"))
            skipSpace()
            let value = try value(depth: depth)
            guard !isDuplicate(key, fingerprint, from: start) else { throw JSONError(.duplicateKey, at: keyOffset) }
            // Inner objects have popped theirs, so both stacks still end with this object's members.
            fingerprints.push(fingerprint)
            members.push(JSON.Member(key: key, value: value))
            skipSpace()
            if take(UInt8(ascii: ",")) {
                skipSpace()
                continue
            }
            try expect(UInt8(ascii: "}"))
            if members.count - start > Self.pairwise, hasDuplicates(from: start) {
                throw JSONError(.duplicateKey, at: position)
            }
            fingerprints.drop(to: start)
            return JSON.Object(members.pop(from: start))
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSON] {
        guard depth <= depthLimit else { throw JSONError(.tooDeep, at: position) }
        position += 1
        skipSpace()
        if take(UInt8(ascii: "]")) { return [] }
        let start = elements.count
        while true {
            elements.push(try value(depth: depth))
            skipSpace()
            if take(UInt8(ascii: ",")) {
                skipSpace()
                continue
            }
            try expect(UInt8(ascii: "]"))
            return elements.pop(from: start)
        }
    }

    /// Objects up to this size compare keys pairwise, larger ones once at their end through a randomly keyed set.
    private static let pairwise = 32

    private func isDuplicate(_ key: String, _ fingerprint: UInt64, from start: Int) -> Bool {
        guard members.count - start < Self.pairwise else { return false }
        for index in start..<members.count where fingerprints[index] == fingerprint {
            if hasSameBytes(members[index].key, key) { return true }
        }
        return false
    }

    private func hasDuplicates(from start: Int) -> Bool {
        var seen: Set<KeyBytes> = []
        seen.reserveCapacity(members.count - start)
        for index in start..<members.count where !seen.insert(KeyBytes(text: members[index].key)).inserted {
            return true
        }
        return false
    }

    @inline(__always)
    private mutating func skipSpace() {
        while position < count, base[position] <= 0x20 {
            switch base[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    @inline(__always)
    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < count, base[position] == byte else { return false }
        position += 1
        return true
    }

    @inline(__always)
    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard position < count else { throw JSONError(.unexpectedEnd, at: position) }
        guard base[position] == byte else { throw JSONError(.unexpectedByte, at: position) }
        position += 1
    }

    private mutating func word(_ text: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        for offset in 0..<text.utf8CodeUnitCount { try expect(text.utf8Start[offset]) }
        return value
    }
}

/// `==` of strings is canonical equivalence; keys are compared byte by byte.
private func hasSameBytes(_ a: String, _ b: String) -> Bool { a == b && a.utf8.elementsEqual(b.utf8) }

private struct KeyBytes: Hashable {
    let text: String

    static func == (a: Self, b: Self) -> Bool { hasSameBytes(a.text, b.text) }
    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
