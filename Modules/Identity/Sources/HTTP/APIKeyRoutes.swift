import HTTPTypes
import Kernel
import WebSupport

/// Keys for programs.
struct APIKeyRoutes: Sendable {
    let keys: APIKeys

    struct New: Decodable {
        let name: String
        let permissions: [Permission]
    }

    struct Item: Codable {
        let id: APIKeyID
        let name: String
        let permissions: [Permission]
        let createdAt: Instant
        let lastUsedAt: Instant?
        /// Only in the answer to whoever made it.
        let key: String?

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(id, forKey: .id)
            try container.encode(name, forKey: .name)
            try container.encode(permissions, forKey: .permissions)
            try container.encode(createdAt, forKey: .createdAt)
            // Null is written out: the contract lists it.
            try container.encode(lastUsedAt, forKey: .lastUsedAt)
            try container.encodeIfPresent(key, forKey: .key)
        }
    }

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/api-keys", "The account's API keys", access: .permission(.writeAPIKeys),
                response: .page(of: Item.self), handler: list),
            Route(
                .post, "/api/v1/api-keys", "Make an API key", access: .permission(.writeAPIKeys), bodyLimit: 8_192,
                audit: .inTransaction, showsSecret: true, request: .of(New.self), response: .of(Item.self), handler: create),
            Route(
                .delete, "/api/v1/api-keys/{id}", "Revoke an API key", access: .permission(.writeAPIKeys), audit: .inTransaction,
                handler: revoke),
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        let page = try await keys.page(of: try call.account, after: try call.cursor(), limit: try call.limit())
        return try Reply.json(page.map { item($0) })
    }

    private func create(_ call: Call) async throws -> Reply {
        let body = try call.decode(New.self)
        let made = try await keys.create(name: body.name, permissions: Set(body.permissions), by: try call.principal)
        return try Reply.json(item(made.row, key: made.text), status: .created)
    }

    private func revoke(_ call: Call) async throws -> Reply {
        try await keys.revoke(try call.id(), by: try call.principal)
        return .noContent
    }

    private func item(_ row: APIKeyRow, key: String? = nil) -> Item {
        Item(
            id: row.id, name: row.name, permissions: row.permissions.sorted { $0.rawValue < $1.rawValue },
            createdAt: row.createdAt,
            lastUsedAt: row.lastUsedAt, key: key)
    }
}
