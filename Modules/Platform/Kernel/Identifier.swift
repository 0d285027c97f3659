package import Foundation
import Synchronization

/// A UUID that knows what it identifies, so that a contact's id cannot be passed where a conversation's is asked for.
///
/// New identifiers are UUIDv7: they sort by creation time, and within one process strictly increase, so they serve
/// as keyset cursors and as the order of events.
package struct Identifier<Subject>: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

    /// A fresh UUIDv7.
    package init() {
        let (high, low) = IdentifierClock.next()
        self.init(high: high, low: low)
    }

    package init(_ uuid: UUID) {
        let b = uuid.uuid
        self.init(
            high: Self.word(b.0, b.1, b.2, b.3, b.4, b.5, b.6, b.7),
            low: Self.word(b.8, b.9, b.10, b.11, b.12, b.13, b.14, b.15))
    }

    /// The same 16 bytes, identifying something else: for derived rows that share their origin's id.
    package init<Other>(sameAs other: Identifier<Other>) { self.init(high: other.high, low: other.low) }

    /// Reads the canonical 36-character form in either case; anything else is nil.
    package init?(_ text: some StringProtocol) {
        var words: (UInt64, UInt64) = (0, 0)
        var digits = 0
        var position = 0
        for byte in text.utf8 {
            defer { position += 1 }
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = hexValue(byte), digits < 32 else { return nil }
            if digits < 16 { words.0 = words.0 << 4 | UInt64(digit) } else { words.1 = words.1 << 4 | UInt64(digit) }
            digits += 1
        }
        guard position == 36, digits == 32 else { return nil }
        self.init(high: words.0, low: words.1)
    }

    /// Exactly 16 bytes, most significant first; anything else is nil.
    package init?(bytes: [UInt8]) {
        guard let id = bytes.withUnsafeBytes({ Self(bytes: $0) }) else { return nil }
        self = id
    }

    /// As above, from memory that need not be aligned.
    package init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 16 else { return nil }
        self.init(
            high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
            low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }

    package var bytes: [UInt8] {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) }
    }

    private static func word(
        _ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8, _ e: UInt8, _ f: UInt8, _ g: UInt8, _ h: UInt8
    ) -> UInt64 {
        let upper = UInt64(a) << 56 | UInt64(b) << 48 | UInt64(c) << 40 | UInt64(d) << 32
        return upper | UInt64(e) << 24 | UInt64(f) << 16 | UInt64(g) << 8 | UInt64(h)
    }
}

extension Identifier: CustomStringConvertible {
    /// The canonical lower-case form.
    package var description: String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            var at = 0
            for index in 0..<32 {
                if index == 8 || index == 12 || index == 16 || index == 20 {
                    buffer[at] = UInt8(ascii: "-")
                    at += 1
                }
                let word = index < 16 ? high : low
                let nibble = UInt8(truncatingIfNeeded: word >> UInt64(60 - (index % 16) * 4)) & 15
                buffer[at] = nibble < 10 ? nibble + 48 : nibble + 87
                at += 1
            }
            return at
        }
    }
}

extension Identifier: Comparable {
    package static func < (a: Self, b: Self) -> Bool { (a.high, a.low) < (b.high, b.low) }
}

extension Identifier: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let value = Self(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "\"\(text.prefix(40))\" is not an id"))
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// The process's last issued UUIDv7 time, so that identifiers made within one millisecond still increase.
private enum IdentifierClock {
    private static let last = Mutex<UInt64>(0)

    static func next() -> (high: UInt64, low: UInt64) {
        let micros = UInt64(max(0, Instant.system().microseconds))
        // 48 bits of milliseconds, then 12 bits that count 1/4096 ms (RFC 9562, method 3).
        let stamp = (micros / 1_000) << 12 | (micros % 1_000) * 4_096 / 1_000
        let unique = last.withLock { last in
            last = max(last &+ 1, stamp)
            return last
        }
        let high = (unique >> 12) << 16 | 0x7000 | (unique & 0xFFF)
        return (high, UInt64.random(in: .min ... .max) >> 2 | 0x8000_0000_0000_0000)
    }
}

/// The value of a hexadecimal digit's ASCII code, or nil.
package func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 97...102: byte - 87
    case 65...70: byte - 55
    default: nil
    }
}

package enum AccountSubject {}
package enum UserSubject {}
package enum EventSubject {}
package enum ContactSubject {}

/// A tenant: one company's isolated data.
package typealias AccountID = Identifier<AccountSubject>
/// A person who signs in.
package typealias UserID = Identifier<UserSubject>
/// A published event.
package typealias EventID = Identifier<EventSubject>
/// A customer.
package typealias ContactID = Identifier<ContactSubject>
