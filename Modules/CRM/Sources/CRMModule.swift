package import AuditInterface
package import CRMInterface
package import Kernel
package import Persistence
package import Vault
package import WebSupport

/// All that the composition root knows about CRM.
package struct CRMModule: Sendable {
    /// Finds where contacts can be reached; one without identities is left out. Conversations owns them and is built on CRM,
    /// so the answer comes through a closure.
    package typealias Identities = @Sendable (Set<ContactID>, AccountID) async throws -> [ContactID: [ContactIdentity]]

    package static let migrations = [CRMStore.createTable, CRMStore.addProfile]
    package static let dataMap: DataMap = CRMStore.dataMap

    package let contacts: any ContactDirectory
    private let live: LiveContactDirectory
    private let identities: Identities

    package init(
        database: any Database, vault: Vault, audit: any AuditTrail, time: any TimeSource, identities: @escaping Identities
    ) {
        live = LiveContactDirectory(database: database, vault: vault, audit: audit, time: time)
        contacts = live
        self.identities = identities
    }

    package var routes: [Route] { ContactRoutes(contacts: live, identities: identities).all }
}
