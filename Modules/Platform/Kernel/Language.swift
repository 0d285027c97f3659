/// A language the product speaks to people in.
package enum Language: String, Codable, CaseIterable, Sendable {
    case english = "en"
    case russian = "ru"
    case kazakh = "kk"

    /// Tells the language of a short text by its letters; nil when it has no tell-tale ones.
    ///
    /// Kazakh is Cyrillic with nine letters Russian lacks. A Kazakh phrase without any of them reads as Russian, which costs
    /// nothing but the wrong stemmer.
    package init?(guessing text: String) {
        var (cyrillic, latin) = (0, 0)
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x04D8, 0x04D9, 0x0492, 0x0493, 0x049A, 0x049B, 0x04A2, 0x04A3, 0x04E8, 0x04E9, 0x04B0, 0x04B1, 0x04AE,
                0x04AF, 0x04BA, 0x04BB, 0x0406, 0x0456:
                self = .kazakh
                return
            case 0x0410...0x044F, 0x0401, 0x0451: cyrillic += 1
            case 0x41...0x5A, 0x61...0x7A: latin += 1
            default: break
            }
        }
        guard cyrillic + latin > 0 else { return nil }
        self = cyrillic >= latin ? .russian : .english
    }
}
