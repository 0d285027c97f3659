/// The platform's own tables, in the order in which they are made.
package enum PersistenceSchema {
    package static let data = Outbox.migrations + JobStore.migrations + [Cron.migration]
}
