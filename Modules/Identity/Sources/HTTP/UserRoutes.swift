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
        /// Shut out: no session, no key of theirs works.
        let disabled: Bool
        let createdAt: Instant

        init(_ person: Person) {
            (id, name, email, role) = (person.id, person.name, person.email, person.role)
            (disabled, createdAt) = (person.isDisabled, person.createdAt)
        }
    }

    struct Change: Decodable {
        let role: Role?
        let disabled: Bool?
    }

    var routes: [Route] {
        [
            Route(
                .patch, "/api/v1/users/{id}", "Give somebody another role, shut them out or let them in again",
                access: .permission(.writeUsers), bodyLimit: 4_096, audit: .inTransaction, request: .of(Change.self),
                response: .of(Item.self), handler: change),
            Route(
                .get, "/api/v1/users", "The people of the account", access: .permission(.readUsers),
                audit: .read("user.listed"), response: .page(of: Item.self), handler: list),
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        let page = try await members.page(of: try call.account, after: try call.cursor(), limit: try call.limit())
        return try Reply.json(page.map(Item.init))
    }

    private func change(_ call: Call) async throws -> Reply {
        let (id, body): (UserID, Change) = (try call.id(), try call.decode())
        let principal = try call.principal
        try await members.change(id, role: body.role, disabled: body.disabled, by: principal)
        guard let person = try await members.person(id, in: principal.account) else { throw Problem.notFound }
        return try Reply.json(Item(person))
    }
}
