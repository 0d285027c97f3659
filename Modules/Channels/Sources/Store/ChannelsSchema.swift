import Kernel
import Persistence

/// The tables of Channels, and what each column holds.
enum ChannelsSchema {
    static let migrations = [
        Migration(
            "channels.1-channels",
            """
            CREATE TABLE channels_channel (
              account_id UUID NOT NULL, id UUID NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, mode TEXT NOT NULL,
              state TEXT NOT NULL, problem TEXT, route_hash BYTEA NOT NULL, settings BYTEA NOT NULL, memory BYTEA,
              last_inbound_at BIGINT, created_at BIGINT NOT NULL, PRIMARY KEY (account_id, id)
            )
            """,
            "CREATE UNIQUE INDEX channels_channel_route ON channels_channel (route_hash)"),
        Migration(
            "channels.2-inbox",
            """
            CREATE TABLE channels_delivery (
              account_id UUID NOT NULL, id UUID NOT NULL, channel_id UUID NOT NULL, identity_key BYTEA NOT NULL,
              body BYTEA NOT NULL, received_at BIGINT NOT NULL, PRIMARY KEY (account_id, id)
            ) WITHOUT ROWID
            """,
            """
            CREATE TABLE channels_event (
              account_id UUID NOT NULL, channel_id UUID NOT NULL, dedupe_key BYTEA NOT NULL, id UUID NOT NULL,
              thread_key BYTEA NOT NULL, identity_key BYTEA NOT NULL, content BYTEA NOT NULL, received_at BIGINT NOT NULL,
              PRIMARY KEY (account_id, id)
            ) WITHOUT ROWID
            """,
            "CREATE UNIQUE INDEX channels_event_once ON channels_event (account_id, channel_id, dedupe_key)"),
        Migration(
            "channels.3-outbox",
            """
            CREATE TABLE channels_outbound (
              account_id UUID NOT NULL, id UUID NOT NULL, conversation_id UUID NOT NULL, channel_id UUID NOT NULL,
              address BYTEA NOT NULL, fence BIGINT NOT NULL, author TEXT NOT NULL, status TEXT NOT NULL, attempts INTEGER NOT NULL,
              external_ids TEXT NOT NULL, plugin_state TEXT, failure_code TEXT, queued_at BIGINT NOT NULL, changed_at BIGINT NOT NULL,
              PRIMARY KEY (account_id, id)
            ) WITHOUT ROWID
            """,
            """
            CREATE TABLE channels_lane (
              account_id UUID NOT NULL, conversation_id UUID NOT NULL, fence BIGINT NOT NULL, PRIMARY KEY (account_id, conversation_id)
            ) WITHOUT ROWID
            """),
        Migration(
            "channels.4-visitors",
            """
            CREATE TABLE channels_visitor (
              account_id UUID NOT NULL, id UUID NOT NULL, channel_id UUID NOT NULL, token_hash BYTEA NOT NULL, name BYTEA NOT NULL,
              language TEXT, created_at BIGINT NOT NULL, PRIMARY KEY (account_id, id)
            )
            """,
            "CREATE UNIQUE INDEX channels_visitor_token ON channels_visitor (account_id, token_hash)"),
        Migration(
            "channels.5-health",
            "ALTER TABLE channels_channel ADD COLUMN condition TEXT",
            "CREATE INDEX channels_outbound_unsent ON channels_outbound (account_id, channel_id, status) WHERE status <> 'sent'"),
        Migration(
            "channels.6-files",
            """
            CREATE TABLE channels_file (
              account_id UUID NOT NULL, id UUID NOT NULL, channel_id UUID NOT NULL, identity_key BYTEA NOT NULL, inbound_id UUID,
              state TEXT NOT NULL, kind TEXT NOT NULL, mime TEXT NOT NULL, size BIGINT NOT NULL, name BYTEA NOT NULL, source BYTEA,
              created_at BIGINT NOT NULL, PRIMARY KEY (account_id, id)
            ) WITHOUT ROWID
            """,
            "CREATE INDEX channels_file_draft ON channels_file (created_at) WHERE inbound_id IS NULL AND state <> 'stored'"),
        Migration(
            "channels.7-turns",
            """
            CREATE TABLE channels_turn (
              account_id UUID NOT NULL, channel_id UUID NOT NULL, token TEXT NOT NULL, beat BIGINT NOT NULL, lasts BIGINT NOT NULL,
              PRIMARY KEY (account_id, channel_id)
            ) WITHOUT ROWID
            """),
        Migration(
            "channels.8-sign-in",
            """
            CREATE TABLE channels_sign_in (
              account_id UUID NOT NULL, channel_id UUID NOT NULL, attempt BYTEA NOT NULL, began_at BIGINT NOT NULL,
              PRIMARY KEY (account_id, channel_id)
            ) WITHOUT ROWID
            """),
        // The channels of one app of a provider have one hook.
        Migration(
            "channels.9-shared-hooks", "DROP INDEX channels_channel_route",
            "CREATE INDEX channels_channel_by_route ON channels_channel (route_hash)"),
        Migration(
            "channels.10-erasures",
            """
            CREATE TABLE channels_erasure (
              account_id UUID NOT NULL, id UUID NOT NULL, channel_id UUID NOT NULL, code_hash BYTEA NOT NULL,
              removed BIGINT NOT NULL, requested_at BIGINT NOT NULL, due_at BIGINT NOT NULL, settled_at BIGINT,
              PRIMARY KEY (account_id, id)
            ) WITHOUT ROWID
            """,
            "CREATE UNIQUE INDEX channels_erasure_by_code ON channels_erasure (code_hash)"),
        Migration(
            "channels.11-rules",
            """
            CREATE TABLE channels_rule (
              account_id UUID NOT NULL, scope_id UUID NOT NULL, rules TEXT NOT NULL, PRIMARY KEY (account_id, scope_id)
            ) WITHOUT ROWID
            """,
            """
            CREATE TABLE channels_initiated (
              account_id UUID NOT NULL, contact_id UUID NOT NULL, message_id UUID NOT NULL, sent_at BIGINT NOT NULL,
              PRIMARY KEY (account_id, contact_id, message_id)
            ) WITHOUT ROWID
            """,
            "CREATE INDEX channels_initiated_by_time ON channels_initiated (sent_at)",
            "ALTER TABLE channels_outbound ADD COLUMN overrides_rules SMALLINT NOT NULL DEFAULT 0",
            "ALTER TABLE channels_outbound ADD COLUMN held_until BIGINT"),
        Migration(
            "channels.12-shared-rates",
            """
            CREATE TABLE channels_allowance (
              account_id UUID NOT NULL, channel_id UUID NOT NULL, next_at BIGINT NOT NULL, paused_until BIGINT NOT NULL,
              failures INTEGER NOT NULL, PRIMARY KEY (account_id, channel_id)
            ) WITHOUT ROWID
            """,
            "ALTER TABLE channels_lane ADD COLUMN next_at BIGINT NOT NULL DEFAULT 0",
            "ALTER TABLE channels_lane ADD COLUMN paused_until BIGINT NOT NULL DEFAULT 0"),
        Migration(
            "channels.13-visitor-files",
            "ALTER TABLE channels_file ADD COLUMN by_visitor SMALLINT NOT NULL DEFAULT 0",
            """
            CREATE INDEX channels_file_by_visitor ON channels_file (account_id, identity_key, created_at) WHERE by_visitor = 1
            """),
        Migration(
            "channels.14-verified-visitors",
            "ALTER TABLE channels_visitor ADD COLUMN identity_key BYTEA",
            "ALTER TABLE channels_visitor ADD COLUMN subject_key BYTEA",
            "ALTER TABLE channels_visitor ADD COLUMN answers BYTEA",
            "ALTER TABLE channels_visitor ADD COLUMN answered_at BIGINT",
            "ALTER TABLE channels_visitor ADD COLUMN consent_id UUID",
            "ALTER TABLE channels_visitor ADD COLUMN consent_version TEXT",
            "ALTER TABLE channels_visitor ADD COLUMN consent_hash TEXT",
            "ALTER TABLE channels_visitor ADD COLUMN consent_at BIGINT",
            "CREATE INDEX channels_visitor_identity ON channels_visitor (account_id, identity_key)",
            """
            CREATE UNIQUE INDEX channels_visitor_subject ON channels_visitor (account_id, channel_id, subject_key)
              WHERE subject_key IS NOT NULL
            """,
            """
            CREATE TABLE channels_visitor_session (
              account_id UUID NOT NULL, token_hash BYTEA NOT NULL, visitor_id UUID NOT NULL, channel_id UUID NOT NULL,
              expires_at BIGINT NOT NULL, PRIMARY KEY (account_id, token_hash)
            ) WITHOUT ROWID
            """,
            """
            CREATE INDEX channels_visitor_session_by_visitor ON channels_visitor_session (account_id, visitor_id, expires_at)
            """),
        // A receipt that names a message alone is looked for among the channel's latest.
        Migration(
            "channels.15-latest-sent",
            """
            CREATE INDEX channels_outbound_latest ON channels_outbound (account_id, channel_id, queued_at) WHERE status = 'sent'
            """),
    ]

    static let dataMap: DataMap = [
        "channels_channel": [
            "account_id": .identifier, "id": .identifier, "kind": .business, "name": .business, "mode": .operational,
            "state": .operational, "problem": .operational, "route_hash": .secret, "settings": .sealed, "memory": .sealed,
            "condition": .operational,
            "last_inbound_at": .operational, "created_at": .operational,
        ],
        "channels_delivery": [
            "account_id": .identifier, "id": .identifier, "channel_id": .identifier, "identity_key": .blindIndex, "body": .sealed,
            "received_at": .operational,
        ],
        "channels_erasure": [
            "account_id": .identifier, "id": .identifier, "channel_id": .identifier, "code_hash": .secret,
            "removed": .operational,
            "requested_at": .operational, "due_at": .operational, "settled_at": .operational,
        ],
        "channels_event": [
            "account_id": .identifier, "channel_id": .identifier, "dedupe_key": .blindIndex, "id": .identifier,
            "thread_key": .blindIndex, "identity_key": .blindIndex, "content": .sealed, "received_at": .operational,
        ],
        "channels_outbound": [
            "account_id": .identifier, "id": .identifier, "conversation_id": .identifier, "channel_id": .identifier,
            "address": .sealed, "fence": .operational, "author": .operational, "status": .operational, "attempts": .operational,
            "external_ids": .operational, "plugin_state": .operational, "failure_code": .operational, "queued_at": .operational,
            "changed_at": .operational, "overrides_rules": .operational, "held_until": .operational,
        ],
        "channels_rule": ["account_id": .identifier, "scope_id": .identifier, "rules": .business],
        "channels_initiated": [
            "account_id": .identifier, "contact_id": .identifier, "message_id": .identifier, "sent_at": .operational,
        ],
        "channels_file": [
            "account_id": .identifier, "id": .identifier, "channel_id": .identifier, "identity_key": .blindIndex,
            "inbound_id": .identifier, "state": .operational, "kind": .operational, "mime": .operational, "size": .operational,
            "name": .sealed, "source": .sealed, "created_at": .operational, "by_visitor": .operational,
        ],
        "channels_sign_in": [
            "account_id": .identifier, "channel_id": .identifier, "attempt": .sealed, "began_at": .operational,
        ],
        "channels_turn": [
            "account_id": .identifier, "channel_id": .identifier, "token": .operational, "beat": .operational,
            "lasts": .operational,
        ],
        "channels_allowance": [
            "account_id": .identifier, "channel_id": .identifier, "next_at": .operational, "paused_until": .operational,
            "failures": .operational,
        ],
        "channels_lane": [
            "account_id": .identifier, "conversation_id": .identifier, "fence": .operational, "next_at": .operational,
            "paused_until": .operational,
        ],
        "channels_visitor": [
            "account_id": .identifier, "id": .identifier, "channel_id": .identifier, "token_hash": .secret, "name": .sealed,
            "language": .business, "created_at": .operational, "identity_key": .blindIndex, "subject_key": .blindIndex,
            "answers": .sealed, "answered_at": .operational, "consent_id": .identifier, "consent_version": .operational,
            "consent_hash": .operational, "consent_at": .operational,
        ],
        "channels_visitor_session": [
            "account_id": .identifier, "token_hash": .secret, "visitor_id": .identifier, "channel_id": .identifier,
            "expires_at": .operational,
        ],
    ]
}
