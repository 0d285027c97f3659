extension JSONParser {
    /// Reads the string whose opening quote is at `position`. `fingerprint` tells most different strings apart.
    mutating func string(_ fingerprint: inout UInt64) throws(JSONError) -> String {
        let start = position + 1
        var isASCII = true
        let end = plainEnd(from: start, &isASCII)
        guard end < count else { throw JSONError(.unexpectedEnd, at: count) }
        guard base[end] == UInt8(ascii: "\"") else {
            return try escapedString(from: start, plainUntil: end, &fingerprint)
        }
        position = end + 1
        let bytes = UnsafeBufferPointer(start: base + start, count: end - start)
        fingerprint = Self.fingerprint(bytes)
        if isASCII { return String(decoding: bytes, as: UTF8.self) }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw JSONError(.badUTF8, at: start) }
        return text
    }

    /// The index of the first quote, backslash or control character, eight bytes at a time.
    private func plainEnd(from start: Int, _ isASCII: inout Bool) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        var index = start
        while index + 8 <= count {
            let word = UInt64(littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            let stops =
                ((word &- (ones &* 0x20)) & ~word) | ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
            let found = stops & highs
            if found != 0 {
                let before = found.trailingZeroBitCount & ~7
                if word & highs & ((1 << UInt64(before)) &- 1) != 0 { isASCII = false }
                return index + before / 8
            }
            if word & highs != 0 { isASCII = false }
            index += 8
        }
        while index < count {
            let byte = base[index]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C { return index }
            if byte >= 0x80 { isASCII = false }
            index += 1
        }
        return index
    }

    private mutating func escapedString(
        from start: Int, plainUntil firstStop: Int, _ fingerprint: inout UInt64
    ) throws(JSONError) -> String {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(firstStop - start + 64)
        var (plain, stop, isASCII) = (start, firstStop, true)
        while true {
            guard stop < count else { throw JSONError(.unexpectedEnd, at: count) }
            decoded.append(contentsOf: UnsafeBufferPointer(start: base + plain, count: stop - plain))
            let byte = base[stop]
            if byte == UInt8(ascii: "\"") { break }
            guard byte == UInt8(ascii: "\\") else { throw JSONError(.controlCharacter, at: stop) }
            position = stop + 1
            try escape(into: &decoded)
            plain = position
            stop = plainEnd(from: plain, &isASCII)
        }
        position = stop + 1
        fingerprint = decoded.withUnsafeBufferPointer(Self.fingerprint)
        guard let text = String(validating: decoded, as: UTF8.self) else { throw JSONError(.badUTF8, at: start) }
        return text
    }

    /// Reads what follows a backslash at `position`.
    private mutating func escape(into decoded: inout [UInt8]) throws(JSONError) {
        guard position < count else { throw JSONError(.unexpectedEnd, at: count) }
        let byte = base[position]
        position += 1
        switch byte {
        case 0x22, 0x5C, 0x2F: decoded.append(byte)
        case UInt8(ascii: "b"): decoded.append(0x08)
        case UInt8(ascii: "f"): decoded.append(0x0C)
        case UInt8(ascii: "n"): decoded.append(0x0A)
        case UInt8(ascii: "r"): decoded.append(0x0D)
        case UInt8(ascii: "t"): decoded.append(0x09)
        case UInt8(ascii: "u"): try unicodeEscape(into: &decoded)
        default: throw JSONError(.badEscape, at: position - 1)
        }
    }

    private mutating func unicodeEscape(into decoded: inout [UInt8]) throws(JSONError) {
        let at = position
        var code = try fourHexDigits()
        switch code {
        case 0: guard limits.allowsNUL else { throw JSONError(.nulCharacter, at: at) }
        case 0xD800...0xDBFF:
            guard position + 1 < count, base[position] == 0x5C, base[position + 1] == UInt8(ascii: "u") else {
                throw JSONError(.loneSurrogate, at: at)
            }
            position += 2
            let low = try fourHexDigits()
            guard (0xDC00...0xDFFF).contains(low) else { throw JSONError(.loneSurrogate, at: at) }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        case 0xDC00...0xDFFF: throw JSONError(.loneSurrogate, at: at)
        default: break
        }
        guard let scalar = Unicode.Scalar(code) else { throw JSONError(.badEscape, at: at) }
        decoded.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    private mutating func fourHexDigits() throws(JSONError) -> UInt32 {
        guard position + 4 <= count else { throw JSONError(.unexpectedEnd, at: count) }
        var value: UInt32 = 0
        for _ in 0..<4 {
            let byte = base[position]
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x37
            case 0x61...0x66: digit = byte - 0x57
            default: throw JSONError(.badEscape, at: position)
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    /// Length, first and last bytes: cheap, and different for almost all keys that occur together.
    private static func fingerprint(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        guard let base = bytes.baseAddress, bytes.count > 0 else { return 0 }
        let raw = UnsafeRawPointer(base)
        let count = bytes.count
        if count >= 8 {
            let head = raw.loadUnaligned(as: UInt64.self)
            let tail = raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
            return head ^ (tail &* 0x9E37_79B9_7F4A_7C15) ^ UInt64(truncatingIfNeeded: count)
        }
        var word = UInt64(truncatingIfNeeded: count)
        for byte in bytes { word = word << 8 | UInt64(byte) }
        return word
    }
}

extension JSONParser {
    /// Reads the number at `position`.
    mutating func number() throws(JSONError) -> JSON {
        let start = position
        let isNegative = base[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        var digits = DecimalDigits()
        let leading = try integerDigits(&digits)
        var isWhole = true
        var exponent = 0
        if position < count, base[position] == UInt8(ascii: ".") {
            isWhole = false
            position += 1
            exponent = -(try someDigits(&digits))
        }
        if position < count, base[position] | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            exponent += try explicitExponent()
        }
        if isWhole, leading <= 19, !digits.isInexact {
            if !isNegative, let value = Int64(exactly: digits.value) { return .int(value) }
            if isNegative, digits.value <= UInt64(1) << 63 { return .int(Int64(truncatingIfNeeded: 0 &- digits.value)) }
        }
        if !digits.isInexact, digits.value < 1 << 53, (-22...22).contains(exponent) {
            // Both factors are exact, so one rounding remains: the correctly rounded result.
            let magnitude = Double(digits.value)
            let value = exponent < 0 ? magnitude / powersOfTen[-exponent] : magnitude * powersOfTen[exponent]
            return .double(isNegative ? -value : value)
        }
        let text = String(decoding: UnsafeBufferPointer(start: base + start, count: position - start), as: UTF8.self)
        guard let value = Double(text), value.isFinite else { throw JSONError(.badNumber, at: start) }
        return .double(value)
    }

    private mutating func integerDigits(_ digits: inout DecimalDigits) throws(JSONError) -> Int {
        guard position < count else { throw JSONError(.badNumber, at: position) }
        if base[position] == UInt8(ascii: "0") {
            position += 1
            if position < count, Self.isDigit(base[position]) { throw JSONError(.badNumber, at: position) }
            return 1
        }
        return try someDigits(&digits)
    }

    private mutating func someDigits(_ digits: inout DecimalDigits) throws(JSONError) -> Int {
        let start = position
        while position < count, Self.isDigit(base[position]) {
            digits.append(base[position] - 0x30)
            position += 1
        }
        guard position > start else { throw JSONError(.badNumber, at: position) }
        return position - start
    }

    private mutating func explicitExponent() throws(JSONError) -> Int {
        position += 1
        var isNegative = false
        if position < count, base[position] == UInt8(ascii: "-") || base[position] == UInt8(ascii: "+") {
            isNegative = base[position] == UInt8(ascii: "-")
            position += 1
        }
        var digits = DecimalDigits()
        _ = try someDigits(&digits)
        // Beyond four digits the value is zero or infinite anyway; the slow path finds out which.
        let magnitude = digits.isInexact || digits.value > 9_999 ? 9_999 : Int(digits.value)
        return isNegative ? -magnitude : magnitude
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
}

/// Decimal digits read into 64 bits, as long as they fit.
private struct DecimalDigits {
    private(set) var value: UInt64 = 0
    private(set) var isInexact = false

    mutating func append(_ digit: UInt8) {
        let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
        let (sum, carry) = shifted.addingReportingOverflow(UInt64(digit))
        if overflow || carry { isInexact = true } else { value = sum }
    }
}

private let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21,
    1e22,
]
