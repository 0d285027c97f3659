import BillingInterface
import Kernel

/// One counted use, within bounds.
struct Usage: Sendable {
    /// Of one use: nine million such amounts still fit a 64-bit sum.
    static let largest: Int64 = 1_000_000_000_000

    let meter: UsageMeter
    let quantity: Int64
    let costMicros: Int64
    /// Empty when it cost nothing.
    let currency: String
    let source: String
    let occurredAt: Instant

    /// Amounts are clamped to 0…`largest`: a provider's nonsense count must not stop the message it came with.
    init(_ meter: UsageMeter, quantity: Int64, cost: Money?, source: String, at: Instant) {
        (self.meter, self.source, occurredAt) = (meter, source, at)
        self.quantity = Self.clamped(quantity)
        costMicros = Self.clamped(cost?.micros ?? 0)
        currency = cost?.currency ?? ""
    }

    /// Which of a day's 16 partial sums it goes to; the same for the same source in every process.
    var slot: Int { Int(source.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 } >> 28) }

    private static func clamped(_ amount: Int64) -> Int64 { min(max(0, amount), largest) }
}
