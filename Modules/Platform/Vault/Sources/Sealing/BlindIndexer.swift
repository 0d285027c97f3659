/// Finds sealed values by equality: equal values of one account and purpose have equal indexes, and nobody without the
/// account's key can compute one or tell the value from it.
///
/// Obtained once per account with `Vault.blindIndexer(in:)`; it keeps working after the account's key is destroyed, so
/// do not hold it longer than a request or job.
package struct BlindIndexer: Concealed, Sendable {
    private let key: KeyMaterial

    init(key: KeyMaterial) { self.key = key }

    /// 16 bytes for `value`: HMAC-SHA256 over the purpose and the value, truncated.
    ///
    /// `purpose` names the column (`crm_contact.phone`); other purposes give unrelated indexes. Normalise `value`
    /// first: one space or capital letter more gives another index.
    package func index(_ value: String, purpose: String) -> [UInt8] {
        var input = AssociatedData()
        input.append(purpose.utf8)
        input.append(value.utf8)
        return key.withUnsafeBytes { Array(Digest.hmacSHA256(input.bytes, key: $0).prefix(16)) }
    }

    package var description: String { "blind indexer" }
}
