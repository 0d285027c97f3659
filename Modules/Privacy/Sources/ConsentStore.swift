import Kernel
import Persistence
import PrivacyInterface

/// The only place that knows the `privacy_consent` tables.
struct ConsentStore {
    let transaction: any SQLTransaction

    /// `ordered_at` and `position` are the ledger's own order of a person's words; see `ConsentOrder`.
    private static let ledger: SQL = """
        CREATE TABLE privacy_consent (
          account_id UUID NOT NULL, id UUID NOT NULL, subject_id UUID NOT NULL, purpose TEXT NOT NULL, given SMALLINT NOT NULL,
          source TEXT NOT NULL, text_hash TEXT NOT NULL, text_version TEXT NOT NULL, occurred_at BIGINT NOT NULL,
          recorded_at BIGINT NOT NULL, ordered_at BIGINT NOT NULL, position BIGINT NOT NULL,
          PRIMARY KEY (account_id, id)
        )
        """
    private static let index: SQL = """
        CREATE UNIQUE INDEX privacy_consent_in_order
        ON privacy_consent (account_id, subject_id, ordered_at, position)
        """
    /// One row per person: how far the ledger is. Raising it makes the words of one person queue.
    private static let turns: SQL = """
        CREATE TABLE privacy_consent_turn (
          account_id UUID NOT NULL, subject_id UUID NOT NULL, position BIGINT NOT NULL, latest_at BIGINT NOT NULL,
          PRIMARY KEY (account_id, subject_id)
        )
        """

    /// The engines share no trigger syntax.
    static let createTables = Migration(
        "privacy.1-consents",
        sqlite: [
            ledger, index, turns,
            """
            CREATE TRIGGER privacy_consent_never_changes BEFORE UPDATE ON privacy_consent
            BEGIN SELECT RAISE(ABORT, 'consents are appended, never changed'); END
            """,
            """
            CREATE TRIGGER privacy_consent_never_vanishes BEFORE DELETE ON privacy_consent
            BEGIN SELECT RAISE(ABORT, 'consents are appended, never deleted'); END
            """,
        ],
        postgres: [
            ledger, index, turns,
            """
            CREATE FUNCTION privacy_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'consents are appended, never changed or deleted'; END $$
            """,
            """
            CREATE TRIGGER privacy_consent_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON privacy_consent
            FOR EACH STATEMENT EXECUTE FUNCTION privacy_refuse_change()
            """,
        ])

    static let dataMap: DataMap = [
        "privacy_consent": [
            "account_id": .identifier, "id": .identifier, "subject_id": .identifier, "purpose": .operational,
            "given": .operational, "source": .operational, "text_hash": .operational, "text_version": .operational,
            "occurred_at": .operational, "recorded_at": .operational, "ordered_at": .operational, "position": .operational,
        ],
        "privacy_consent_turn": [
            "account_id": .identifier, "subject_id": .identifier, "position": .operational, "latest_at": .operational,
        ],
    ]

    /// Takes the person's turn until the transaction ends, and moves it on to `moment` unless it is further already.
    func take(_ subject: ContactID, of account: AccountID, atLeast moment: Instant) throws -> ConsentTurn {
        let turn = try transaction.row(
            """
            INSERT INTO privacy_consent_turn (account_id, subject_id, position, latest_at)
            VALUES (\(account), \(subject), \(1), \(moment))
            ON CONFLICT (account_id, subject_id) DO UPDATE SET
              position = privacy_consent_turn.position + 1,
              latest_at = CASE WHEN excluded.latest_at > privacy_consent_turn.latest_at
                THEN excluded.latest_at ELSE privacy_consent_turn.latest_at END
            RETURNING position, latest_at
            """
        ) { ConsentTurn(position: try $0.integer("position"), latestAt: try $0.instant("latest_at")) }
        guard let turn else { throw SQLError.engine(code: "consent", message: "the upsert returned no row") }
        return turn
    }

    func consent(_ id: Identifier<ConsentSubject>, of account: AccountID) throws -> ConsentRecord? {
        try transaction.row(
            Self.columns + " WHERE account_id = \(account) AND id = \(id)", ConsentRecord.init(row:))
    }

    func insert(_ consent: ConsentRecord, _ place: ConsentOrder.Place, recordedAt: Instant, into account: AccountID) throws {
        try transaction.execute(
            """
            INSERT INTO privacy_consent (
              account_id, id, subject_id, purpose, given, source, text_hash, text_version, occurred_at, recorded_at, ordered_at,
              position)
            VALUES (\(account), \(consent.id), \(consent.subject), \(consent.purpose), \(consent.given), \(consent.source),
              \(consent.textHash), \(consent.textVersion), \(consent.occurredAt), \(recordedAt), \(place.orderedAt),
              \(place.position))
            """)
    }

    /// Oldest first.
    func history(of subject: ContactID, account: AccountID) throws -> [ConsentRecord] {
        try transaction.rows(
            Self.columns + " WHERE account_id = \(account) AND subject_id = \(subject) ORDER BY ordered_at, position",
            ConsentRecord.init(row:))
    }

    /// Nil when the person never said anything on the purpose.
    func lastWord(of subject: ContactID, on purpose: String, account: AccountID) throws -> Bool? {
        try transaction.row(
            """
            SELECT given FROM privacy_consent
            WHERE account_id = \(account) AND subject_id = \(subject) AND purpose = \(purpose)
            ORDER BY ordered_at DESC, position DESC LIMIT 1
            """
        ) { try $0.bool("given") }
    }

    private static let columns: SQL = """
        SELECT id, subject_id, purpose, given, source, text_hash, text_version, occurred_at FROM privacy_consent
        """
}

/// How far the ledger is with one person's words.
struct ConsentTurn: Sendable {
    let position: Int64
    /// The latest moment of any word so far.
    let latestAt: Instant
}

extension ConsentRecord {
    fileprivate init(row: any SQLRow) throws {
        self.init(
            id: try row.id("id"), subject: try row.id("subject_id"), purpose: try row.text("purpose"),
            given: try row.bool("given"), source: try row.text("source"), textHash: try row.text("text_hash"),
            textVersion: try row.text("text_version"), occurredAt: try row.instant("occurred_at"))
    }
}
