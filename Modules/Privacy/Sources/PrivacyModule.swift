package import AuditInterface
import ConversationsInterface
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

    /// Visitors who agreed before a chat are recorded; the same word is recorded once.
    package func subscribe(to bus: any EventBus) {
        bus.subscribe("privacy.visitor-consents", to: VisitorConsented.self) { [live] delivery in
            let event = delivery.event
            try await live.record(
                ConsentRecord(
                    id: Identifier(sameAs: event.consent), subject: event.contact, purpose: "processing", given: true,
                    source: "webchat", textHash: event.textHash, textVersion: event.textVersion, occurredAt: event.givenAt),
                account: delivery.account)
            try await delivery.complete { _ in }
        }
    }

    package var routes: [Route] {
        ConsentRoutes(consents: live, hasContact: hasContact).all + DataMapRoutes(maps: maps).all
    }
}
