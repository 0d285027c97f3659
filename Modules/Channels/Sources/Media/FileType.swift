/// What a file is, by its bytes. What its sender claims decides nothing: a page of HTML named photo.jpg must never open as a page.
enum FileType {
    static let unknown = "application/octet-stream"

    /// How many first bytes tell.
    static let prefix = 64

    private static let inline: Set = [
        "image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac",
        "audio/wav", "audio/flac", "video/mp4", "video/webm", "video/quicktime", "video/3gpp",
    ]

    /// Formats that are archives inside: the bytes say zip, and the claim is worth repeating, since all of them are downloads.
    private static let archives: Set = [
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet", "application/epub+zip",
    ]
    private static let texts: Set = ["text/plain", "text/csv"]

    /// Whether a browser may show it in place; anything else is a download.
    static func isInline(_ type: String) -> Bool { inline.contains(type) }

    static func of(_ bytes: some Collection<UInt8>, claimed: String) -> String {
        let start = Array(bytes.prefix(prefix))
        let claimed = String(claimed.lowercased().prefix { $0 != ";" }.filter { !$0.isWhitespace })
        if let found = magic(start) {
            return found == "application/zip" && archives.contains(claimed) ? claimed : found
        }
        return texts.contains(claimed) && !start.contains(0) ? claimed : unknown
    }

    /// The kind of message it makes: a picture, a voice, a document.
    static func kind(of type: String) -> String {
        switch type {
        case "image/jpeg", "image/png", "image/webp": "image"
        case "image/gif": "animation"
        case "video/mp4", "video/webm", "video/quicktime", "video/3gpp": "video"
        case "audio/ogg": "voice"
        default: type.hasPrefix("audio/") ? "audio" : "document"
        }
    }

    private static func magic(_ bytes: [UInt8]) -> String? {
        func has(_ text: StaticString, at offset: Int = 0) -> Bool {
            let wanted = text.withUTF8Buffer { Array($0) }
            return bytes.count >= offset + wanted.count && Array(bytes[offset..<offset + wanted.count]) == wanted
        }
        func begins(_ wanted: UInt8...) -> Bool { bytes.starts(with: wanted) }
        if begins(0xFF, 0xD8, 0xFF) { return "image/jpeg" }
        if begins(0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A) { return "image/png" }
        if has("GIF87a") || has("GIF89a") { return "image/gif" }
        if has("RIFF") { return has("WEBP", at: 8) ? "image/webp" : has("WAVE", at: 8) ? "audio/wav" : nil }
        if has("OggS") { return "audio/ogg" }
        if has("fLaC") { return "audio/flac" }
        if has("#!AMR") { return "audio/amr" }
        if has("%PDF-") { return "application/pdf" }
        if begins(0x50, 0x4B, 0x03, 0x04) { return "application/zip" }
        if begins(0x1A, 0x45, 0xDF, 0xA3) { return "video/webm" }
        if has("ftyp", at: 4) { return isoBrand(has) }
        if has("ID3") || begins(0xFF, 0xFB) || begins(0xFF, 0xF3) || begins(0xFF, 0xF2) { return "audio/mpeg" }
        if begins(0xFF, 0xF1) || begins(0xFF, 0xF9) { return "audio/aac" }
        return nil
    }

    /// ISO base media files name their brand after `ftyp`.
    private static func isoBrand(_ has: (StaticString, Int) -> Bool) -> String {
        if has("M4A", 8) || has("M4B", 8) { return "audio/mp4" }
        if has("qt  ", 8) { return "video/quicktime" }
        if has("3gp", 8) || has("3g2", 8) { return "video/3gpp" }
        if has("avif", 8) { return "image/avif" }
        if has("hei", 8) || has("hev", 8) || has("mif1", 8) || has("msf1", 8) { return "image/heic" }
        return "video/mp4"
    }
}
