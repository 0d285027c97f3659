import HTTPTypes
import Kernel
import WebSupport

/// Asking people into the account.
struct InvitationRoutes: Sendable {
    let invitations: Invitations
    let publicURL: String

    struct New: Decodable {
        let email: String
        let role: Role
    }

    struct Item: Codable {
        let id: LinkID
        let email: String
        let role: Role
        let expiresAt: Instant
        /// Only in the answer to whoever made it.
        let link: String?
    }

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/invitations", "Invitations nobody has accepted yet", access: .permission(.readUsers),
                audit: .read("invitation.listed"), response: .page(of: Item.self), handler: list),
            Route(
                .post, "/api/v1/invitations", "Invite somebody", access: .permission(.writeUsers), bodyLimit: 4_096,
                audit: .inTransaction, showsSecret: true, request: .of(New.self), response: .of(Item.self), handler: create),
            Route(
                .delete, "/api/v1/invitations/{id}", "Withdraw an invitation", access: .permission(.writeUsers),
                audit: .inTransaction, handler: revoke),
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        let page = try await invitations.page(of: try call.account, after: try call.cursor(), limit: try call.limit())
        return try Reply.json(page.map(item))
    }

    private func create(_ call: Call) async throws -> Reply {
        let body = try call.decode(New.self)
        let made = try await invitations.invite(body.email, as: body.role, by: try call.principal)
        return try Reply.json(item(made), status: .created)
    }

    private func revoke(_ call: Call) async throws -> Reply {
        try await invitations.revoke(try call.id(), by: try call.principal)
        return .noContent
    }

    private func item(_ invitation: Invitations.Invitation) -> Item {
        Item(
            id: invitation.id, email: invitation.email, role: invitation.role, expiresAt: invitation.expiresAt,
            link: invitation.token.map { "\(publicURL)/welcome#\($0)" })
    }
}
