import Kernel
import Persistence
import Synchronization

/// A database that counts the transactions that write.
final class CountingDatabase: Database {
    private let real: any Database
    private let count = Atomic(0)

    init(_ real: any Database) { self.real = real }

    var writes: Int { count.load(ordering: .relaxed) }
    var dialect: Dialect { real.dialect }

    func read<Value: Sendable>(
        in account: AccountID, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value { try await real.read(in: account, body) }

    func write<Value: Sendable>(
        in account: AccountID, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value {
        count.add(1, ordering: .relaxed)
        return try await real.write(in: account, body)
    }

    func readSystem<Value: Sendable>(
        _ reason: SystemScope, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value { try await real.readSystem(reason, body) }

    func writeSystem<Value: Sendable>(
        _ reason: SystemScope, _ body: @escaping @Sendable (any SQLTransaction) throws -> Value
    ) async throws -> Value {
        count.add(1, ordering: .relaxed)
        return try await real.writeSystem(reason, body)
    }

    func close() async { await real.close() }
}
