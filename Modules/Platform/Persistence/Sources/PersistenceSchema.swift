package import Kernel

/// The platform's own tables in the application's database.
package enum PersistenceSchema {
    /// In the order in which they are made.
    package static let data = Outbox.migrations + JobStore.migrations + [Cron.migration, RememberedAnswers.migration]

    /// Payloads of jobs and events hold identifiers and facts, never what a person wrote.
    package static let dataMap: DataMap = [
        "platform_event": ["account_id": .identifier, "id": .identifier, "name": .operational, "data": .identifier],
        "platform_job": [
            "account_id": .identifier, "id": .identifier, "queue": .operational, "payload": .identifier,
            "ordering_key": .identifier, "unique_key": .identifier, "source_id": .identifier, "state": .operational,
            "priority": .operational, "run_at": .operational, "attempts": .operational, "max_attempts": .operational,
            "fence": .operational, "lease_owner": .operational, "lease_beat": .operational, "last_error": .operational,
            "created_at": .operational,
        ],
        "platform_schedule": ["name": .operational, "next_at": .operational],
        "platform_answer": [
            "account_id": .identifier, "id": .identifier, "request_hash": .operational, "answer": .sealed,
            "created_at": .operational,
        ],
    ]
}
