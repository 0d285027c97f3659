import CalendarInterface
import Kernel
import Persistence
import Vault

/// The only place that knows the `calendar_resource` table.
struct ResourceStore {
    let transaction: any SQLTransaction

    /// `turn` counts the changes to a resource's bookings; raising it is what makes them queue.
    static let createTable = Migration(
        "calendar.1-resources",
        """
        CREATE TABLE calendar_resource (
          account_id UUID NOT NULL, id UUID NOT NULL, kind TEXT NOT NULL, name BYTEA NOT NULL, turn BIGINT NOT NULL,
          created_at BIGINT NOT NULL,
          PRIMARY KEY (account_id, id)
        )
        """)

    static let dataMap: DataMap = [
        "calendar_resource": [
            "account_id": .identifier, "id": .identifier, "kind": .business, "name": .sealed, "turn": .operational,
            "created_at": .operational,
        ]
    ]

    /// Where the name is sealed to; part of the storage format.
    static func nameContext(_ id: Identifier<ResourceSubject>, _ account: AccountID) -> SealContext {
        SealContext(table: "calendar_resource", column: "name", row: id, account: account)
    }

    func insert(_ resource: StoredResource, into account: AccountID) throws {
        try transaction.execute(
            """
            INSERT INTO calendar_resource (account_id, id, kind, name, turn, created_at)
            VALUES (\(account), \(resource.id), \(resource.kind.rawValue), \(resource.name.stored), \(0), \(resource.createdAt))
            """)
    }

    /// Oldest first.
    func resources(of account: AccountID) throws -> [StoredResource] {
        try transaction.rows(
            "SELECT id, kind, name, created_at FROM calendar_resource WHERE account_id = \(account) ORDER BY created_at, id",
            StoredResource.init(row:))
    }

    func count(of account: AccountID) throws -> Int {
        try transaction.count("SELECT count(*) AS count FROM calendar_resource WHERE account_id = \(account)")
    }

    /// Makes every other booking of the resource wait until this transaction ends. False when there is no such resource.
    func lock(_ id: Identifier<ResourceSubject>, of account: AccountID) throws -> Bool {
        try transaction.execute(
            "UPDATE calendar_resource SET turn = turn + 1 WHERE account_id = \(account) AND id = \(id)") == 1
    }
}

/// A resource as it lies in the table: its name is still sealed.
struct StoredResource: Sendable {
    let id: Identifier<ResourceSubject>
    let kind: ResourceKind
    let name: Sealed
    let createdAt: Instant
}

extension StoredResource {
    fileprivate init(row: any SQLRow) throws {
        self.init(
            id: try row.id("id"), kind: try row.choice("kind"), name: Sealed(stored: try row.blob("name")),
            createdAt: try row.instant("created_at"))
    }
}
