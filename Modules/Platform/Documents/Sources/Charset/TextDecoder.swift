/// Turns bytes into text: by the byte order mark, else by the declared charset, else by what the bytes look like.
struct TextDecoder {
    /// Lower-case, from the content type.
    let declared: String?

    func decode(_ bytes: [UInt8], isHTML: Bool) throws -> String {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return try utf8(bytes.dropFirst(3), named: "utf-8") }
        if bytes.starts(with: [0xFF, 0xFE]) { return try utf16(bytes.dropFirst(2), isLittle: true, named: "utf-16") }
        if bytes.starts(with: [0xFE, 0xFF]) { return try utf16(bytes.dropFirst(2), isLittle: false, named: "utf-16") }
        if let named = try decode(bytes, as: declared) { return named }
        if bytes.contains(0) {
            guard let isLittle = Self.looksLikeUTF16(bytes) else { throw DocumentError.unsupported(BinarySignature.unknown) }
            return try utf16(bytes[...], isLittle: isLittle, named: nil)
        }
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        if isHTML, let named = try decode(bytes, as: Self.metaCharset(bytes)) { return named }
        guard Windows1251.isLikely(bytes) else { throw DocumentError.unknownCharset(nil) }
        return Windows1251.decode(bytes)
    }

    /// Nil when no charset is named, or one that says nothing about the bytes.
    private func decode(_ bytes: [UInt8], as name: String?) throws -> String? {
        switch name {
        case "utf-8", "utf8":
            // Senders write "utf-8" without looking; the bytes know better.
            return String(validating: bytes, as: UTF8.self).flatMap { $0.utf8.contains(0) ? nil : $0 }
        case "utf-16le": return try utf16(bytes[...], isLittle: true, named: name)
        case "utf-16be", "utf-16": return try utf16(bytes[...], isLittle: false, named: name)
        case "windows-1251", "cp1251", "x-cp1251", "win-1251":
            guard !bytes.contains(0) else { throw DocumentError.unknownCharset(name) }
            return Windows1251.decode(bytes)
        default: return nil
        }
    }

    private func utf8(_ bytes: ArraySlice<UInt8>, named name: String) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(0) else {
            throw DocumentError.unknownCharset(name)
        }
        return text
    }

    private func utf16(_ bytes: ArraySlice<UInt8>, isLittle: Bool, named name: String?) throws -> String {
        guard bytes.count.isMultiple(of: 2) else { throw DocumentError.unknownCharset(name) }
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        var high: UInt8?
        for byte in bytes {
            guard let first = high else {
                high = byte
                continue
            }
            units.append(isLittle ? UInt16(byte) << 8 | UInt16(first) : UInt16(first) << 8 | UInt16(byte))
            high = nil
        }
        guard !units.contains(0), let text = String(validating: units, as: UTF16.self) else {
            throw DocumentError.unknownCharset(name)
        }
        return text
    }

    /// Text without a mark: nearly every unit is Latin or Cyrillic, so one byte of each pair is 0, 4 or 0x20.
    private static func looksLikeUTF16(_ bytes: [UInt8]) -> Bool? {
        guard bytes.count.isMultiple(of: 2) else { return nil }
        var (little, big, units) = (0, 0, 0)
        for (offset, byte) in bytes.prefix(8_192).enumerated() {
            let isHigh = byte == 0 || byte == 4 || byte == 0x20
            if offset.isMultiple(of: 2) { big += isHigh ? 1 : 0 } else { little += isHigh ? 1 : 0 }
            units += 1
        }
        let needed = units / 2 * 9 / 10
        return little > needed && little > big ? true : big > needed && big > little ? false : nil
    }

    /// The charset that a page's head names.
    private static func metaCharset(_ bytes: [UInt8]) -> String? {
        let head = String(decoding: bytes.prefix(4_096).map { $0 < 0x80 ? $0 : 0x3F }, as: UTF8.self).lowercased()
        guard let found = head.firstRange(of: "charset=") else { return nil }
        return String(
            head[found.upperBound...].drop { $0 == "\"" || $0 == "'" }.prefix {
                $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_"
            })
    }
}
