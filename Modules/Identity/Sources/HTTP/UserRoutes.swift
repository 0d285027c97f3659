import HTTPTypes
import Kernel
import WebSupport

/// The people of the account.
struct UserRoutes: Sendable {
    let members: Members

    struct Item: Codable {
        let id: UserID
        let name: String
        let email: String
        let role: Role
        let createdAt: Instant
    }

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/users", "The people of the account", access: .permission(.readUsers),
                audit: .read("user.listed"), response: .page(of: Item.self), handler: list)
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        let page = try await members.page(of: try call.account, after: try call.cursor(), limit: try call.limit())
        return try Reply.json(
            page.map { Item(id: $0.id, name: $0.name, email: $0.email, role: $0.role, createdAt: $0.createdAt) })
    }
}
