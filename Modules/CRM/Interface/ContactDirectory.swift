package import Kernel

/// The customers of an account.
package protocol ContactDirectory: Sendable {
    /// A new contact, within the caller's transaction. `name` is sealed under the contact's own key.
    ///
    /// `key` comes from `prepare`, because keys are made before a transaction begins.
    func create(_ contact: PreparedContact, in transaction: any Transaction) throws

    /// Makes the contact's key and seals its name. Changes nothing visible; an unused result is harmless.
    func prepare(_ id: ContactID, name: String, language: Language?, account: AccountID, at: Instant) async throws
        -> PreparedContact

    func contact(_ id: ContactID, of account: AccountID) async throws -> Contact?

    /// The contacts among `ids` that exist, by id.
    func contacts(_ ids: Set<ContactID>, of account: AccountID) async throws -> [ContactID: Contact]

    /// Newest first.
    func contacts(of account: AccountID, after cursor: String?, limit: Int) async throws -> Page<Contact>
}

/// A customer.
package struct Contact: Sendable {
    package let id: ContactID
    package let name: String
    package let language: Language?
    package let createdAt: Instant

    package init(id: ContactID, name: String, language: Language?, createdAt: Instant) {
        (self.id, self.name, self.language, self.createdAt) = (id, name, language, createdAt)
    }
}

/// A contact ready to be written.
package struct PreparedContact: Sendable {
    package let id: ContactID
    package let sealedName: [UInt8]
    package let language: Language?
    package let createdAt: Instant

    package init(id: ContactID, sealedName: [UInt8], language: Language?, createdAt: Instant) {
        (self.id, self.sealedName, self.language, self.createdAt) = (id, sealedName, language, createdAt)
    }
}

/// A contact was added.
package struct ContactCreated: Event {
    package static let name = "crm.contact-created.v1"
    package let contact: ContactID
    package var subject: String { contact.description }

    package init(contact: ContactID) { self.contact = contact }
}
