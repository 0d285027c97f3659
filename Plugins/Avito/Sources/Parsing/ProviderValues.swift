import ChannelKit

/// Reading what Avito writes sometimes one way and sometimes another.
extension JSON {
    /// An identifier: a string, or a number where Avito counts. Empty ones and zero are none, and so is what no host would keep.
    var identifier: String? {
        if let number = int { return number > 0 ? String(number) : nil }
        return words(upTo: 512).flatMap { $0 == "0" ? nil : $0 }
    }

    /// The address of a picture, short enough for a file reference.
    var picture: String? { words(upTo: 1_024) }

    /// Seconds since 1970 as the contract's milliseconds.
    var moment: Int64? { int.flatMap { $0 > 0 ? Milliseconds.ofSeconds($0) : nil } }
}

/// Files of messages as `download` gets them.
enum FileReference {
    private static let voicePrefix = "voice:"

    /// A voice message is kept by its id: its address lives an hour.
    static func forVoice(_ id: String) -> String { voicePrefix + id }

    /// The id of a voice message; nil for a picture's address.
    static func voice(_ file: String) -> String? {
        file.hasPrefix(voicePrefix) ? String(file.dropFirst(voicePrefix.count)) : nil
    }

    /// The largest of the addresses under keys such as `1280x960`.
    static func largest(_ sizes: JSON?) -> (url: String, width: Int64, height: Int64)? {
        var best: (url: String, width: Int64, height: Int64)?
        for member in sizes?.object?.members ?? [] {
            let numbers = member.key.split(separator: "x", omittingEmptySubsequences: false).map { Int64($0) ?? 0 }
            guard let url = member.value.picture, numbers.count == 2, numbers.allSatisfy({ (1...100_000).contains($0) }) else {
                continue
            }
            let found = (url: url, width: numbers[0], height: numbers[1])
            if let known = best, known.width * known.height >= found.width * found.height { continue }
            best = found
        }
        return best
    }
}
