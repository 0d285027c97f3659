package import Kernel

/// A store that acknowledges only what is on disk.
///
/// Transactions are opened for one account, or for the system with a stated reason. On PostgreSQL row-level security
/// enforces the same rule a second time. Bodies are short, pure SQL and may run more than once (after a serialization
/// failure), so they touch nothing outside the transaction.
package protocol Database: Sendable {
    var dialect: Dialect { get }

    /// A consistent snapshot. Throws `Problem.unavailable` when the database does not answer.
    func read<Value: Sendable>(
        in account: AccountID, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value

    /// Returns after the commit is durable. A body that throws changes nothing.
    @discardableResult
    func write<Value: Sendable>(
        in account: AccountID, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value

    func readSystem<Value: Sendable>(
        _ reason: SystemScope, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value

    @discardableResult
    func writeSystem<Value: Sendable>(
        _ reason: SystemScope, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value

    /// Finishes what was accepted, then closes.
    func close() async
}

/// Why a transaction may see every account. The architecture test holds this list short.
package enum SystemScope: String, CaseIterable, Sendable {
    /// The job queue and event log serve all accounts.
    case jobs
    /// A session cookie, API key, link or e-mail address leads to an account; it is not known before.
    case authentication
    /// A webhook path or web-chat key leads to an account; it is not known before.
    case channelRouting
    /// Accounts are made and listed by the installation's operator.
    case installation
    /// Retention deletes old rows of every account.
    case retention
    /// Wrapped keys are fetched by the vault alone.
    case keys
    case migration
}
