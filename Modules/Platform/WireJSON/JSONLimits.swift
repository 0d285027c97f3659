/// How much one document may hold. The defaults are those of the product's webhook bodies.
public struct JSONLimits: Sendable {
    public var bytes: Int
    /// Containers inside containers; a scalar at the top has depth 0.
    public var depth: Int
    /// Values of every kind, keys not counted.
    public var nodes: Int
    /// Whether `\u0000` may appear in a string. PostgreSQL text cannot hold it.
    public var allowsNUL: Bool

    public init(bytes: Int = 1 << 20, depth: Int = 64, nodes: Int = 20_000, allowsNUL: Bool = false) {
        (self.bytes, self.depth, self.nodes, self.allowsNUL) = (bytes, depth, nodes, allowsNUL)
    }

    public static let webhook = JSONLimits()
}

/// Why bytes are not the JSON we accept. `offset` counts bytes from the start.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Reason: String, Sendable {
        case empty, tooLarge, tooDeep, tooManyNodes, unexpectedByte, unexpectedEnd, trailingBytes, byteOrderMark
        case duplicateKey, badEscape, loneSurrogate, controlCharacter, nulCharacter, badUTF8, badNumber
    }
    public let reason: Reason
    public let offset: Int

    public init(_ reason: Reason, at offset: Int) { (self.reason, self.offset) = (reason, offset) }
    public var description: String { "\(reason.rawValue) at byte \(offset)" }
}
