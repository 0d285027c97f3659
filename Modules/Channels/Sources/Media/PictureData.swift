/// Pictures and films without what their cameras wrote into them: where, when and with which device they were taken.
///
/// A picture's turning is kept. Nothing is decoded, so no decoder's fault can be reached.
enum PictureData {
    /// Nil when `bytes` are not built as `type` demands, or `type` carries nothing that is removed.
    static func cleaned(_ bytes: [UInt8], type: String) -> [UInt8]? {
        switch type {
        case "image/jpeg": JPEG(bytes: bytes).cleaned()
        case "image/png": PNG(bytes: bytes).cleaned()
        case "image/webp": WebP(bytes: bytes).cleaned()
        case "video/mp4", "video/quicktime", "video/3gpp", "audio/mp4": ISOMedia(bytes: bytes).cleaned()
        case "image/heic", "image/avif": HEIF(bytes: bytes).cleaned()
        default: nil
        }
    }
}

/// Reading of big- and little-endian numbers that ends at the end.
private struct Bytes {
    let bytes: [UInt8]

    func byte(_ at: Int) -> UInt8? { bytes.indices.contains(at) ? bytes[at] : nil }

    func number(_ at: Int, _ count: Int, bigEndian: Bool = true) -> Int? {
        guard at >= 0, count <= 4, at <= bytes.count - count else { return nil }
        let part = bytes[at..<at + count]
        return (bigEndian ? Array(part) : part.reversed()).reduce(0) { $0 << 8 | Int($1) }
    }

    func has(_ text: StaticString, at offset: Int) -> Bool {
        text.withUTF8Buffer { wanted in
            offset >= 0 && offset <= bytes.count - wanted.count && zip(bytes[offset...], wanted).allSatisfy(==)
        }
    }
}

/// A JPEG file is segments, then coded data, then more of both, up to its end marker.
private struct JPEG {
    let data: Bytes
    init(bytes: [UInt8]) { data = Bytes(bytes: bytes) }

    private static let (endOfImage, startOfScan): (UInt8, UInt8) = (0xD9, 0xDA)

    func cleaned() -> [UInt8]? {
        guard data.number(0, 2) == 0xFFD8 else { return nil }
        var result: [UInt8] = [0xFF, 0xD8]
        result.reserveCapacity(data.bytes.count)
        var position = 2
        while true {
            // Markers may be preceded by any number of fill bytes.
            guard data.byte(position) == 0xFF else { return nil }
            while data.byte(position + 1) == 0xFF { position += 1 }
            guard let marker = data.byte(position + 1) else { return nil }
            // What follows the end is no part of the picture: phones put a second one there, with everything in it again.
            if marker == Self.endOfImage { return result + [0xFF, marker] }
            guard let length = data.number(position + 2, 2), length >= 2, position + 2 + length <= data.bytes.count else {
                return nil
            }
            let segment = position..<position + 2 + length
            if let kept = kept(marker, segment) { result += kept }
            position = segment.upperBound
            if marker == Self.startOfScan {
                let end = endOfScan(from: position)
                result += data.bytes[position..<end]
                position = end
            }
        }
    }

    /// A segment as it stays: whole, without most of it, or not at all.
    private func kept(_ marker: UInt8, _ segment: Range<Int>) -> [UInt8]? {
        let body = segment.lowerBound + 4
        switch marker {
        case 0xE1: return data.has("Exif\0\0", at: body) ? turning(at: body + 6) : nil
        case 0xE2 where data.has("MPF\0", at: body): return nil
        // Captions, comments and what cameras and programs keep for themselves.
        case 0xE3...0xED, 0xEF, 0xFE: return nil
        default: return Array(data.bytes[segment])
        }
    }

    /// An Exif segment that says how the picture is turned and nothing else; nil when it is not turned.
    private func turning(at tiff: Int) -> [UInt8]? {
        let isBig = data.has("MM", at: tiff)
        guard isBig || data.has("II", at: tiff), let first = data.number(tiff + 4, 4, bigEndian: isBig),
            let count = data.number(tiff + first, 2, bigEndian: isBig)
        else { return nil }
        for entry in 0..<count {
            let at = tiff + first + 2 + entry * 12
            guard let tag = data.number(at, 2, bigEndian: isBig) else { return nil }
            guard tag == 0x0112 else { continue }
            guard let value = data.number(at + 8, 2, bigEndian: isBig), (2...8).contains(value) else { return nil }
            let header: [UInt8] = [0xFF, 0xE1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0, 0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1]
            return header + [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, UInt8(value), 0, 0, 0, 0, 0, 0]
        }
        return nil
    }

    /// Where coded data ends: at the first marker that is neither stuffing nor a restart.
    private func endOfScan(from start: Int) -> Int {
        let bytes = data.bytes
        var at = start
        while at + 1 < bytes.count {
            if bytes[at] == 0xFF, bytes[at + 1] != 0, !(0xD0...0xD7).contains(bytes[at + 1]) { return at }
            at += 1
        }
        return bytes.count
    }
}

/// A PNG file is chunks: length, name, content, checksum.
private struct PNG {
    let data: Bytes
    init(bytes: [UInt8]) { data = Bytes(bytes: bytes) }

    private static let removed: [StaticString] = ["eXIf", "tEXt", "zTXt", "iTXt", "tIME"]

    func cleaned() -> [UInt8]? {
        var result = Array(data.bytes.prefix(8))
        result.reserveCapacity(data.bytes.count)
        var position = 8
        while let length = data.number(position, 4), position + 12 + length <= data.bytes.count {
            let chunk = position..<position + 12 + length
            if !Self.removed.contains(where: { data.has($0, at: position + 4) }) { result += data.bytes[chunk] }
            if data.has("IEND", at: position + 4) { return result }
            position = chunk.upperBound
        }
        return nil
    }
}

/// A WebP file is chunks in a RIFF file: name, length, content, padding to an even length.
private struct WebP {
    let data: Bytes
    init(bytes: [UInt8]) { data = Bytes(bytes: bytes) }

    func cleaned() -> [UInt8]? {
        guard let announced = data.number(4, 4, bigEndian: false), announced <= data.bytes.count - 8 else { return nil }
        let end = announced + 8
        var chunks: [UInt8] = []
        chunks.reserveCapacity(end)
        var position = 12
        while position < end {
            guard let length = data.number(position + 4, 4, bigEndian: false) else { return nil }
            let next = position + 8 + length + length % 2
            // The last padding is left out by some writers.
            guard next <= end + 1 else { return nil }
            var chunk = Array(data.bytes[position..<min(next, end)])
            // The extended header announces what is removed.
            if data.has("VP8X", at: position), chunk.count > 8 { chunk[8] &= ~0x0C }
            if !data.has("EXIF", at: position), !data.has("XMP ", at: position) { chunks += chunk }
            position = next
        }
        let size = UInt32(clamping: chunks.count + 4)
        let header: [UInt8] = [0x52, 0x49, 0x46, 0x46] + (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * UInt32($0))) }
        return header + [0x57, 0x45, 0x42, 0x50] + chunks
    }
}

/// An MP4 or QuickTime film is boxes in boxes. Nothing may move, because others point into it: a box that tells too much is renamed to
/// `free`, which players skip, and emptied.
private struct ISOMedia {
    let data: Bytes
    init(bytes: [UInt8]) { data = Bytes(bytes: bytes) }

    func cleaned() -> [UInt8]? {
        var result = data.bytes
        guard clean(0..<result.count, &result, depth: 0) else { return nil }
        return result
    }

    /// False when the boxes do not fit into each other.
    private func clean(_ range: Range<Int>, _ result: inout [UInt8], depth: Int) -> Bool {
        var position = range.lowerBound
        while position + 8 <= range.upperBound {
            guard var size = data.number(position, 4) else { return false }
            var header = 8
            if size == 1 {
                // A 64-bit length; files here are far shorter, so its upper half is zero.
                guard data.number(position + 8, 4) == 0, let long = data.number(position + 12, 4) else { return false }
                (size, header) = (long, 16)
            } else if size == 0 {
                size = range.upperBound - position
            }
            guard size >= header, position + size <= range.upperBound else { return false }
            let content = position + header..<position + size
            if tellsTooMuch(position) {
                result.replaceSubrange(position + 4..<position + 8, with: [0x66, 0x72, 0x65, 0x65])
                result.replaceSubrange(content, with: repeatElement(0, count: content.count))
            } else if depth < 4, ["moov", "trak"].contains(where: { data.has($0, at: position + 4) }) {
                guard clean(content, &result, depth: depth + 1) else { return false }
            }
            position += size
        }
        return true
    }

    /// User data and metadata of the film and its tracks: title, maker, and the place.
    private func tellsTooMuch(_ box: Int) -> Bool {
        ["udta", "meta", "uuid"].contains { data.has($0, at: box + 4) }
    }
}

/// A HEIF or AVIF picture is items that lie anywhere in the file; its `meta` box tells their kinds and places. Nothing may move,
/// so what tells too much is overwritten where it lies. How the picture is turned is told elsewhere.
private struct HEIF {
    private typealias Box = (name: String, content: Range<Int>)
    let data: Bytes
    init(bytes: [UInt8]) { data = Bytes(bytes: bytes) }

    func cleaned() -> [UInt8]? {
        guard let outer = boxes(0..<data.bytes.count), let meta = outer.first(where: { $0.name == "meta" })?.content,
            let inner = boxes(meta.dropFirst(4))
        else { return nil }
        func content(_ name: String) -> Range<Int>? { inner.first { $0.name == name }?.content }
        guard let kinds = content("iinf").flatMap(telling), let places = content("iloc").flatMap({ places($0, content("idat")) })
        else { return nil }
        var result = data.bytes
        var removed = (outer + inner).filter { $0.name == "uuid" || $0.name == "udta" }.map(\.content)
        for (item, ranges) in places where kinds.contains(item) { removed += ranges }
        // A file made to be overwritten a million times is no picture.
        guard removed.reduce(0, { $0 + $1.count }) <= 2 * result.count else { return nil }
        for range in removed { result.replaceSubrange(range, with: repeatElement(0, count: range.count)) }
        return result
    }

    /// Nil when they do not fit into each other.
    private func boxes(_ range: Range<Int>) -> [Box]? {
        var found: [Box] = []
        var position = range.lowerBound
        while position + 8 <= range.upperBound {
            guard var size = data.number(position, 4) else { return nil }
            var header = 8
            if size == 1 {
                guard data.number(position + 8, 4) == 0, let long = data.number(position + 12, 4) else { return nil }
                (size, header) = (long, 16)
            } else if size == 0 {
                size = range.upperBound - position
            }
            guard size >= header, position + size <= range.upperBound else { return nil }
            let name = String(decoding: data.bytes[position + 4..<position + 8], as: UTF8.self)
            found.append((name, position + header..<position + size))
            position += size
        }
        return found
    }

    /// The numbers of the items that hold Exif or XMP.
    private func telling(_ list: Range<Int>) -> Set<Int>? {
        guard let version = data.byte(list.lowerBound), let entries = boxes(list.dropFirst(version == 0 ? 6 : 8)) else {
            return nil
        }
        var found: Set<Int> = []
        for entry in entries where entry.name == "infe" {
            let start = entry.content.lowerBound
            // The older forms know files of any type, but no pictures.
            guard let version = data.byte(start), version == 2 || version == 3 else { return nil }
            let width = version == 2 ? 2 : 4
            guard let item = data.number(start + 4, width) else { return nil }
            let type = start + 4 + width + 2
            if data.has("Exif", at: type) || data.has("mime", at: type) { found.insert(item) }
        }
        return found
    }

    /// Where each item's bytes lie.
    private func places(_ list: Range<Int>, _ own: Range<Int>?) -> [(item: Int, ranges: [Range<Int>])]? {
        var position = list.lowerBound
        func next(_ width: Int) -> Int? {
            defer { position += width }
            switch width {
            case 0: return 0
            case 8: return data.number(position, 4) == 0 ? data.number(position + 4, 4) : nil
            default: return position + width <= list.upperBound ? data.number(position, width) : nil
            }
        }
        guard let version = next(1), version <= 2, next(3) != nil, let sizes = next(1), let more = next(1),
            let count = next(version < 2 ? 2 : 4)
        else { return nil }
        var found: [(item: Int, ranges: [Range<Int>])] = []
        for _ in 0..<count {
            guard let item = next(version < 2 ? 2 : 4), let method = next(version == 0 ? 0 : 2), next(2) != nil,
                let base = next(more >> 4), let extents = next(2), extents <= 1 || sizes != 0
            else { return nil }
            var ranges: [Range<Int>] = []
            for _ in 0..<extents {
                guard next(version == 0 ? 0 : more & 15) != nil, let offset = next(sizes >> 4), let length = next(sizes & 15)
                else { return nil }
                // Within the file, or within the box for small items; items made of items hold nothing themselves.
                let origin = method & 15 == 0 ? 0 : method & 15 == 1 ? own?.lowerBound : nil
                guard let origin else { continue }
                let start = origin + base + offset
                // Without a length it is the rest of the file.
                let end = length == 0 ? data.bytes.count : start + length
                guard start <= end, end <= data.bytes.count else { return nil }
                ranges.append(start..<end)
            }
            found.append((item, ranges))
        }
        return found
    }
}
