import AuditInterface
import CalendarInterface
import Kernel
import Persistence
import Vault

/// The staff and rooms of an account. A name may be a person's, so each is sealed under the resource's own key.
struct ResourceDirectory: Sendable {
    static let nameLimit = 100
    /// Per account: the list is never paged.
    static let most = 500

    let database: any Database
    let vault: Vault
    let audit: any AuditTrail
    let time: any TimeSource

    struct Resource: Sendable {
        let id: Identifier<ResourceSubject>
        let name: String
        let kind: ResourceKind
        let createdAt: Instant
    }

    /// Throws `Problem.invalid` for a blank or long name, `.conflict` when the account has as many as it may.
    func add(name: String, kind: ResourceKind, account: AccountID, actor: Actor) async throws -> Resource {
        guard name.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
            throw Problem.invalid(field: "name", "must not be blank")
        }
        guard name.unicodeScalars.count <= Self.nameLimit else {
            throw Problem.invalid(field: "name", "may have at most \(Self.nameLimit) characters")
        }
        let resource = Resource(id: .init(), name: name, kind: kind, createdAt: time.now())
        let sealed = try await vault.key(for: KeyID(sameAs: resource.id), in: account)
            .seal(name, as: ResourceStore.nameContext(resource.id, account))
        let entry = AuditEntry(
            occurredAt: resource.createdAt, actor: actor, action: "resource.added", object: "resource/\(resource.id)",
            detail: kind.rawValue)
        try await database.write(in: account) { [audit] transaction in
            let store = ResourceStore(transaction: transaction)
            guard try store.count(of: account) < Self.most else {
                throw Problem.conflict("An account may have at most \(Self.most) resources.")
            }
            try store.insert(
                StoredResource(id: resource.id, kind: kind, name: sealed, createdAt: resource.createdAt), into: account)
            try audit.append(entry, in: transaction)
        }
        return resource
    }

    /// Oldest first; the name of an erased person is empty.
    func resources(of account: AccountID) async throws -> [Resource] {
        let stored = try await database.read(in: account) { try ResourceStore(transaction: $0).resources(of: account) }
        var resources: [Resource] = []
        for row in stored {
            resources.append(
                Resource(id: row.id, name: try await name(of: row, account), kind: row.kind, createdAt: row.createdAt))
        }
        return resources
    }

    private func name(of row: StoredResource, _ account: AccountID) async throws -> String {
        do {
            let keyID = KeyID(sameAs: row.id)
            guard let key = try await vault.existingKey(for: keyID, in: account) else {
                throw VaultError.keyNotUnwrapped(KeyReference(subject: keyID, account: account))
            }
            return try key.openText(row.name, as: ResourceStore.nameContext(row.id, account))
        } catch VaultError.keyDestroyed { return "" }
    }
}
