/// Text being written, with the white space between its parts settled when the next part comes.
struct TextFlow {
    private(set) var bytes: [UInt8] = []
    /// Line breaks due before the next text: 0, 1 or 2.
    private var breaks = 0
    private var space = false
    /// Stands before the next text: `## `, `- `.
    private var prefix = ""

    /// The next text starts a new line; with 2, after an empty one.
    mutating func breakLine(_ count: Int) {
        space = false
        // What belongs to a bullet stays on its line.
        if prefix.isEmpty { breaks = max(breaks, count) }
    }

    mutating func begin(_ prefix: String, breaks count: Int) {
        self.prefix = ""
        breakLine(count)
        self.prefix = prefix
    }

    /// Forgets a prefix that no text came for.
    mutating func dropPrefix() { prefix = "" }

    /// Appends text with its white space collapsed.
    mutating func append(_ text: some Sequence<UInt8>) {
        for byte in text {
            if byte == 0x20 || (0x09...0x0D).contains(byte) {
                space = true
            } else {
                settle()
                bytes.append(byte)
            }
        }
    }

    /// Appends text as it is.
    mutating func appendVerbatim(_ text: some Sequence<UInt8>) {
        for byte in text where byte != 0x0D {
            if byte == 0x0A {
                breaks = min(2, breaks + 1)
                space = false
            } else {
                settle(isVerbatim: true)
                bytes.append(byte)
            }
        }
    }

    private mutating func settle(isVerbatim: Bool = false) {
        if breaks > 0, !bytes.isEmpty {
            bytes.append(contentsOf: repeatElement(0x0A, count: breaks))
        } else if space, breaks == 0, !bytes.isEmpty, prefix.isEmpty {
            bytes.append(0x20)
        }
        (breaks, space) = (0, false)
        guard !prefix.isEmpty else { return }
        bytes += Array(prefix.utf8)
        prefix = ""
    }
}
