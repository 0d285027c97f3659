import Kernel
import Persistence

/// The module's tables.
enum KnowledgeSchema {
    static let migrations = [
        Migration(
            "knowledge.1-entries",
            // Deleted entries stay as marks: citations of their versions resolve, and indexes hear of the deletion.
            """
            CREATE TABLE knowledge_entry (
              account_id UUID NOT NULL, id UUID NOT NULL, version BIGINT NOT NULL, revision BIGINT NOT NULL,
              source TEXT, title_key TEXT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, deleted_at BIGINT,
              PRIMARY KEY (account_id, id)
            )
            """,
            """
            CREATE UNIQUE INDEX knowledge_entry_by_source ON knowledge_entry (account_id, source)
            WHERE source IS NOT NULL AND deleted_at IS NULL
            """,
            "CREATE UNIQUE INDEX knowledge_entry_by_revision ON knowledge_entry (account_id, revision, id)",
            // The long text comes last: lists then read a row's first page only.
            """
            CREATE TABLE knowledge_version (
              account_id UUID NOT NULL, entry_id UUID NOT NULL, version BIGINT NOT NULL, title TEXT NOT NULL, language TEXT,
              passages BIGINT NOT NULL, size BIGINT NOT NULL, digest BYTEA NOT NULL, created_at BIGINT NOT NULL,
              created_by TEXT NOT NULL, text TEXT NOT NULL,
              PRIMARY KEY (account_id, entry_id, version)
            )
            """,
            // Of current versions only. The text is repeated here, so that a hit is one short row and not a slice of a long one.
            """
            CREATE TABLE knowledge_passage (
              account_id UUID NOT NULL, id UUID NOT NULL, entry_id UUID NOT NULL, version BIGINT NOT NULL,
              ordinal BIGINT NOT NULL, start_at BIGINT NOT NULL, end_at BIGINT NOT NULL, language TEXT NOT NULL,
              title TEXT NOT NULL, text TEXT NOT NULL,
              PRIMARY KEY (account_id, id)
            )
            """,
            "CREATE INDEX knowledge_passage_by_entry ON knowledge_passage (account_id, entry_id, ordinal)",
            "CREATE TABLE knowledge_revision (account_id UUID PRIMARY KEY, revision BIGINT NOT NULL)")
    ]

    static let dataMap: DataMap = [
        "knowledge_entry": [
            "account_id": .identifier, "id": .identifier, "version": .operational, "revision": .operational, "source": .business,
            "title_key": .business, "created_at": .operational, "updated_at": .operational, "deleted_at": .operational,
        ],
        "knowledge_version": [
            "account_id": .identifier, "entry_id": .identifier, "version": .operational, "title": .business,
            "language": .operational,
            "passages": .operational, "size": .operational, "digest": .business, "created_at": .operational,
            "created_by": .identifier,
            "text": .business,
        ],
        "knowledge_passage": [
            "account_id": .identifier, "id": .identifier, "entry_id": .identifier, "version": .operational,
            "ordinal": .operational,
            "start_at": .operational, "end_at": .operational, "language": .operational, "title": .business, "text": .business,
        ],
        "knowledge_revision": ["account_id": .identifier, "revision": .operational],
    ]
}
