/// An amount in millionths of a currency's main unit, so that the price of a single token is exact.
package struct Money: Hashable, Codable, Sendable {
    package let micros: Int64
    /// ISO 4217: `KZT`, `RUB`, `USD`.
    package let currency: String

    package init(micros: Int64, currency: String) { (self.micros, self.currency) = (micros, currency) }
}
