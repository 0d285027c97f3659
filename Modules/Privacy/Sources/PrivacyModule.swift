package import AuditInterface
package import Kernel
package import Persistence
package import PrivacyInterface
package import WebSupport

/// All that the composition root knows about Privacy.
package struct PrivacyModule: Sendable {
    /// Whether the account has this contact. Privacy keeps ids of contacts only and must not keep another account's.
    package typealias HasContact = @Sendable (ContactID, AccountID) async throws -> Bool

    package static let migrations = [ConsentStore.createTables]
    package static let dataMap: DataMap = ConsentStore.dataMap

    package let consents: any ConsentLedger
    private let live: LiveConsentLedger
    private let maps: [String: DataMap]
    private let hasContact: HasContact

    /// `dataMap` holds every module's map under the module's name.
    package init(
        database: any Database, audit: any AuditTrail, time: any TimeSource, dataMap: [String: DataMap],
        hasContact: @escaping HasContact
    ) {
        live = LiveConsentLedger(database: database, audit: audit, time: time)
        consents = live
        maps = dataMap
        self.hasContact = hasContact
    }

    package var routes: [Route] {
        ConsentRoutes(consents: live, hasContact: hasContact).all + DataMapRoutes(maps: maps).all
    }
}
