package import Kernel
package import Persistence

/// The bot's part of the disclosure register: an account's own endpoint is the only host its AI calls may go to.
package struct ProviderHosts: Sendable {
    private let database: any Database

    package init(database: any Database) { self.database = database }

    /// Whether `account` has set up its bot with an endpoint at `host`. False when the database does not answer.
    package func declares(host: String, account: AccountID?) async throws -> Bool {
        guard let account else { return false }
        return try await database.read(in: account) { try BotSettingsStore(transaction: $0).select(account) }?.host == host
    }
}
