import Testing

@testable import Channels

/// Small files built by hand, as cameras and messengers build them.
enum Pictures {
    /// What no kept byte may say.
    static let secret = Array("43.238949,76.889709".utf8)

    static func big(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    static func segment(_ marker: UInt8, _ body: [UInt8]) -> [UInt8] { [0xFF, marker] + big(body.count + 2, 2) + body }

    /// Exif in the byte order of the camera: turned by `turning`, with a place.
    static func exif(turning: Int, bigEndian: Bool) -> [UInt8] {
        func number(_ value: Int, _ count: Int) -> [UInt8] { bigEndian ? big(value, count) : big(value, count).reversed() }
        let entries = [(0x010F, 2, secret.count, 38), (0x0112, 3, 1, bigEndian ? turning << 16 : turning), (0x8825, 4, 1, 38)]
        let body = entries.flatMap { number($0.0, 2) + number($0.1, 2) + number($0.2, 4) + number($0.3, 4) }
        let header: [UInt8] = Array((bigEndian ? "MM" : "II").utf8) + number(42, 2) + number(8, 4)
        return Array("Exif\0\0".utf8) + header + number(entries.count, 2) + body + number(0, 4) + secret
    }

    static func jpeg(turning: Int = 1, bigEndian: Bool = true) -> [UInt8] {
        let start: [UInt8] = [0xFF, 0xD8]
        let scan: [UInt8] = segment(0xDA, [1, 1, 0, 0, 63, 0]) + [0x11, 0xFF, 0x00, 0x22, 0xFF, 0xD3, 0x33]
        let head = segment(0xE0, Array("JFIF\0".utf8) + [1, 2, 0, 0, 1, 0, 1, 0, 0])
        let told =
            segment(0xE1, exif(turning: turning, bigEndian: bigEndian))
            + segment(0xE1, Array("http://ns.adobe.com/xap/1.0/\0".utf8) + secret) + segment(0xED, secret) + segment(0xFE, secret)
        // A second picture after the end, with its own Exif, as phones with several lenses write it.
        return start + head + told + segment(0xDB, Array(repeating: 16, count: 65)) + scan + [0xFF, 0xD9]
            + start + segment(0xE1, exif(turning: 1, bigEndian: true)) + [0xFF, 0xD9]
    }

    static func png(coded: Int = 3) -> [UInt8] {
        func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] { big(body.count, 4) + Array(name.utf8) + body + [1, 2, 3, 4] }
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", Array(repeating: 1, count: 13))
            + chunk("eXIf", secret) + chunk("iTXt", secret) + chunk("IDAT", Array(repeating: 9, count: coded)) + chunk("IEND", [])
            + secret
    }

    static func webp() -> [UInt8] {
        func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
            Array(name.utf8) + big(body.count, 4).reversed() + body + (body.count % 2 == 1 ? [0] : [])
        }
        let chunks =
            chunk("VP8X", [0x2C, 0, 0, 0, 1, 0, 0, 1, 0, 0]) + chunk("VP8 ", [1, 2, 3]) + chunk("EXIF", secret)
            + chunk("XMP ", secret)
        return Array("RIFF".utf8) + big(chunks.count + 4, 4).reversed() + Array("WEBP".utf8) + chunks
    }

    static func film() -> [UInt8] {
        func box(_ name: String, _ body: [UInt8]) -> [UInt8] { big(body.count + 8, 4) + Array(name.utf8) + body }
        let track = box("trak", box("tkhd", [1, 2, 3]) + box("udta", secret))
        return box("ftyp", Array("isom".utf8) + [0, 0, 2, 0])
            + box("moov", box("mvhd", [7]) + track + box("udta", secret) + box("meta", secret))
            + box("mdat", [5, 5, 5])
    }

    static func tells(_ bytes: [UInt8]) -> Bool { bytes.indices.contains { bytes[$0...].starts(with: secret) } }
}

struct PictureDataTests {
    @Test func `a picture loses its place and keeps its turning`() throws {
        for bigEndian in [true, false] {
            for turning in 1...8 {
                let before = Pictures.jpeg(turning: turning, bigEndian: bigEndian)
                #expect(Pictures.tells(before))
                let after = try #require(PictureData.cleaned(before, type: "image/jpeg"))
                #expect(!Pictures.tells(after) && after.suffix(2) == [0xFF, 0xD9])
                #expect(Self.turning(after) == (turning == 1 ? nil : turning))
                // The coded picture itself is untouched, restarts and stuffing included.
                #expect(after.suffix(9) == [0x11, 0xFF, 0x00, 0x22, 0xFF, 0xD3, 0x33, 0xFF, 0xD9])
                // What is clean stays as it is.
                #expect(PictureData.cleaned(after, type: "image/jpeg").map(Self.turning) == Self.turning(after))
            }
        }
    }

    private static func turning(_ bytes: [UInt8]) -> Int? {
        let tag: [UInt8] = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0]
        return bytes.indices.first { bytes[$0...].starts(with: tag) }.map { Int(bytes[$0 + tag.count]) }
    }

    @Test func `other formats lose it too, and nothing in a film moves`() throws {
        for (type, before) in [("image/png", Pictures.png()), ("image/webp", Pictures.webp()), ("video/mp4", Pictures.film())] {
            #expect(Pictures.tells(before))
            let after = try #require(PictureData.cleaned(before, type: type))
            #expect(!Pictures.tells(after), "\(type)")
            if type == "video/mp4" { #expect(after.count == before.count && after.suffix(3) == [5, 5, 5]) }
        }
        let webp = try #require(PictureData.cleaned(Pictures.webp(), type: "image/webp"))
        #expect(webp[4...7].reversed().reduce(0) { $0 << 8 | Int($1) } == webp.count - 8)
        #expect(webp[20] & 0x0C == 0)
    }

    /// Hostile files: cut anywhere, any byte changed. Nothing traps, and what comes out is never longer than it may be.
    @Test func `no damage does harm`() {
        var seed: UInt64 = 42
        func random(_ limit: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % limit
        }
        let files = [
            ("image/jpeg", Pictures.jpeg(turning: 6)), ("image/png", Pictures.png()), ("image/webp", Pictures.webp()),
            ("video/mp4", Pictures.film()),
        ]
        for (type, file) in files {
            for end in 0...file.count { _ = PictureData.cleaned(Array(file.prefix(end)), type: type) }
            for _ in 0..<3_000 {
                var damaged = file
                for _ in 0...random(4) { damaged[random(damaged.count)] = UInt8(random(256)) }
                let cleaned = PictureData.cleaned(damaged, type: type)
                #expect((cleaned?.count ?? 0) <= damaged.count + 36)
            }
        }
    }

    @Test func `the bytes decide what a file is`() {
        #expect(FileType.of(Pictures.jpeg(), claimed: "text/html") == "image/jpeg")
        #expect(FileType.of(Array("<html><script>".utf8), claimed: "image/png") == FileType.unknown)
        #expect(FileType.of(Array("<svg xmlns=".utf8), claimed: "image/svg+xml") == FileType.unknown)
        #expect(FileType.of(Array("%PDF-1.7".utf8), claimed: "image/png") == "application/pdf")
        let word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        #expect(FileType.of([0x50, 0x4B, 3, 4, 1], claimed: word) == word)
        #expect(FileType.of([0x50, 0x4B, 3, 4, 1], claimed: "text/html") == "application/zip")
        #expect(FileType.of(Array("a;b".utf8), claimed: "text/csv; charset=utf-8") == "text/csv")
        #expect(!FileType.isInline("application/pdf") && !FileType.isInline("image/svg+xml") && FileType.isInline("image/webp"))
    }

    @Test func `names of files are harmless`() {
        #expect(FileName.safe("../../etc/passwd", type: "") == "passwd")
        #expect(FileName.safe("C:\\Users\\x\\счёт.pdf", type: "") == "счёт.pdf")
        #expect(FileName.safe("photo\u{202E}gpj.exe", type: "") == "photogpj.exe.bin")
        #expect(FileName.safe("", type: "image/jpeg") == "file.jpg")
        #expect(FileName.safe("..", type: "") == "file")
        #expect(FileName.safe(String(repeating: "я", count: 4_000) + ".pdf", type: "").count <= 120)
        #expect(FileName.safe(String(repeating: "я", count: 4_000) + ".pdf", type: "").hasSuffix(".pdf"))
        #expect(FileName.safe("a\0b\r\nc.txt", type: "") == "abc.txt")
    }
}
