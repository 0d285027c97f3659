import Audit
import Billing
import BotEngine
import CRM
import Calendar
import Channels
import Conversations
import Foundation
import Identity
package import Kernel
import KnowledgeBase
import Logging
package import Persistence
import Privacy
import Vault

/// The three stores of an installation, each with its own lifetime: business data, wrapped keys, derived search data.
package struct Stores: Sendable {
    package let data: any Database
    package let keys: any Database
    package let search: any Database
    package let listener: PostgresListener?
    package let outbox: Outbox
    package let live: LiveEvents
    package let signal: WakeSignal

    package static let dataMigrations: [Migration] =
        PersistenceSchema.data + AuditModule.migrations + IdentityModule.migrations + BillingModule.migrations
        + CRMModule.migrations
        + CalendarModule.migrations + PrivacyModule.migrations + KnowledgeBaseModule.migrations + ChannelsModule.migrations
        + ConversationsModule.migrations + BotEngineModule.migrations

    /// Opens or creates the stores; their schema is not touched. Throws `StartupError` for what the operator must mend.
    package init(_ configuration: Configuration, folder: DataFolder, time: any TimeSource) throws {
        signal = WakeSignal()
        live = LiveEvents()
        outbox = Outbox(time: time, live: live, signal: signal)
        do {
            if let address = configuration.database {
                let url = try PostgresURL(address)
                data = try PostgresDatabase(url, schema: "sevensales", sink: outbox)
                keys = try PostgresDatabase(url, schema: "sevensales_keys", connections: 2)
                search = try PostgresDatabase(url, schema: "sevensales_search", connections: 2)
                listener = PostgresListener(url, schema: "sevensales")
            } else {
                data = try SQLiteDatabase(file: folder.file("data.sqlite"), sink: outbox, cache: 49_152)
                keys = try SQLiteDatabase(file: folder.file("keys.sqlite"), readers: 2)
                search = try SQLiteDatabase(file: try folder.search().appending(path: "search.sqlite"), readers: 2)
                listener = nil
            }
        } catch Problem.unavailable(let reason) { throw StartupError(reason) } catch Problem.invalid(_, let reason) {
            throw StartupError("--database: \(reason)")
        } catch let error as StartupError { throw error } catch {
            throw StartupError("the database in \(folder.url.path) cannot be opened: \(error)")
        }
    }

    /// Brings all three to this version's schema. Before an upgrade of existing SQLite data a copy is kept beside it.
    package func migrate(folder: DataFolder, at now: Instant, note: (String) -> Void) async throws {
        do {
            let pending = try await Migrator(Self.dataMigrations).pending(in: data)
            if pending.count < Self.dataMigrations.count, let first = pending.first, let sqlite = data as? SQLiteDatabase {
                let copy = folder.file("data-before-\(first.name).sqlite")
                note("keeping a copy of the data before the upgrade in \(copy.path)")
                try? FileManager.default.removeItem(at: copy)
                try sqlite.backUp(to: copy)
            }
            for name in try await Migrator(KeyStore.migrations).migrate(keys, at: now) { note("applied \(name)") }
            for name in try await Migrator(Self.dataMigrations).migrate(data, at: now) { note("applied \(name)") }
            for name in try await Migrator(ConversationsModule.searchMigrations).migrate(search, at: now) {
                note("applied \(name)")
            }
        } catch let error as SchemaTooNew { throw StartupError(error.description) } catch Problem.unavailable(let reason) {
            throw StartupError(reason)
        }
    }

    /// Whether the schema is complete, for processes that leave migrating to the server.
    package func isMigrated() async throws -> Bool {
        do { return try await Migrator(Self.dataMigrations).pending(in: data).isEmpty } catch let error as SchemaTooNew {
            throw StartupError(error.description)
        }
    }

    package func close() async {
        await data.close()
        await keys.close()
        await search.close()
    }
}
