/// Cuts a text into sentences; citation marks stay with the sentence they follow.
///
/// In doubt it does not cut: a longer sentence is checked just the same.
enum SentenceSplitter {
    private static let abbreviations: Set<String> = [
        "тыс", "млн", "млрд", "руб", "тг", "г", "гг", "ул", "д", "кв", "т", "е", "п", "стр", "им", "тел", "моб", "проц", "мин",
        "сек",
        "шт", "см", "мм", "кг", "др", "пр", "просп", "обл", "р", "approx", "e", "g", "i", "st", "no", "mr", "mrs", "dr", "vs",
        "etc",
    ]

    static func sentences(of text: String) -> [String] {
        var sentences: [String] = []
        let scalars = Array(text.unicodeScalars)
        var start = 0
        var index = 0
        func cut(_ end: Int) {
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars[start..<end])
            let sentence = String(view).trimmingSpaces
            if !sentence.isEmpty { sentences.append(sentence) }
            start = end
        }
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            if scalar == "\n" || scalar == "\r" {
                cut(index)
            } else if scalar == "." || scalar == "!" || scalar == "?" || scalar == "…" || scalar == "。" {
                while index < scalars.count, ".!?…»\"”)".unicodeScalars.contains(scalars[index]) { index += 1 }
                let end = endOfMarks(scalars, index)
                guard end < scalars.count else { break }
                guard scalars[end].properties.isWhitespace, scalar != "." || endsSentence(scalars, index, start, end) else {
                    continue
                }
                index = end
                cut(end)
            }
        }
        cut(scalars.count)
        return sentences
    }

    /// After " [1] [2]".
    private static func endOfMarks(_ scalars: [Unicode.Scalar], _ start: Int) -> Int {
        var end = start
        while true {
            var index = end
            while index < scalars.count, scalars[index] == " " { index += 1 }
            guard index < scalars.count, scalars[index] == "[", let close = scalars[index...].prefix(12).firstIndex(of: "]"),
                close > index + 1,
                scalars[(index + 1)..<close].allSatisfy({ (48...57).contains($0.value) || $0 == "," || $0 == " " })
            else { return end }
            end = close + 1
        }
    }

    private static func endsSentence(_ scalars: [Unicode.Scalar], _ stop: Int, _ start: Int, _ end: Int) -> Bool {
        var low = stop - 1
        while low > start, scalars[low] == "." { low -= 1 }
        var word: [Unicode.Scalar] = []
        while low >= start, scalars[low].properties.isAlphabetic || (48...57).contains(scalars[low].value) {
            word.insert(scalars[low], at: 0)
            low -= 1
        }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: word)
        if abbreviations.contains(String(view).lowercased()) { return false }
        // "1." that begins a line is a list's number.
        if word.allSatisfy({ (48...57).contains($0.value) }), word.count <= 2, low < start || isBlank(scalars[start...low]) {
            return false
        }
        let next = scalars[end...].first { !$0.properties.isWhitespace }
        return next.map { !$0.properties.isLowercase } ?? true
    }

    private static func isBlank(_ scalars: ArraySlice<Unicode.Scalar>) -> Bool {
        scalars.allSatisfy { $0.properties.isWhitespace }
    }
}
