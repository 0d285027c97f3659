/// What every column of a module's tables holds: table → column → class.
///
/// The architecture test compares it with the tables the migrations make, so a column nobody classified fails the build.
package typealias DataMap = [String: [String: DataClass]]

/// What kind of data a column holds; the data map lists every column of every module.
package enum DataClass: String, Codable, CaseIterable, Sendable {
    /// Identifies the row, its account or another row.
    case identifier
    /// A person's data, sealed under their key.
    case sealed
    /// A keyed hash of a person's identifier.
    case blindIndex
    /// A person's data in the clear, with a reason in the map.
    case personal
    /// A password hash, token hash or wrapped key.
    case secret
    /// The account's own business data.
    case business
    /// Times, states, counters.
    case operational
}
