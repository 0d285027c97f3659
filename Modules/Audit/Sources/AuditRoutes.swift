import AuditInterface
import HTTPTypes
import Kernel
import WebSupport

/// `GET /api/v1/audit`: the trail, for whoever may read it.
struct AuditRoutes: Sendable {
    let trail: any AuditTrail
    let actorName: AuditModule.ActorName

    struct Entry: Codable {
        struct Doer: Codable {
            let type: String
            let id: String?
            /// Empty when nobody knows the name any more.
            let name: String

            /// Writes a missing id as null, as the contract has it.
            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(type, forKey: .type)
                try container.encode(id, forKey: .id)
                try container.encode(name, forKey: .name)
            }
        }

        let id: Identifier<AuditSubject>
        let at: Instant
        let actor: Doer
        let action: String
        let object: String
        let detail: String
    }

    var all: [Route] {
        [
            Route(
                .get, "/api/v1/audit", "The record of who read and changed what, newest first",
                access: .permission(.readAudit), audit: .read("audit.viewed"), response: .page(of: Entry.self), handler: list)
        ]
    }

    @Sendable private func list(_ call: Call) async throws -> Reply {
        let account = try call.account
        let page = try await trail.entries(of: account, after: call.query("after"), limit: try call.limit())
        var names: [Actor: String] = [:]
        for actor in Set(page.elements.map(\.actor)) { names[actor] = await actorName(actor, account) ?? "" }
        return try Reply.json(
            page.map { entry in
                Entry(
                    id: entry.id, at: entry.occurredAt,
                    actor: .init(type: entry.actor.kind, id: entry.actor.reference, name: names[entry.actor] ?? ""),
                    action: entry.action, object: entry.object, detail: entry.detail)
            })
    }
}
