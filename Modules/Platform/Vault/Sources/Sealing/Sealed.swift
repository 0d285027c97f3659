/// An encrypted value as the database stores it. Not `Encodable`, so that it reaches no response and no log by
/// accident.
package struct Sealed: Concealed, Hashable, Sendable {
    /// The bytes to store.
    package let stored: [UInt8]

    /// What a database column held. Any bytes are accepted here; `SubjectKey.open` decides.
    package init(stored: [UInt8]) { self.stored = stored }

    package var description: String { "sealed(\(stored.count) bytes)" }
}
