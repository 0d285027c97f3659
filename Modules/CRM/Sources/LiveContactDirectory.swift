import AuditInterface
import CRMInterface
import Kernel
import Persistence
import Vault

/// The contacts in the application's own database, each name sealed under the contact's own key.
///
/// An erased contact, whose key is destroyed, is listed with an empty name.
struct LiveContactDirectory: ContactDirectory {
    let database: any Database
    let vault: Vault
    let audit: any AuditTrail
    let time: any TimeSource

    /// Throws `VaultError.keyDestroyed` for the id of an erased contact, which never comes back.
    func prepare(
        _ id: ContactID, name: String, language: Language?, account: AccountID, at: Instant
    ) async throws -> PreparedContact {
        let key = try await vault.key(forNew: KeyID(sameAs: id), in: account)
        let sealed = try key.seal(ContactName(clipping: name).text, as: CRMStore.nameContext(id, account))
        return PreparedContact(id: id, sealedName: sealed.stored, language: language, createdAt: at)
    }

    /// Does nothing when the contact is there already.
    func create(_ contact: PreparedContact, in transaction: any Transaction) throws {
        let account = try transaction.scopedAccount
        guard try CRMStore(transaction: transaction.sql).insert(contact, into: account) else { return }
        try transaction.publish(ContactCreated(contact: contact.id))
        try audit.append(
            AuditEntry(occurredAt: time.now(), actor: .system, action: "contact.created", object: "contact/\(contact.id)"),
            in: transaction)
    }

    func prepare(_ profile: ContactProfile, of id: ContactID, account: AccountID) async throws -> PreparedProfile? {
        let name = profile.name.map { ContactName(clipping: $0).text }.flatMap { $0.isEmpty ? nil : $0 }
        guard name != nil || profile.picture != nil || profile.language != nil else { return nil }
        do {
            let key = try await vault.key(for: KeyID(sameAs: id), in: account)
            let sealed = try name.map { try key.seal($0, as: CRMStore.nameContext(id, account)).stored }
            return PreparedProfile(id: id, sealedName: sealed, language: profile.language, picture: profile.picture)
        } catch VaultError.keyDestroyed { return nil }
    }

    func learn(_ profile: PreparedProfile, in transaction: any Transaction) throws {
        guard try CRMStore(transaction: transaction.sql).learn(profile, of: try transaction.scopedAccount) else { return }
        try transaction.publish(ContactChanged(contact: profile.id))
    }

    func contact(_ id: ContactID, of account: AccountID) async throws -> Contact? {
        try await contacts([id], of: account)[id]
    }

    func contacts(_ ids: Set<ContactID>, of account: AccountID) async throws -> [ContactID: Contact] {
        guard !ids.isEmpty else { return [:] }
        let stored = try await database.read(in: account) { try CRMStore(transaction: $0).contacts(ids, of: account) }
        return Dictionary(try await open(stored, account).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Throws `Problem.invalid` for a cursor that no page gave out.
    func contacts(of account: AccountID, after cursor: String?, limit: Int) async throws -> Page<Contact> {
        let last = try cursor.map { text in
            guard let id = ContactID(text) else { throw Problem.invalid(field: "after", "is no cursor of this list") }
            return id
        }
        let size = max(1, limit)
        let stored = try await database.read(in: account) { transaction in
            try CRMStore(transaction: transaction).contacts(of: account, after: last, limit: size + 1)
        }
        let page = Page(stored, size: size) { $0.id.description }
        return Page(try await open(page.elements, account), next: page.next)
    }

    /// Gives the contact another name. Throws `Problem.notFound`, and `.conflict` when the contact was erased.
    func rename(_ id: ContactID, to name: ContactName, account: AccountID, actor: Actor) async throws {
        // Before the key is asked for: an id that is no contact must not get one.
        guard try await contact(id, of: account) != nil else { throw Problem.notFound }
        let sealed: Sealed
        do {
            let key = try await vault.key(for: KeyID(sameAs: id), in: account)
            sealed = try key.seal(name.text, as: CRMStore.nameContext(id, account))
        } catch VaultError.keyDestroyed { throw Problem.conflict("This contact was erased.") }
        let entry = AuditEntry(occurredAt: time.now(), actor: actor, action: "contact.renamed", object: "contact/\(id)")
        try await database.write(in: account) { [audit] transaction in
            guard try CRMStore(transaction: transaction).rename(id, to: sealed.stored, of: account) else {
                throw Problem.notFound
            }
            try audit.append(entry, in: transaction)
            try transaction.publish(ContactChanged(contact: id))
        }
    }

    private func open(_ stored: [StoredContact], _ account: AccountID) async throws -> [Contact] {
        var contacts: [Contact] = []
        contacts.reserveCapacity(stored.count)
        for row in stored {
            contacts.append(
                Contact(
                    id: row.id, name: try await name(of: row, account), language: row.language, picture: row.picture,
                    createdAt: row.createdAt))
        }
        return contacts
    }

    private func name(of row: StoredContact, _ account: AccountID) async throws -> String {
        do {
            let keyID = KeyID(sameAs: row.id)
            // A missing key is a damaged key store and not an erasure: that leaves a tombstone.
            guard let key = try await vault.existingKey(for: keyID, in: account) else {
                throw VaultError.keyNotUnwrapped(KeyReference(subject: keyID, account: account))
            }
            return try key.openText(row.name, as: CRMStore.nameContext(row.id, account))
        } catch VaultError.keyDestroyed { return "" }
    }
}
