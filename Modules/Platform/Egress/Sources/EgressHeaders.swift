/// Header fields in their order; names compare without case.
package struct EgressHeaders: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    package struct Field: Hashable, Sendable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
    }

    package private(set) var fields: [Field]

    package init(_ fields: [Field] = []) { self.fields = fields }
    package init(dictionaryLiteral elements: (String, String)...) { fields = elements.map { Field($0.0, $0.1) } }

    /// The first value of `name`; setting replaces all of them, nil removes them.
    package subscript(name: String) -> String? {
        get { fields.first { $0.name.matches(name) }?.value }
        set {
            fields.removeAll { $0.name.matches(name) }
            if let newValue { fields.append(Field(name, newValue)) }
        }
    }

    package mutating func add(_ name: String, _ value: String) { fields.append(Field(name, value)) }
}

extension EgressHeaders.Field {
    /// What the guard and curl decide; a caller who sets one would change the framing or the host.
    private static let reserved: Set = [
        "host", "content-length", "transfer-encoding", "connection", "expect", "te", "trailer", "upgrade", "keep-alive",
        "accept-encoding",
    ]

    /// Nothing but a token as the name, and no control character in the value: so a field is always one line.
    var isSendable: Bool {
        let tokens = "!#$%&'*+-.^_`|~".utf8
        let isToken = name.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || tokens.contains(byte)
        }
        return !name.isEmpty && name.utf8.count <= 256 && isToken && value.utf8.count <= 16_384
            && value.utf8.allSatisfy { $0 >= 32 && $0 != 127 || $0 == 9 }
            && !Self.reserved.contains(name.lowercased()) && !name.lowercased().hasPrefix("proxy-")
    }
}

extension String {
    /// Equal without case, for the ASCII names of protocols.
    fileprivate func matches(_ other: String) -> Bool {
        utf8.count == other.utf8.count && zip(utf8, other.utf8).allSatisfy { $0.asciiLowercase == $1.asciiLowercase }
    }
}

extension UInt8 {
    var asciiLowercase: UInt8 { (65...90).contains(self) ? self | 0x20 : self }
}
