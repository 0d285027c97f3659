import Kernel
import Persistence

/// The tables of outgoing webhooks.
///
/// A delivery holds identifiers and codes alone; what it tells is read when it is sent, so it outlives nobody's erasure.
enum WebhookSchema {
    static let migrations = [
        Migration(
            "channels.webhooks-1",
            """
            CREATE TABLE channels_webhook (
              account_id UUID NOT NULL, id UUID NOT NULL, description TEXT NOT NULL, settings BYTEA NOT NULL, events TEXT NOT NULL,
              state TEXT NOT NULL, reason TEXT, failures INTEGER NOT NULL, failing_since BIGINT, paused_until BIGINT,
              created_at BIGINT NOT NULL, PRIMARY KEY (account_id, id)
            )
            """,
            """
            CREATE TABLE channels_webhook_delivery (
              account_id UUID NOT NULL, id UUID NOT NULL, endpoint_id UUID NOT NULL, event TEXT NOT NULL, facts TEXT NOT NULL,
              status TEXT NOT NULL, tries INTEGER NOT NULL, attempts INTEGER NOT NULL, next_at BIGINT, occurred_at BIGINT NOT NULL,
              settled_at BIGINT, PRIMARY KEY (account_id, id)
            ) WITHOUT ROWID
            """,
            "CREATE INDEX channels_webhook_delivery_list ON channels_webhook_delivery (account_id, endpoint_id, id)",
            """
            CREATE INDEX channels_webhook_delivery_due ON channels_webhook_delivery (account_id, endpoint_id, next_at)
              WHERE status = 'pending'
            """,
            "CREATE INDEX channels_webhook_delivery_wait ON channels_webhook_delivery (next_at) WHERE status = 'pending'",
            "CREATE INDEX channels_webhook_delivery_old ON channels_webhook_delivery (occurred_at)",
            """
            CREATE TABLE channels_webhook_attempt (
              account_id UUID NOT NULL, delivery_id UUID NOT NULL, number INTEGER NOT NULL, person_id UUID, at BIGINT NOT NULL,
              duration BIGINT NOT NULL, code INTEGER, failure TEXT, answer BYTEA, PRIMARY KEY (account_id, delivery_id, number)
            ) WITHOUT ROWID
            """,
            "CREATE INDEX channels_webhook_attempt_old ON channels_webhook_attempt (at)")
    ]

    static let dataMap: DataMap = [
        "channels_webhook": [
            "account_id": .identifier, "id": .identifier, "description": .business, "settings": .sealed, "events": .business,
            "state": .operational, "reason": .operational, "failures": .operational, "failing_since": .operational,
            "paused_until": .operational, "created_at": .operational,
        ],
        "channels_webhook_delivery": [
            "account_id": .identifier, "id": .identifier, "endpoint_id": .identifier, "event": .operational,
            "facts": .identifier, "status": .operational, "tries": .operational, "attempts": .operational,
            "next_at": .operational, "occurred_at": .operational, "settled_at": .operational,
        ],
        "channels_webhook_attempt": [
            "account_id": .identifier, "delivery_id": .identifier, "number": .operational, "person_id": .identifier,
            "at": .operational, "duration": .operational, "code": .operational, "failure": .operational, "answer": .sealed,
        ],
    ]
}
