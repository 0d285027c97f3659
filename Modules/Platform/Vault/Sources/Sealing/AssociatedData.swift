import Kernel

/// Builds the bytes that a sealed value is bound to: the format version, then each part behind its length, so that no
/// two different lists of parts give the same bytes.
struct AssociatedData {
    private(set) var bytes: [UInt8] = [Envelope.version]

    init() { bytes.reserveCapacity(96) }

    mutating func append(_ part: some Collection<UInt8>) {
        append(word: UInt32(truncatingIfNeeded: part.count))
        bytes.append(contentsOf: part)
    }

    mutating func append<Subject>(_ id: Identifier<Subject>) {
        append(word: UInt32(16))
        append(word: id.high)
        append(word: id.low)
    }

    private mutating func append(word: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
