import Kernel
import Persistence
import Vault

/// API keys: never worth more than the person who made them is worth now.
struct APIKeys: Sendable {
    static let prefix = "ssk_"
    /// Unrevoked ones of an account.
    static let most = 100

    let environment: IdentityEnvironment

    struct Made: Sendable {
        let row: APIKeyRow
        let text: String
    }

    /// Only a person makes keys: a key that made keys would outlive its own revocation.
    func create(name: String, permissions: Set<Permission>, by principal: Principal) async throws -> Made {
        guard let user = principal.user else { throw Problem.forbidden }
        guard !permissions.isEmpty else { throw Problem.invalid(field: "permissions", "expected at least one") }
        guard permissions.isSubset(of: principal.permissions) else { throw Problem.forbidden }
        let token = try Token(prefix: Self.prefix)
        let row = APIKeyRow(
            account: principal.account, id: APIKeyID(), digest: token.digest, name: try Plain.line(name, field: "name"),
            permissions: permissions, createdBy: user, createdAt: environment.time.now(), lastUsedAt: nil)
        try await environment.database.write(in: principal.account) { [environment] transaction in
            let keys = APIKeyStore(transaction: transaction)
            guard try keys.unrevoked() < Self.most else {
                throw Problem.conflict("\(Self.most) keys exist; revoke some first.")
            }
            try keys.insert(row)
            try environment.record(
                "api-key.created", "api-key/\(row.id)", by: principal.actor,
                detail: permissions.map(\.rawValue).sorted().joined(separator: " "), in: transaction)
        }
        return Made(row: row, text: token.text)
    }

    func page(of account: AccountID, after last: APIKeyID?, limit: Int) async throws -> Page<APIKeyRow> {
        let rows = try await environment.database.read(in: account) {
            try APIKeyStore(transaction: $0).list(after: last, limit: limit + 1)
        }
        return Page(rows, size: limit) { $0.id.description }
    }

    func revoke(_ id: APIKeyID, by principal: Principal) async throws {
        guard principal.user != nil else { throw Problem.forbidden }
        let now = environment.time.now()
        try await environment.database.write(in: principal.account) { [environment] transaction in
            guard try APIKeyStore(transaction: transaction).revoke(id, at: now) else { throw Problem.notFound }
            try environment.record("api-key.revoked", "api-key/\(id)", by: principal.actor, in: transaction)
        }
    }
}
