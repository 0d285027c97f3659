/// Takes out of a message what no answer needs: card numbers, identity numbers, phones and e-mail addresses.
enum Redactor {
    static func redact(_ text: String) -> (text: String, found: [CallRedaction]) {
        var counts: [String: Int] = [:]
        var words: [Substring] = []
        // Addresses by word, numbers by runs of digits with separators.
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            if let mark = word.firstIndex(of: "@"), mark > word.startIndex, word[mark...].dropFirst().contains(".") {
                counts["email", default: 0] += 1
                words.append("[email]")
            } else {
                words.append(word)
            }
        }
        let redacted = numbers(words.joined(separator: " "), &counts)
        return (redacted, counts.sorted { $0.key < $1.key }.map { CallRedaction(kind: $0.key, count: $0.value) })
    }

    private static func numbers(_ text: String, _ counts: inout [String: Int]) -> String {
        let scalars = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            guard scalar.isDigit || scalar == "+" && index + 1 < scalars.count && scalars[index + 1].isDigit else {
                result.append(scalar)
                index += 1
                continue
            }
            var end = index
            var digits: [Int] = []
            var last = index
            while end < scalars.count, scalars[end].isDigit || "+-() ".unicodeScalars.contains(scalars[end]) {
                if scalars[end].isDigit {
                    digits.append(Int(scalars[end].value) - 48)
                    last = end
                }
                end += 1
            }
            if let kind = kind(of: digits, isInternational: scalar == "+") {
                counts[kind, default: 0] += 1
                result.append(contentsOf: "[\(kind)]".unicodeScalars)
            } else {
                result.append(contentsOf: scalars[index...last])
            }
            index = last + 1
        }
        return String(result)
    }

    private static func kind(of digits: [Int], isInternational: Bool) -> String? {
        if (13...19).contains(digits.count), isCard(digits) { return "card" }
        if digits.count == 12, isIIN(digits) { return "iin" }
        if isInternational, (10...15).contains(digits.count) { return "phone" }
        if digits.count == 11, digits.first == 7 || digits.first == 8 { return "phone" }
        return nil
    }

    /// ISO/IEC 7812: the Luhn sum.
    private static func isCard(_ digits: [Int]) -> Bool {
        let sum = digits.reversed().enumerated().reduce(0) { sum, digit in
            let value = digit.offset % 2 == 1 ? digit.element * 2 : digit.element
            return sum + (value > 9 ? value - 9 : value)
        }
        return sum % 10 == 0
    }

    /// Kazakhstan's individual identification number: a date, a century and a check digit.
    private static func isIIN(_ digits: [Int]) -> Bool {
        guard digits.count == 12, let check = digits.last else { return false }
        let (month, day) = (digits[2] * 10 + digits[3], digits[4] * 10 + digits[5])
        guard (1...12).contains(month), (1...31).contains(day), digits[6] <= 6 else { return false }
        func sum(_ weights: [Int]) -> Int { zip(digits, weights).reduce(0) { $0 + $1.0 * $1.1 } % 11 }
        var control = sum([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
        if control == 10 { control = sum([3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]) }
        return control == check
    }
}
