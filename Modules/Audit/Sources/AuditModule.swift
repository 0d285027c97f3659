package import AuditInterface
package import Kernel
package import Persistence
package import WebSupport

/// All that the composition root knows about Audit.
package struct AuditModule: Sendable {
    /// Names whoever acted, for people who read the trail; nil when there is no such user or key any more.
    package typealias ActorName = @Sendable (Actor, AccountID) async -> String?

    package static let migrations = [AuditStore.createTable]
    package static let dataMap: DataMap = AuditStore.dataMap

    package let trail: any AuditTrail
    private let actorName: ActorName
    private let time: any TimeSource

    package init(database: any Database, time: any TimeSource, actorName: @escaping ActorName) {
        trail = LiveAuditTrail(database: database)
        (self.actorName, self.time) = (actorName, time)
    }

    package var routes: [Route] { AuditRoutes(trail: trail, actorName: actorName).all }

    /// Records that `principal` read what `path` shows: the gate of the public API calls it after each successful read of
    /// personal data.
    package func recordRead(_ principal: Principal, _ action: String, _ path: String) async throws {
        let prefix = "/api/v1/"
        let object = path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
        try await trail.append(
            AuditEntry(occurredAt: time.now(), actor: principal.actor, action: action, object: object),
            account: principal.account)
    }
}
