import Kernel

/// Text from outside, made fit to be shown to a model: nothing invisible, not too long, unmistakably fenced.
enum UntrustedText {
    static let longestMessage = 4_000

    static func clean(_ text: String, limit: Int = longestMessage) -> String {
        var view = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars where isVisible(scalar) {
            guard count < limit else { break }
            view.append(scalar)
            count += 1
        }
        return String(view)
    }

    /// No control, tag, zero-width, variation or bidi characters; the joiners of emoji stay out too, at no loss of meaning.
    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 9, 10: true
        case 0..<32, 127..<160, 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFEFF, 0xFE00...0xFE0F,
            0xE0000...0xE01EF:
            false
        default: true
        }
    }
}

/// The fence around untrusted text: random, so that no text can close it.
struct Fence: Sendable {
    let mark: String

    init(_ randomness: Randomness) {
        mark = String(randomness.next(), radix: 36) + String(randomness.next(), radix: 36)
    }

    func wrap(_ segment: PromptSegment, label: String) -> [PromptSegment] {
        let inner = PromptSegment(
            kind: segment.kind, text: segment.text.replacing(mark, with: ""), source: segment.source)
        return [
            PromptSegment(kind: .instruction, text: "\(label) <<<\(mark)\n"), inner,
            PromptSegment(kind: .instruction, text: "\n\(mark)>>>\n"),
        ]
    }
}
