import Kernel
import Persistence

/// The module's tables.
enum IdentitySchema {
    /// The unique indexes on digests and on the e-mail index do not begin with the account: they are what leads to it.
    static let tables = Migration(
        "identity.1-people",
        """
        CREATE TABLE identity_account (
          account_id UUID NOT NULL PRIMARY KEY, name TEXT NOT NULL, language TEXT NOT NULL, created_at BIGINT NOT NULL
        )
        """,
        """
        CREATE TABLE identity_user (
          account_id UUID NOT NULL, id UUID NOT NULL, name BYTEA NOT NULL, email BYTEA NOT NULL, email_index BYTEA NOT NULL,
          password_hash TEXT NOT NULL, role TEXT NOT NULL, language TEXT NOT NULL, theme TEXT NOT NULL,
          disabled_at BIGINT, age_confirmed_at BIGINT, created_at BIGINT NOT NULL,
          PRIMARY KEY (account_id, id)
        )
        """,
        "CREATE UNIQUE INDEX identity_user_by_email ON identity_user (email_index)",
        """
        CREATE TABLE identity_session (
          account_id UUID NOT NULL, digest BYTEA NOT NULL, user_id UUID NOT NULL, created_at BIGINT NOT NULL,
          last_seen_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
          PRIMARY KEY (account_id, digest)
        )
        """,
        "CREATE UNIQUE INDEX identity_session_by_digest ON identity_session (digest)",
        "CREATE INDEX identity_session_by_user ON identity_session (account_id, user_id)",
        """
        CREATE TABLE identity_link (
          account_id UUID NOT NULL, id UUID NOT NULL, digest BYTEA NOT NULL, kind TEXT NOT NULL, user_id UUID NOT NULL,
          role TEXT NOT NULL, email BYTEA, email_index BYTEA, created_by UUID, created_at BIGINT NOT NULL,
          expires_at BIGINT NOT NULL, used_at BIGINT,
          PRIMARY KEY (account_id, id)
        )
        """,
        "CREATE UNIQUE INDEX identity_link_by_digest ON identity_link (digest)",
        """
        CREATE TABLE identity_api_key (
          account_id UUID NOT NULL, id UUID NOT NULL, digest BYTEA NOT NULL, name TEXT NOT NULL, permissions TEXT NOT NULL,
          created_by UUID NOT NULL, created_at BIGINT NOT NULL, last_used_at BIGINT, revoked_at BIGINT,
          PRIMARY KEY (account_id, id)
        )
        """,
        "CREATE UNIQUE INDEX identity_api_key_by_digest ON identity_api_key (digest)",
        """
        CREATE TABLE identity_throttle (
          account_id UUID NOT NULL, key_index BYTEA NOT NULL, attempts TEXT NOT NULL, touched_at BIGINT NOT NULL,
          PRIMARY KEY (account_id, key_index)
        )
        """)

    static let dataMap: DataMap = [
        "identity_account": [
            "account_id": .identifier, "name": .business, "language": .operational, "created_at": .operational,
        ],
        "identity_user": [
            "account_id": .identifier, "id": .identifier, "name": .sealed, "email": .sealed, "email_index": .blindIndex,
            "password_hash": .secret, "role": .operational, "language": .operational, "theme": .operational,
            "disabled_at": .operational, "age_confirmed_at": .operational, "created_at": .operational,
        ],
        "identity_session": [
            "account_id": .identifier, "digest": .secret, "user_id": .identifier, "created_at": .operational,
            "last_seen_at": .operational, "expires_at": .operational,
        ],
        "identity_link": [
            "account_id": .identifier, "id": .identifier, "digest": .secret, "kind": .operational, "user_id": .identifier,
            "role": .operational, "email": .sealed, "email_index": .blindIndex, "created_by": .identifier,
            "created_at": .operational, "expires_at": .operational, "used_at": .operational,
        ],
        "identity_api_key": [
            "account_id": .identifier, "id": .identifier, "digest": .secret, "name": .business, "permissions": .operational,
            "created_by": .identifier, "created_at": .operational, "last_used_at": .operational, "revoked_at": .operational,
        ],
        "identity_throttle": [
            "account_id": .identifier, "key_index": .blindIndex, "attempts": .operational, "touched_at": .operational,
        ],
    ]
}
