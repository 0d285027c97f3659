import CalendarInterface
import HTTPTypes
import Kernel
import WebSupport

/// `/api/v1/calendar/resources`: who and what can be booked.
struct ResourceRoutes: Sendable {
    let resources: ResourceDirectory

    struct ResourceDTO: Codable {
        let id: Identifier<ResourceSubject>
        let name: String
        /// `staff` or `room`.
        let kind: String
        let createdAt: Instant
    }

    struct NewResource: Codable {
        let name: String
        let kind: String
    }

    var all: [Route] {
        [
            Route(
                .get, "/api/v1/calendar/resources", "Staff and rooms that can be booked", access: .permission(.readCalendar),
                audit: .read("resources.listed"), response: .page(of: ResourceDTO.self), handler: list),
            Route(
                .post, "/api/v1/calendar/resources", "Add a person or room", access: .permission(.writeCalendar),
                bodyLimit: 8_192, audit: .inTransaction, request: .of(NewResource.self), response: .of(ResourceDTO.self),
                handler: add),
        ]
    }

    @Sendable private func list(_ call: Call) async throws -> Reply {
        try Reply.json(Page(try await resources.resources(of: try call.account).map(ResourceDTO.init), next: nil))
    }

    @Sendable private func add(_ call: Call) async throws -> Reply {
        let principal = try call.principal
        let body = try call.decode(NewResource.self)
        guard let kind = ResourceKind(rawValue: body.kind) else {
            throw Problem.invalid(field: "kind", "expected staff or room")
        }
        let added = try await resources.add(name: body.name, kind: kind, account: principal.account, actor: principal.actor)
        return try Reply.json(ResourceDTO(added), status: .created)
    }
}

extension ResourceRoutes.ResourceDTO {
    fileprivate init(_ resource: ResourceDirectory.Resource) {
        self.init(id: resource.id, name: resource.name, kind: resource.kind.rawValue, createdAt: resource.createdAt)
    }
}
