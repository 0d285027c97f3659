import CRMInterface
import Kernel
import Persistence
import Vault

/// The only place that knows the `crm_contact` table.
struct CRMStore {
    let transaction: any SQLTransaction

    static let createTable = Migration(
        "crm.1-contacts",
        """
        CREATE TABLE crm_contact (
          account_id UUID NOT NULL, id UUID NOT NULL, name BYTEA NOT NULL, language TEXT, created_at BIGINT NOT NULL,
          PRIMARY KEY (account_id, id)
        )
        """,
        "CREATE INDEX crm_contact_by_time ON crm_contact (account_id, created_at, id)")

    /// `named_by_user`: a person of the company gave the name, so no messenger changes it.
    static let addProfile = Migration(
        "crm.2-profile", "ALTER TABLE crm_contact ADD COLUMN named_by_user SMALLINT NOT NULL DEFAULT 0",
        "ALTER TABLE crm_contact ADD COLUMN picture_id UUID")

    static let dataMap: DataMap = [
        "crm_contact": [
            "account_id": .identifier, "id": .identifier, "name": .sealed, "language": .operational, "created_at": .operational,
            "named_by_user": .operational, "picture_id": .identifier,
        ]
    ]

    /// Where the name is sealed to; part of the storage format.
    static func nameContext(_ id: ContactID, _ account: AccountID) -> SealContext {
        SealContext(table: "crm_contact", column: "name", row: id, account: account)
    }

    /// False when the contact is there already.
    func insert(_ contact: PreparedContact, into account: AccountID) throws -> Bool {
        try transaction.execute(
            """
            INSERT INTO crm_contact (account_id, id, name, language, created_at)
            VALUES (\(account), \(contact.id), \(contact.sealedName), \(contact.language), \(contact.createdAt))
            ON CONFLICT (account_id, id) DO NOTHING
            """) == 1
    }

    /// By a person. False when there is no such contact.
    func rename(_ id: ContactID, to sealedName: [UInt8], of account: AccountID) throws -> Bool {
        try transaction.execute(
            "UPDATE crm_contact SET name = \(sealedName), named_by_user = 1 WHERE account_id = \(account) AND id = \(id)") == 1
    }

    /// False when there is no such contact, and when the profile tells nothing.
    func learn(_ profile: PreparedProfile, of account: AccountID) throws -> Bool {
        guard let name = profile.sealedName else {
            guard profile.picture != nil || profile.language != nil else { return false }
            return try transaction.execute(
                """
                UPDATE crm_contact SET language = coalesce(language, \(profile.language)),
                  picture_id = coalesce(\(profile.picture), picture_id)
                WHERE account_id = \(account) AND id = \(profile.id)
                """) == 1
        }
        return try transaction.execute(
            """
            UPDATE crm_contact SET name = CASE named_by_user WHEN 1 THEN name ELSE \(name) END,
              language = coalesce(language, \(profile.language)), picture_id = coalesce(\(profile.picture), picture_id)
            WHERE account_id = \(account) AND id = \(profile.id)
            """) == 1
    }

    func contacts(_ ids: Set<ContactID>, of account: AccountID) throws -> [StoredContact] {
        guard !ids.isEmpty else { return [] }
        return try transaction.rows(
            """
            SELECT id, name, language, picture_id, created_at FROM crm_contact WHERE account_id = \(account) AND id IN (\(list: ids))
            """, StoredContact.init(row:))
    }

    /// Newest first, from the newest or from the one after `last`.
    func contacts(of account: AccountID, after last: ContactID?, limit: Int) throws -> [StoredContact] {
        var sql: SQL = "SELECT id, name, language, picture_id, created_at FROM crm_contact WHERE account_id = \(account)"
        if let last {
            sql += """
                 AND (created_at, id) <
                  (SELECT created_at, id FROM crm_contact WHERE account_id = \(account) AND id = \(last))
                """
        }
        sql += " ORDER BY created_at DESC, id DESC LIMIT \(limit)"
        return try transaction.rows(sql, StoredContact.init(row:))
    }
}

/// A contact as it lies in the table: its name is still sealed.
struct StoredContact: Sendable {
    let id: ContactID
    let name: Sealed
    let language: Language?
    let picture: PictureID?
    let createdAt: Instant

    fileprivate init(row: any SQLRow) throws {
        id = try row.id("id")
        name = Sealed(stored: try row.blob("name"))
        language = try row.optionalText("language").flatMap(Language.init(rawValue:))
        picture = try row.optionalID("picture_id")
        createdAt = try row.instant("created_at")
    }
}
