/// Cuts UTF-8 text into tokens in one pass over its scalars.
///
/// A run of letters or of digits is an *atom*. Atoms that touch ("5кг"), that one joiner links ("AB-12/3", "3-местный",
/// "10:30", "200×90") or that are thousand groups ("189 000") form a *chain*: every atom is a token, and so is the
/// chain without its joiners. Only decimal separators stay in it, as a dot: "3,5" and "3.5" are both "3.5".
struct Tokenizer {
    /// Longest form of a token; the rest of a longer run is dropped, equally in texts and queries.
    static let longestForm = 64
    /// A chain of more atoms is not a code but a sentence without spaces.
    static let longestChain = 8

    private struct Atom {
        var form: Range<Int>
        var utf8: Range<Int>
        var utf16: Range<Int>
        var script: Token.Script
        /// What stood before it in its chain: 0 nothing, 32 a thousand group's space, else the joiner.
        var joiner: UInt8
        var isNumber: Bool { script == .number }
    }

    let text: UnsafeBufferPointer<UInt8>
    private var at = 0
    private var at16 = 0
    private var atoms: [Atom] = []
    /// The last of `atoms` may still grow.
    private var isOpen = false
    /// The joiner after the last atom, waiting for the next; 0 for none.
    private var joiner: UInt8 = 0
    /// A number token that a unit may follow after one space.
    private var number: Token?

    init(text: UnsafeBufferPointer<UInt8>) {
        self.text = text
        atoms.reserveCapacity(Self.longestChain)
    }

    mutating func run(into list: inout TokenList) {
        list.tokens.reserveCapacity(list.tokens.count + text.count / 9)
        FoldedScalar.table.withUnsafeBufferPointer { table in
            while at < text.count {
                let (value, length) = scalar(at: at)
                let folded = value < 0x600 ? table[Int(value)] : FoldedScalar(other: value)
                take(folded, value, length, &list)
                at += length
                at16 += value > 0xFFFF ? 2 : 1
            }
        }
        endChain(&list)
    }

    @inline(__always)
    private mutating func take(_ folded: FoldedScalar, _ value: UInt32, _ length: Int, _ list: inout TokenList) {
        switch folded.kind {
        case .letter:
            if isDimension(value), dimension(length) { return }
            grow(folded.value, script: script(of: folded.value), length, &list)
            if let tail = FoldedScalar.tail(of: value) { tail.withUTF8Buffer { put($0, &list) } }
        case .digit:
            grow(folded.value, script: .number, length, &list)
        case .mark:
            mark(value, &list)
        case .apostrophe:
            if isOpen, let last = atoms.last, !last.isNumber, isWord(at: at + length) {
                append(0x27, &list)
            } else {
                endChain(&list)
            }
        case .joiner:
            if (folded.value == 0xD7 || folded.value == 0x2A) && dimension(length) { return }
            join(UInt8(truncatingIfNeeded: folded.value), length, &list)
        case .space:
            if isThousands(length) {
                (isOpen, joiner) = (false, 0x20)
            } else {
                endChain(&list)
            }
        case .ideograph:
            endChain(&list)
            grow(folded.value, script: .other, length, &list)
            endChain(&list)
            number = nil
        case .separator:
            endChain(&list)
            number = nil
        }
    }

    // MARK: Atoms

    @inline(__always)
    private mutating func grow(_ value: UInt32, script: Token.Script, _ length: Int, _ list: inout TokenList) {
        let units = length > 3 ? 2 : 1
        if isOpen, let last = atoms.indices.last, atoms[last].isNumber == (script == .number) {
            append(value, &list)
            atoms[last].utf8 = atoms[last].utf8.lowerBound..<at + length
            atoms[last].utf16 = atoms[last].utf16.lowerBound..<at16 + units
            atoms[last].script = script
            return
        }
        if !isOpen, joiner == 0 { endChain(&list) }
        let start = list.folded.count
        atoms.append(
            Atom(
                form: start..<start, utf8: at..<at + length, utf16: at16..<at16 + units, script: script,
                joiner: isOpen ? 0 : joiner))
        (isOpen, joiner) = (true, 0)
        append(value, &list)
    }

    /// Adds a folded scalar to the open atom, if there is room.
    @inline(__always)
    private mutating func append(_ value: UInt32, _ list: inout TokenList) {
        guard let last = atoms.indices.last, atoms[last].form.count <= Self.longestForm - 4 else { return }
        if value < 0x80 {
            list.folded.append(UInt8(truncatingIfNeeded: value))
        } else if value < 0x800 {
            list.folded.append(UInt8(truncatingIfNeeded: 0xC0 | value >> 6))
            list.folded.append(UInt8(truncatingIfNeeded: 0x80 | value & 0x3F))
        } else {
            if value < 0x1_0000 {
                list.folded.append(UInt8(truncatingIfNeeded: 0xE0 | value >> 12))
            } else {
                list.folded.append(UInt8(truncatingIfNeeded: 0xF0 | value >> 18))
                list.folded.append(UInt8(truncatingIfNeeded: 0x80 | value >> 12 & 0x3F))
            }
            list.folded.append(UInt8(truncatingIfNeeded: 0x80 | value >> 6 & 0x3F))
            list.folded.append(UInt8(truncatingIfNeeded: 0x80 | value & 0x3F))
        }
        atoms[last].form = atoms[last].form.lowerBound..<list.folded.count
    }

    private mutating func put(_ bytes: UnsafeBufferPointer<UInt8>, _ list: inout TokenList) {
        for byte in bytes { append(UInt32(byte), &list) }
    }

    /// Drops a combining mark, but и with a breve is й.
    private mutating func mark(_ value: UInt32, _ list: inout TokenList) {
        guard isOpen, value == 0x306, list.folded.suffix(2).elementsEqual([0xD0, 0xB8]) else { return }
        list.folded[list.folded.count - 1] = 0xB9
    }

    // MARK: Chains

    private mutating func join(_ value: UInt8, _ length: Int, _ list: inout TokenList) {
        let numbersOnly = value == 0x2C || value == 0x2B || value == 0x3A || value == 0x2A
        let next = text.indices.contains(at + length) ? text[at + length] : 0
        if isOpen, let last = atoms.last, !numbersOnly || last.isNumber && isDigit(next), isWord(at: at + length) {
            (isOpen, joiner) = (false, value)
        } else {
            endChain(&list)
            number = nil
        }
    }

    /// Between two digits х, x, × and * join the sides of a size: "200х90".
    private mutating func dimension(_ length: Int) -> Bool {
        guard isOpen, let last = atoms.last, last.isNumber, text.indices.contains(at + length),
            isDigit(text[at + length])
        else { return false }
        (isOpen, joiner) = (false, 0x78)
        return true
    }

    private func isDimension(_ value: UInt32) -> Bool {
        value == 0x78 || value == 0x58 || value == 0x445 || value == 0x425
    }

    /// Whether the space here stands between thousand groups: one to three digits, then threes.
    private func isThousands(_ length: Int) -> Bool {
        guard isOpen, let last = atoms.last, last.isNumber else { return false }
        guard last.form.count == 3 || atoms.count == 1 && last.form.count < 3 else { return false }
        guard atoms.dropFirst().allSatisfy({ $0.joiner == 0x20 && $0.form.count == 3 }) else { return false }
        let next = at + length
        guard next + 3 <= text.count, isDigit(text[next]), isDigit(text[next + 1]), isDigit(text[next + 2]) else {
            return false
        }
        return next + 3 == text.count || !isDigit(text[next + 3])
    }

    private mutating func endChain(_ list: inout TokenList) {
        defer {
            atoms.removeAll(keepingCapacity: true)
            (isOpen, joiner) = (false, 0)
        }
        guard let first = atoms.first, let last = atoms.last else { return }
        for atom in atoms where !(atom.joiner == 0x20 && list.folded[atom.form].allSatisfy { $0 == 0x30 }) {
            list.tokens.append(
                Token(form: atom.form, utf8: atom.utf8, utf16: atom.utf16, script: atom.script, isWhole: false))
        }
        var whole: Token?
        if atoms.count > 1, atoms.count <= Self.longestChain, let form = joined(&list) {
            let script = atoms.last { !$0.isNumber }?.script ?? .number
            whole = Token(
                form: form, utf8: first.utf8.lowerBound..<last.utf8.upperBound,
                utf16: first.utf16.lowerBound..<last.utf16.upperBound, script: script, isWhole: true)
        }
        if let whole { list.tokens.append(whole) }
        if atoms.count == 1, !last.isNumber, let number { addUnit(last, to: number, &list) }
        number = last.isNumber && atoms.allSatisfy(\.isNumber) ? whole ?? list.tokens.last : nil
    }

    /// Appends the chain without its joiners to `folded`; nil when it would be too long.
    private func joined(_ list: inout TokenList) -> Range<Int>? {
        guard atoms.reduce(0, { $0 + $1.form.count + 1 }) <= Self.longestForm else { return nil }
        let start = list.folded.count
        let isNumber = atoms.allSatisfy(\.isNumber)
        for (index, atom) in atoms.enumerated() {
            let isDecimal = atom.isNumber && index > 0 && atoms[index - 1].isNumber
            if isDecimal, atom.joiner == 0x2E || atom.joiner == 0x2C, atom.form.count != 3 {
                let isLast = index == atoms.count - 1
                if isNumber, isLast, list.folded[atom.form].allSatisfy({ $0 == 0x30 }) { continue }
                list.folded.append(0x2E)
            } else if isDecimal, atom.joiner == 0x78 || atom.joiner == 0x3A || atom.joiner == 0x2F {
                list.folded.append(atom.joiner)
            }
            for position in atom.form { list.folded.append(list.folded[position]) }
        }
        return start..<list.folded.count
    }

    /// "5 кг" is also "5кг".
    private func addUnit(_ unit: Atom, to number: Token, _ list: inout TokenList) {
        guard unit.utf8.lowerBound - number.utf8.upperBound <= 3, unit.form.count <= 8 else { return }
        guard Units.names.contains(String(decoding: list.folded[unit.form], as: UTF8.self)) else { return }
        let start = list.folded.count
        for position in number.form { list.folded.append(list.folded[position]) }
        for position in unit.form { list.folded.append(list.folded[position]) }
        list.tokens.append(
            Token(
                form: start..<list.folded.count, utf8: number.utf8.lowerBound..<unit.utf8.upperBound,
                utf16: number.utf16.lowerBound..<unit.utf16.upperBound, script: unit.script, isWhole: true))
    }

    // MARK: Scalars

    /// The scalar at `at` and its length in bytes; U+FFFD over one byte where the bytes are not UTF-8.
    @inline(__always)
    private func scalar(at: Int) -> (UInt32, Int) {
        let first = UInt32(text[at])
        if first < 0x80 { return (first, 1) }
        let left = text.count - at
        if first < 0xE0, first >= 0xC0, left > 1 { return ((first & 0x1F) << 6 | tail(at + 1), 2) }
        if first < 0xF0, first >= 0xE0, left > 2 { return ((first & 0xF) << 12 | tail(at + 1) << 6 | tail(at + 2), 3) }
        if first < 0xF8, first >= 0xF0, left > 3 {
            return ((first & 7) << 18 | tail(at + 1) << 12 | tail(at + 2) << 6 | tail(at + 3), 4)
        }
        return (0xFFFD, 1)
    }

    @inline(__always)
    private func tail(_ at: Int) -> UInt32 { UInt32(text[at] & 0x3F) }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    /// Whether a word or number goes on at `at`.
    private func isWord(at: Int) -> Bool {
        guard at < text.count else { return false }
        let (value, _) = scalar(at: at)
        let kind = value < 0x600 ? FoldedScalar.table[Int(value)].kind : FoldedScalar(other: value).kind
        return kind == .letter || kind == .digit
    }

    @inline(__always)
    private func script(of value: UInt32) -> Token.Script {
        switch value {
        case 0x400...0x52F: .cyrillic
        case 0x61...0x7A, 0xAA...0x24F: .latin
        default: .other
        }
    }
}
