package import AuditInterface
package import CalendarInterface
package import Kernel
package import Persistence
package import Vault
package import WebSupport

/// All that the composition root knows about Calendar.
package struct CalendarModule: Sendable {
    /// Whether the account has this contact. Calendar keeps ids of contacts only and must not keep another account's.
    package typealias HasContact = @Sendable (ContactID, AccountID) async throws -> Bool

    package static let migrations = [ResourceStore.createTable, BookingStore.createTable]
    package static let dataMap: DataMap = ResourceStore.dataMap.merging(BookingStore.dataMap) { first, _ in first }

    package let bookings: any BookingDirectory
    private let live: LiveBookingDirectory
    private let resources: ResourceDirectory

    package init(
        database: any Database, vault: Vault, audit: any AuditTrail, time: any TimeSource, hasContact: @escaping HasContact
    ) {
        live = LiveBookingDirectory(database: database, audit: audit, time: time, hasContact: hasContact)
        bookings = live
        resources = ResourceDirectory(database: database, vault: vault, audit: audit, time: time)
    }

    package var routes: [Route] { ResourceRoutes(resources: resources).all + BookingRoutes(bookings: live).all }
}
