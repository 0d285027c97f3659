import ChannelKit

/// The vCard of a shared contact.
struct ContactCard {
    private let text: String
    /// With a plus sign, digits only.
    let phone: String?
    let name: String?

    init(_ text: String) {
        self.text = text
        var (phone, name): (String?, String?) = (nil, nil)
        // `TEL;TYPE=cell:77015550011`, possibly with a group before it: `item1.TEL:+7 701 …`.
        for line in text.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let property = line[..<colon].prefix { $0 != ";" }.split(separator: ".").last?.uppercased()
            if property == "TEL", phone == nil { phone = Self.number(line) }
            if property == "FN", name == nil, line.index(after: colon) < line.endIndex {
                name = String(line[line.index(after: colon)...])
            }
        }
        (self.phone, self.name) = (phone, name)
    }

    /// Whether MAX made the card for the bot of this token.
    func isGenuine(hash: String?, token: String) -> Bool {
        guard let hash else { return false }
        let digest = SHA256.authentication(of: Array(text.utf8), key: Array(token.utf8))
        let expected = digest.flatMap { [Hexadecimal.lower($0 >> 4), Hexadecimal.lower($0 & 0x0F)] }
        return isSameSecret(hash, String(decoding: expected, as: UTF8.self))
    }

    /// The digits behind the last colon, as in `TEL;VALUE=uri:tel:+7701…`.
    private static func number(_ line: Substring) -> String? {
        let value = line.split(separator: ":").last ?? ""
        let digits = value.utf8.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard (5...20).contains(digits.count) else { return nil }
        return "+" + String(decoding: digits, as: UTF8.self)
    }
}
