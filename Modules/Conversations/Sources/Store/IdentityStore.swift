import Kernel
import Persistence
import Vault

/// Which contact a channel identity belongs to.
struct IdentityStore {
    let transaction: any SQLTransaction

    func contact(_ identityKey: [UInt8], of account: AccountID) throws -> ContactID? {
        try transaction.row(
            "SELECT contact_id FROM conversations_identity WHERE account_id = \(account) AND identity_key = \(identityKey)"
        ) { try $0.id("contact_id") }
    }

    /// False when the identity is somebody's already.
    func insert(
        _ identityKey: [UInt8], contact: ContactID, kind: String, handle: [UInt8]?, account: AccountID, at now: Instant
    ) throws -> Bool {
        try transaction.execute(
            """
            INSERT INTO conversations_identity (account_id, identity_key, contact_id, channel_kind, handle, created_at)
            VALUES (\(account), \(identityKey), \(contact), \(kind), \(handle), \(now)) ON CONFLICT DO NOTHING
            """) == 1
    }

    func set(handle: [UInt8], of identityKey: [UInt8], account: AccountID) throws {
        try transaction.execute(
            """
            UPDATE conversations_identity SET handle = \(handle)
            WHERE account_id = \(account) AND identity_key = \(identityKey)
            """)
    }

    /// What a contact says of where else they can be reached; saying it anew replaces it.
    func say(
        _ identityKey: [UInt8], contact: ContactID, kind: String, handle: [UInt8], account: AccountID, at now: Instant
    ) throws {
        try transaction.execute(
            """
            INSERT INTO conversations_identity (account_id, identity_key, contact_id, channel_kind, handle, created_at)
            VALUES (\(account), \(identityKey), \(contact), \(kind), \(handle), \(now))
            ON CONFLICT (account_id, identity_key) DO UPDATE SET handle = excluded.handle
            """)
    }

    /// The identities of `contacts`: kind and sealed handle.
    func identities(
        of contacts: [ContactID], account: AccountID
    ) throws -> [(contact: ContactID, key: [UInt8], kind: String, handle: [UInt8]?)] {
        guard !contacts.isEmpty else { return [] }
        return try transaction.rows(
            """
            SELECT contact_id, identity_key, channel_kind, handle FROM conversations_identity
            WHERE account_id = \(account) AND contact_id IN (\(list: contacts))
            """
        ) { (try $0.id("contact_id"), try $0.blob("identity_key"), try $0.text("channel_kind"), try $0.optionalBlob("handle")) }
    }

    static func context(_ identityKey: [UInt8], _ account: AccountID) -> SealContext {
        SealContext(table: "conversations_identity", column: "handle", row: identityKey, account: account)
    }
}
