/// A mailbox: an address that cannot end the line it is written into, and the name beside it.
package struct MailAddress: Hashable, Sendable {
    package let address: String
    package let name: String

    /// Nil unless `address` is `local@domain` of RFC 5321's unquoted characters in ASCII, with an optional `name`
    /// without control characters. An international domain comes as its ASCII form.
    package init?(_ address: String, name: String = "") {
        let halves = address.split(separator: "@", omittingEmptySubsequences: false)
        guard halves.count == 2, (1...64).contains(halves[0].utf8.count), (1...253).contains(halves[1].utf8.count),
            name.utf8.count <= 320, name.unicodeScalars.allSatisfy({ !$0.endsOrHidesLine })
        else { return nil }
        let atoms = halves[0].split(separator: ".", omittingEmptySubsequences: false)
        let labels = halves[1].split(separator: ".", omittingEmptySubsequences: false)
        let isLocal = atoms.allSatisfy {
            !$0.isEmpty && $0.utf8.allSatisfy { $0.isAlphanumeric || Self.marks.contains($0) }
        }
        let isDomain = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.utf8.allSatisfy { $0.isAlphanumeric || $0 == 45 }
                && label.first != "-" && label.last != "-"
        }
        guard isLocal, isDomain else { return nil }
        (self.address, self.name) = (address, name)
    }

    var domain: String { String(address.drop { $0 != "@" }.dropFirst()) }

    private static let marks = Array("!#$%&'*+-/=?^_`{|}~".utf8)
}

extension Unicode.Scalar {
    /// Controls, and what some readers take for a line's end.
    var endsOrHidesLine: Bool {
        value < 32 || (127...159).contains(value) || value == 0x2028 || value == 0x2029
    }
}

extension UInt8 {
    fileprivate var isAlphanumeric: Bool {
        (48...57).contains(self) || (65...90).contains(self) || (97...122).contains(self)
    }
}
