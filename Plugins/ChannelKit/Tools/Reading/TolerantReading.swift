/// Reading what providers write one way here and another way there, and what an earlier version of a plugin may have noted.
extension JSON {
    /// A text with something in it, of at most so many bytes.
    public func words(upTo bytes: Int = .max) -> String? {
        guard let string, !string.isEmpty, string.utf8.count <= bytes else { return nil }
        return string
    }

    /// An id: a text, or a whole number as text. Nil when it is empty or longer than `bytes`; the host takes 1,024, and what a
    /// plugin puts before an id needs room, too.
    public func identifier(upTo bytes: Int) -> String? {
        guard let text = scalarText, (1...bytes).contains(text.utf8.count) else { return nil }
        return text
    }

    /// A text, or a whole number as text.
    public var scalarText: String? {
        switch self {
        case .string(let text): text
        case .int(let number): String(number)
        default: nil
        }
    }

    /// A whole number, also one written as text.
    public var wholeNumber: Int64? { int ?? string.flatMap { Int64($0) } }

    /// A finite number, also one written as text.
    public var number: Double? {
        guard let value = double ?? string.flatMap({ Double($0) }), value.isFinite else { return nil }
        return value
    }

    /// A whole number that counts something: sizes, widths, durations.
    public var natural: Int64? {
        guard let int, int >= 0 else { return nil }
        return int
    }

    /// A place in a list.
    public var index: Int? { natural.flatMap { Int(exactly: $0) } }

    /// The texts of a list; whatever else is in it is left out.
    public var texts: [String] { array?.compactMap(\.string) ?? [] }
}

extension JSON.Object {
    /// Nothing when there are none.
    public mutating func add(_ key: String, texts: [String]) {
        if !texts.isEmpty { add(key, .array(texts.map(JSON.string))) }
    }

    /// Nothing when it is false.
    public mutating func add(_ key: String, flag: Bool) {
        if flag { add(key, true) }
    }
}

extension JSONLimits {
    /// Of a provider's answer: a full page of chats or updates is the largest there is.
    public static let answer = JSONLimits(bytes: 16 << 20, nodes: 200_000)
}
