import COpenSSL

/// 32 secret bytes outside the Swift heap, wiped when the last owner lets go.
final class KeyMaterial: Concealed, Sendable {
    static let size = 32

    // Written only by the initialisers.
    nonisolated(unsafe) private let bytes: UnsafeMutableRawPointer

    /// Lets `fill` write the bytes.
    private init(fill: (UnsafeMutableRawBufferPointer) throws -> Void) throws {
        guard let bytes = vault_allocate(Self.size) else { throw LibCrypto.failure(in: "allocate a key") }
        self.bytes = bytes
        try fill(UnsafeMutableRawBufferPointer(start: bytes, count: Self.size))
    }

    /// Fresh random bytes.
    convenience init() throws { try self.init(fill: LibCrypto.fillRandomly) }

    /// A copy of exactly 32 bytes; wipe the original if it is yours.
    convenience init(copying source: [UInt8]) throws {
        guard source.count == Self.size else { throw VaultError.cryptography("a key has \(Self.size) bytes") }
        try self.init { $0.copyBytes(from: source) }
    }

    deinit { vault_free(bytes, Self.size) }

    /// Valid while `self` lives: pass it on only where a caller holds `self`, and never store it.
    var pointer: UnsafePointer<UInt8> { UnsafePointer(bytes.assumingMemoryBound(to: UInt8.self)) }

    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try body(UnsafeRawBufferPointer(start: bytes, count: Self.size))
    }

    /// An independent key for one purpose: HKDF-SHA256 with the purpose as `info`. The same purpose gives the same key.
    func derived(for purpose: Purpose) throws -> KeyMaterial {
        var derived = withUnsafeBytes { HKDF.derive(from: $0, info: Array(purpose.rawValue.utf8), count: Self.size) }
        defer { derived.wipe() }
        return try KeyMaterial(copying: derived)
    }

    /// What a derived key is for. The texts are part of the storage format: changing one makes stored data unreadable.
    enum Purpose: String {
        case wrapping = "sevensales/1/wrap"
        case sealing = "sevensales/1/seal"
        case blindIndex = "sevensales/1/blind-index"
        case verifying = "sevensales/1/verify"
    }

    var description: String { "key(\(Self.size) bytes)" }
}
