/// Finds links, e-mail addresses, handles and phone numbers in folded text.
enum ContactReader {
    struct Found {
        let text: String
        let end: Int
    }

    private static let edges = Set("«»\"'()[]<>,;:!?.*_`“”„|".unicodeScalars)

    /// The link, address or handle that begins at `start`, if one does.
    static func read(_ text: [Unicode.Scalar], from start: Int) -> Found? {
        var low = start
        while low < text.count, edges.contains(text[low]) { low += 1 }
        var end = low
        while end < text.count, !text[end].isGap, end - low < 2_000, !isClosing(text[end]) { end += 1 }
        guard low < text.count, end > low, low == start || !text[start].isDigit else { return nil }
        var chunk = text[low..<end]
        while let last = chunk.last, edges.contains(last) || last == "/" { chunk = chunk.dropLast() }
        guard chunk.count >= 4, isContact(chunk) else { return nil }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: chunk)
        var contact = String(view)
        for prefix in ["mailto:", "www."] where contact.hasPrefix(prefix) { contact.removeFirst(prefix.count) }
        return Found(text: contact, end: chunk.endIndex)
    }

    private static func isClosing(_ scalar: Unicode.Scalar) -> Bool {
        scalar == ")" || scalar == ">" || scalar == "»" || scalar == "\"" || scalar == "]" || scalar == "”" || scalar == "|"
    }

    private static func isContact(_ chunk: ArraySlice<Unicode.Scalar>) -> Bool {
        if chunk.starts(with: "www.".unicodeScalars) || chunk.starts(with: "javascript:".unicodeScalars)
            || chunk.starts(with: "data:".unicodeScalars)
        {
            return true
        }
        var previous: (Unicode.Scalar, Unicode.Scalar) = (" ", " ")
        for scalar in chunk {
            if scalar == "/", previous.0 == ":", previous.1 == "/" { return true }
            previous = (previous.1, scalar)
        }
        if let mark = chunk.firstIndex(of: "@") {
            return mark == chunk.startIndex ? chunk.count >= 4 : isDomain(chunk[(mark + 1)...])
        }
        return isDomain(chunk.prefix { $0 != "/" && $0 != "?" && $0 != "#" && $0 != ":" })
    }

    private static let cyrillicZones: Set<String> = ["рф", "қаз", "рус", "укр", "бел", "онлайн", "сайт"]

    private static func isDomain(_ chunk: ArraySlice<Unicode.Scalar>) -> Bool {
        let labels = chunk.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, let zone = labels.last, (2...24).contains(zone.count) else { return false }
        let isPlain = labels.allSatisfy { label in
            !label.isEmpty && label.allSatisfy { $0.isLatin || $0.isDigit || $0.isCyrillic || $0 == "-" || $0 == "_" }
        }
        guard isPlain, labels.dropLast().contains(where: { $0.contains { !$0.isDigit } }) else { return false }
        if zone.allSatisfy(\.isLatin) { return true }
        return zone.starts(with: "xn--".unicodeScalars) || cyrillicZones.contains(String(String.UnicodeScalarView(zone)))
    }

    // MARK: Phones

    /// A phone number as its digits; Kazakhstan's and Russia's leading 8 is a 7.
    static func phone(_ text: [Unicode.Scalar], from start: Int) -> Found? {
        var index = start
        let isInternational = text[start] == "+"
        if isInternational { index += 1 }
        var groups: [String] = []
        var marks = 0
        var (digits, end, separators) = ("", index, 0)
        while index < text.count {
            let scalar = text[index]
            if scalar.isDigit {
                if separators > 0 || groups.isEmpty { groups.append("") }
                separators = 0
                groups[groups.count - 1].unicodeScalars.append(scalar)
                digits.unicodeScalars.append(scalar)
                index += 1
                end = index
                let isNational = isInternational ? digits.hasPrefix("7") : digits.hasPrefix("7") || digits.hasPrefix("8")
                let isGroupOver = index >= text.count || !text[index].isDigit
                if isNational, digits.count == 11, isGroupOver { break }
            } else if scalar == " " || scalar == "-" || scalar == "(" || scalar == ")" {
                separators += 1
                if scalar != " " { marks += 1 }
                guard separators <= 2 else { break }
                index += 1
            } else {
                break
            }
            if digits.count > 15 { return nil }
        }
        let sizes = groups.map(\.count)
        let isPhone =
            isInternational && (10...15).contains(digits.count)
            || digits.count == 11 && (digits.hasPrefix("7") || digits.hasPrefix("8")) && (sizes.count == 1 || sizes.count >= 3)
                && sizes != [2, 3, 3, 3]
            || digits.count == 10 && ([[3, 3, 2, 2], [3, 7], [3, 3, 4]].contains(sizes) || sizes.count >= 3 && marks >= 2)
            || sizes == [3, 2, 2] && marks >= 2
        guard isPhone else { return nil }
        if digits.count == 11, digits.hasPrefix("8") { digits = "7" + digits.dropFirst() }
        if digits.count == 10 { digits = "7" + digits }
        return Found(text: "tel:" + digits, end: end)
    }
}
