import ChannelsInterface
import Foundation
import Kernel

extension WebChatSettings {
    /// The settings as they are kept: blanks cut off, origins as browsers write them. Throws `Problem.invalid` naming the first that
    /// cannot be kept, and what would do.
    func checked() throws -> WebChatSettings {
        var checked = self
        checked.title = try Self.lines(title, "title", most: 100, isLine: true)
        checked.greeting = try Self.lines(greeting, "greeting", most: 1_000)
        checked.launcher.label = try Self.lines(launcher.label, "launcher.label", most: 30, isLine: true)
        checked.offlineMessage = try Self.lines(offlineMessage, "offline_message", most: 1_000)
        checked.consent.text = try Self.lines(consent.text, "consent.text", most: 2_000)
        checked.consent.link = try Self.link(consent.link)
        checked.color = color.lowercased()
        guard let paint = WebColor(checked.color) else { throw Self.problem("color", "expected a colour as #2563eb") }
        guard paint.contrast(with: .white) >= Self.leastContrast else {
            throw Self.problem("color", "nearly white: nobody finds the button on a white page; take a stronger colour")
        }
        checked.initials = initials.trimmingCharacters(in: .whitespacesAndNewlines)
        guard checked.initials.count <= 3, checked.initials.utf8.count <= 64, Self.isPrintable(checked.initials, isLine: true)
        else {
            throw Self.problem("initials", "at most 3 characters")
        }
        try Self.check(avatar: avatar)
        guard !languages.isEmpty, Set(languages).count == languages.count else {
            throw Self.problem("languages", "expected at least one language, each once")
        }
        guard languages.contains(language) else { throw Self.problem("language", "expected one of the chat's languages") }
        try hours.check()
        checked.origins = try Self.origins(origins)
        return checked
    }

    /// Paler colours vanish on a white page.
    private static let leastContrast = 1.2
    /// Bytes of a picture's address: some 18 KB of picture.
    private static let largestAvatar = 24_000
    private static let mostOrigins = 50

    private static func problem(_ field: String, _ reason: String) -> Problem {
        .invalid(field: "web_chat.\(field)", reason)
    }

    private static func lines(_ text: SpokenText, _ field: String, most: Int, isLine: Bool = false) throws -> SpokenText {
        var kept = SpokenText()
        for language in Language.allCases {
            let line = text[language]?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
            // Characters may be made of any number of bytes.
            guard line.count <= most, line.utf8.count <= most * 8, isPrintable(line, isLine: isLine) else {
                throw problem("\(field).\(language.rawValue)", "at most \(most) characters\(isLine ? " on one line" : "")")
            }
            kept[language] = line.isEmpty ? nil : line
        }
        return kept
    }

    private static func isPrintable(_ text: String, isLine: Bool) -> Bool {
        text.unicodeScalars.allSatisfy { ($0.value >= 32 && $0.value != 127) || (!isLine && $0 == "\n") }
    }

    private static func link(_ text: String) throws -> String {
        let link = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !link.isEmpty else { return "" }
        let scheme = ["https://", "http://"].first { link.lowercased().hasPrefix($0) }
        guard link.utf8.count <= 1_000, let scheme, link.unicodeScalars.allSatisfy({ $0.value > 32 && $0.value != 127 }),
            URL(string: link)?.host()?.isEmpty == false, link.utf8.count > scheme.utf8.count
        else { throw problem("consent.link", "expected the address of a page that begins with https://") }
        return link
    }

    private static func check(avatar: String) throws {
        guard !avatar.isEmpty else { return }
        let starts =
            ["data:image/png;base64,": [0x89, 0x50, 0x4E, 0x47], "data:image/jpeg;base64,": [0xFF, 0xD8, 0xFF]]
            as [String: [UInt8]]
        guard avatar.utf8.count <= largestAvatar else { throw problem("avatar", "at most \(largestAvatar) bytes") }
        guard let (start, magic) = starts.first(where: { avatar.hasPrefix($0.key) }),
            let picture = Data(base64Encoded: String(avatar.dropFirst(start.count))), picture.starts(with: magic)
        else { throw problem("avatar", "expected a PNG or JPEG picture as a data: address") }
    }

    private static func origins(_ texts: [String]) throws -> [String] {
        guard texts.count <= mostOrigins else { throw problem("origins", "at most \(mostOrigins)") }
        return try texts.enumerated().reduce(into: []) { kept, item in
            guard let origin = PageOrigin(item.element.trimmingCharacters(in: .whitespacesAndNewlines)) else {
                throw problem(
                    "origins.[\(item.offset)]",
                    "expected the beginning of a page's address, as https://shop.example, in Latin letters")
            }
            if !kept.contains(origin.text) { kept.append(origin.text) }
        }
    }
}

extension WorkingHours {
    private static let mostPeriods = 28

    func check() throws {
        guard TimeZone(identifier: timeZone) != nil, TimeZone.knownTimeZoneIdentifiers.contains(timeZone) || timeZone == "UTC"
        else {
            throw Problem.invalid(field: "web_chat.hours.time_zone", "expected a time zone as Asia/Almaty")
        }
        guard periods.count <= Self.mostPeriods else {
            throw Problem.invalid(field: "web_chat.hours.periods", "at most \(Self.mostPeriods)")
        }
        var taken: [Int: [Range<Int>]] = [:]
        for (index, period) in periods.enumerated() {
            let field = "web_chat.hours.periods.[\(index)]"
            guard (1...7).contains(period.day) else { throw Problem.invalid(field: "\(field).day", "expected 1 to 7") }
            guard let from = Self.minutes(period.from) else {
                throw Problem.invalid(field: "\(field).from", "expected a time as 09:00")
            }
            guard let to = Self.minutes(period.to) else {
                throw Problem.invalid(field: "\(field).to", "expected a time as 18:00")
            }
            guard from < to else { throw Problem.invalid(field: "\(field).to", "must be later than the beginning") }
            guard taken[period.day]?.contains(where: { $0.overlaps(from..<to) }) != true else {
                throw Problem.invalid(field: "\(field).from", "overlaps with another period of the day")
            }
            taken[period.day, default: []].append(from..<to)
        }
    }
}
