import Kernel
import Persistence

/// The tables of Conversations, and what each column holds.
enum ConversationsSchema {
    static let migrations = [
        Migration(
            "conversations.1-conversations",
            """
            CREATE TABLE conversations_conversation (
              account_id UUID NOT NULL, id UUID NOT NULL, channel_id UUID NOT NULL, thread_key BYTEA NOT NULL, contact_id UUID NOT NULL,
              address BYTEA NOT NULL, state TEXT NOT NULL, owner TEXT NOT NULL, fence BIGINT NOT NULL, assignee_id UUID,
              needs_human SMALLINT NOT NULL, handoff_reason TEXT, handoff_at BIGINT, language TEXT, unread INTEGER NOT NULL,
              bot_replies INTEGER NOT NULL, last_message_id UUID, last_inbound_id UUID, last_inbound_at BIGINT,
              activity_at BIGINT NOT NULL, created_at BIGINT NOT NULL, PRIMARY KEY (account_id, id)
            )
            """,
            "CREATE UNIQUE INDEX conversations_by_thread ON conversations_conversation (account_id, channel_id, thread_key)",
            "CREATE INDEX conversations_by_activity ON conversations_conversation (account_id, state, activity_at, id)",
            """
            CREATE INDEX conversations_by_assignee ON conversations_conversation (account_id, assignee_id, activity_at, id)
              WHERE assignee_id IS NOT NULL
            """,
            """
            CREATE INDEX conversations_waiting ON conversations_conversation (account_id, activity_at, id) WHERE needs_human = 1
            """,
            "CREATE INDEX conversations_unread ON conversations_conversation (account_id) WHERE unread > 0",
            """
            CREATE TABLE conversations_identity (
              account_id UUID NOT NULL, identity_key BYTEA NOT NULL, contact_id UUID NOT NULL, channel_kind TEXT NOT NULL,
              handle BYTEA, created_at BIGINT NOT NULL, PRIMARY KEY (account_id, identity_key)
            ) WITHOUT ROWID
            """,
            "CREATE INDEX conversations_identity_by_contact ON conversations_identity (account_id, contact_id)"),
        Migration(
            "conversations.2-messages",
            """
            CREATE TABLE conversations_message (
              account_id UUID NOT NULL, conversation_id UUID NOT NULL, id UUID NOT NULL, contact_id UUID NOT NULL, direction TEXT NOT NULL,
              kind TEXT NOT NULL, author TEXT NOT NULL, author_id UUID, text BYTEA NOT NULL, attachments BYTEA, citations BYTEA,
              status TEXT NOT NULL, failure_code TEXT, failure_reason TEXT, cost_micros BIGINT, cost_currency TEXT,
              occurred_at BIGINT NOT NULL, changed_at BIGINT NOT NULL, edited SMALLINT NOT NULL, deleted SMALLINT NOT NULL,
              PRIMARY KEY (account_id, id)
            ) WITHOUT ROWID
            """,
            "CREATE INDEX conversations_message_by_time ON conversations_message (account_id, conversation_id, occurred_at, id)",
            "CREATE INDEX conversations_message_changed ON conversations_message (changed_at, id)",
            // What is said of a provider's message id; a row may come before the message it speaks of.
            """
            CREATE TABLE conversations_external (
              account_id UUID NOT NULL, conversation_id UUID NOT NULL, external_id TEXT NOT NULL, message_id UUID,
              status TEXT, edit_text BYTEA, edit_at BIGINT, deleted SMALLINT NOT NULL DEFAULT 0,
              PRIMARY KEY (account_id, conversation_id, external_id)
            ) WITHOUT ROWID
            """),
        Migration(
            "conversations.3-schedule",
            "ALTER TABLE conversations_message ADD COLUMN scheduled_at BIGINT",
            "ALTER TABLE conversations_message ADD COLUMN cancel_on_reply SMALLINT NOT NULL DEFAULT 0",
            // What waits for its time is little, and asked for at each message of a conversation that has some.
            """
            CREATE INDEX conversations_message_waiting ON conversations_message (account_id, conversation_id)
              WHERE scheduled_at IS NOT NULL
            """,
            "ALTER TABLE conversations_conversation ADD COLUMN has_waiting SMALLINT NOT NULL DEFAULT 0"),
        Migration(
            "conversations.4-dead-letters",
            "ALTER TABLE conversations_message ADD COLUMN dismissed_at BIGINT",
            """
            CREATE INDEX conversations_message_troubled ON conversations_message (account_id, occurred_at, id)
              WHERE status IN ('failed', 'uncertain') AND dismissed_at IS NULL
            """),
        Migration(
            "conversations.5-visitors",
            "ALTER TABLE conversations_conversation ADD COLUMN is_verified SMALLINT NOT NULL DEFAULT 0",
            "ALTER TABLE conversations_conversation ADD COLUMN answered_at BIGINT"),
        Migration(
            "conversations.6-ratings",
            "ALTER TABLE conversations_conversation ADD COLUMN closed_at BIGINT",
            """
            CREATE TABLE conversations_rating (
              account_id UUID NOT NULL, conversation_id UUID NOT NULL, closed_at BIGINT NOT NULL, score SMALLINT NOT NULL,
              comment BYTEA, rated_at BIGINT NOT NULL, PRIMARY KEY (account_id, conversation_id, closed_at)
            ) WITHOUT ROWID
            """),
        Migration(
            "conversations.7-referrals", "ALTER TABLE conversations_conversation ADD COLUMN referral BYTEA",
            "ALTER TABLE conversations_message ADD COLUMN referral BYTEA"),
        Migration("conversations.8-service-lines", "ALTER TABLE conversations_message ADD COLUMN service TEXT"),
    ]

    static let dataMap: DataMap = [
        "conversations_conversation": [
            "account_id": .identifier, "id": .identifier, "channel_id": .identifier, "thread_key": .blindIndex,
            "contact_id": .identifier, "address": .sealed, "state": .operational, "owner": .operational, "fence": .operational,
            "assignee_id": .identifier, "needs_human": .operational, "handoff_reason": .operational, "handoff_at": .operational,
            "language": .business, "unread": .operational, "bot_replies": .operational, "last_message_id": .identifier,
            "last_inbound_id": .identifier, "last_inbound_at": .operational, "activity_at": .operational,
            "created_at": .operational, "has_waiting": .operational, "is_verified": .operational, "answered_at": .operational,
            "closed_at": .operational, "referral": .sealed,
        ],
        "conversations_rating": [
            "account_id": .identifier, "conversation_id": .identifier, "closed_at": .operational, "score": .operational,
            "comment": .sealed, "rated_at": .operational,
        ],
        "conversations_identity": [
            "account_id": .identifier, "identity_key": .blindIndex, "contact_id": .identifier, "channel_kind": .business,
            "handle": .sealed, "created_at": .operational,
        ],
        "conversations_message": [
            "account_id": .identifier, "conversation_id": .identifier, "id": .identifier, "contact_id": .identifier,
            "direction": .operational, "kind": .operational, "author": .operational, "author_id": .identifier, "text": .sealed,
            "attachments": .sealed, "citations": .sealed, "status": .operational, "failure_code": .operational,
            "failure_reason": .operational, "cost_micros": .business, "cost_currency": .business, "occurred_at": .operational,
            "changed_at": .operational, "edited": .operational, "deleted": .operational, "scheduled_at": .operational,
            "cancel_on_reply": .operational, "dismissed_at": .operational, "referral": .sealed,
            "service": .operational,
        ],
        "conversations_external": [
            "account_id": .identifier, "conversation_id": .identifier, "external_id": .operational, "message_id": .identifier,
            "status": .operational, "edit_text": .sealed, "edit_at": .operational, "deleted": .operational,
        ],
    ]
}
