/// The two lines of a vCard that matter in a conversation.
public struct VCard: Sendable {
    /// As the card writes them, in order.
    public let phones: [String]
    public let name: String?

    public init(_ text: String) {
        var (phones, name): ([String], String?) = ([], nil)
        for line in text.split(whereSeparator: \.isNewline).prefix(200) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = String(line[line.index(after: colon)...])
            // `item1.TEL;TYPE=cell:77015550011`: a group before the name, parameters behind it.
            let label = line[..<colon].prefix { $0 != ";" }.split(separator: ".").last?.uppercased()
            if label == "TEL" { phones.append(value) }
            if label == "FN", name == nil, !value.isEmpty { name = value }
        }
        (self.phones, self.name) = (phones, name)
    }
}
