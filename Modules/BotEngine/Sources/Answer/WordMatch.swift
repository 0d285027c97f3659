import Kernel

/// Compares words without a dictionary: two forms of one word share their beginning.
enum WordMatch {
    /// Whether `a` and `b` are forms of one word, as far as letters tell. Both are folded.
    static func areForms(_ a: String, _ b: String) -> Bool {
        if a == b { return true }
        let (left, right) = (Array(a.unicodeScalars), Array(b.unicodeScalars))
        let (shorter, longer) = (min(left.count, right.count), max(left.count, right.count))
        guard shorter >= 3, !left.contains(where: \.isDigit) else { return false }
        var shared = 0
        while shared < shorter, left[shared] == right[shared] { shared += 1 }
        // "диван" – "дивана", "диванның".
        if shared == shorter { return longer - shorter <= (shorter <= 3 ? 2 : 6) }
        // "доставка" – "доставки", "скидку" – "скидок".
        return shared >= max(3, shorter - 2) && longer - shared <= 3 && shared * 3 >= longer * 2
    }

    /// The words and numbers of a text, folded; "189 000" is two.
    static func words(of text: String) -> [String] {
        FoldedText(text).scalars.split { !$0.isDigit && !$0.isWordLetter }.map { piece in
            var view = String.UnicodeScalarView()
            view.append(contentsOf: piece)
            return String(view)
        }
    }
}
