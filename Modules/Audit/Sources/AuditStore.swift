import AuditInterface
import Kernel
import Persistence

/// The only place that knows the `audit_entry` table.
struct AuditStore {
    let transaction: any SQLTransaction

    /// One index serves uniqueness, order and paging, so that an append costs as little as a durable row can.
    private static let table: SQL = """
        CREATE TABLE audit_entry (
          account_id UUID NOT NULL, id UUID NOT NULL, occurred_at BIGINT NOT NULL, actor_kind TEXT NOT NULL, actor_id UUID,
          action TEXT NOT NULL, object TEXT NOT NULL, detail TEXT NOT NULL,
          PRIMARY KEY (account_id, occurred_at, id)
        )
        """

    /// The engines share no trigger syntax. Whoever one day deletes for retention drops the trigger and puts it back within
    /// one recorded migration or maintenance transaction; ordinary code cannot.
    static let createTable = Migration(
        "audit.1-entries",
        sqlite: [
            table + " WITHOUT ROWID",
            """
            CREATE TRIGGER audit_entry_never_changes BEFORE UPDATE ON audit_entry
            BEGIN SELECT RAISE(ABORT, 'audit entries are appended, never changed'); END
            """,
            """
            CREATE TRIGGER audit_entry_never_vanishes BEFORE DELETE ON audit_entry
            BEGIN SELECT RAISE(ABORT, 'audit entries are appended, never deleted'); END
            """,
        ],
        postgres: [
            table,
            """
            CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'audit entries are appended, never changed or deleted'; END $$
            """,
            """
            CREATE TRIGGER audit_entry_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
            FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change()
            """,
        ])

    static let dataMap: DataMap = [
        "audit_entry": [
            "account_id": .identifier, "id": .identifier, "occurred_at": .operational, "actor_kind": .operational,
            "actor_id": .identifier, "action": .operational, "object": .identifier, "detail": .operational,
        ]
    ]

    func insert(_ entry: AuditEntry, into account: AccountID) throws {
        try transaction.execute(
            """
            INSERT INTO audit_entry (account_id, id, occurred_at, actor_kind, actor_id, action, object, detail)
            VALUES (\(account), \(entry.id), \(entry.occurredAt), \(entry.actor.kind), \(entry.actor.storedID), \(entry.action),
              \(entry.object), \(entry.detail))
            ON CONFLICT DO NOTHING
            """)
    }

    /// Newest first, from the newest or from just below `position`.
    func entries(of account: AccountID, before position: AuditPosition?, limit: Int) throws -> [AuditEntry] {
        var sql: SQL = """
            SELECT id, occurred_at, actor_kind, actor_id, action, object, detail FROM audit_entry WHERE account_id = \(account)
            """
        if let position { sql += " AND (occurred_at, id) < (\(position.occurredAt), \(position.id))" }
        sql += " ORDER BY occurred_at DESC, id DESC LIMIT \(limit)"
        return try transaction.rows(sql, AuditEntry.init(row:))
    }
}

extension AuditEntry {
    fileprivate init(row: any SQLRow) throws {
        self.init(
            id: try row.id("id"), occurredAt: try row.instant("occurred_at"), actor: try Actor(row: row),
            action: try row.text("action"), object: try row.text("object"), detail: try row.text("detail"))
    }
}

extension Actor {
    /// Users and keys have one; a column of one type holds both.
    fileprivate var storedID: UserID? {
        switch self {
        case .user(let id): id
        case .apiKey(let id): UserID(sameAs: id)
        case .bot, .system: nil
        }
    }

    fileprivate init(row: any SQLRow) throws {
        let kind = try row.text("actor_kind")
        switch kind {
        case "user": self = .user(try row.id("actor_id"))
        case "api_key": self = .apiKey(try row.id("actor_id"))
        case "bot": self = .bot
        case "system": self = .system
        default: throw SQLError.unexpected(column: "actor_kind", .text(kind))
        }
    }
}
