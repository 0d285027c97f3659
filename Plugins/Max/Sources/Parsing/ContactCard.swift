import ChannelKit

/// The vCard of a shared contact.
struct ContactCard {
    private let text: String
    /// With a plus sign, digits only.
    let phone: String?
    let name: String?

    init(_ text: String) {
        self.text = text
        let card = VCard(text)
        (phone, name) = (card.phones.lazy.compactMap(Self.number).first, card.name)
    }

    /// Whether MAX made the card for the bot of this token.
    func isGenuine(hash: String?, token: String) -> Bool {
        isSignature(hash, of: Array(text.utf8), key: token)
    }

    /// The digits behind the last colon, as in `TEL;VALUE=uri:tel:+7701…`.
    private static func number(_ value: String) -> String? {
        let digits = (value.split(separator: ":").last ?? "").utf8.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard (5...20).contains(digits.count) else { return nil }
        return "+" + String(decoding: digits, as: UTF8.self)
    }
}
