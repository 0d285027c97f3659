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

    /// Seals what a messenger tells of a contact. Nil when the contact was erased, or nothing is told. Changes nothing.
    func prepare(_ profile: ContactProfile, of id: ContactID, account: AccountID) async throws -> PreparedProfile?

    /// Writes what a messenger told, in the caller's transaction. A name that a person gave stays; what is not told stays too. Idempotent.
    func learn(_ profile: PreparedProfile, in transaction: any Transaction) throws

    func contact(_ id: ContactID, of account: AccountID) async throws -> Contact?

    /// The contacts among `ids` that exist, by id.
    func contacts(_ ids: Set<ContactID>, of account: AccountID) async throws -> [ContactID: Contact]

    /// Newest first.
    func contacts(of account: AccountID, after cursor: String?, limit: Int) async throws -> Page<Contact>
}

package enum PictureSubject {}
/// The file of a customer's picture, as Channels keeps it.
package typealias PictureID = Identifier<PictureSubject>

/// A customer.
package struct Contact: Sendable {
    package let id: ContactID
    package let name: String
    package let language: Language?
    /// What the customer's messenger shows beside their name.
    package let picture: PictureID?
    package let createdAt: Instant

    package init(id: ContactID, name: String, language: Language?, picture: PictureID? = nil, createdAt: Instant) {
        (self.id, self.name, self.language, self.createdAt) = (id, name, language, createdAt)
        self.picture = picture
    }
}

/// What a messenger tells of a customer; nil for what it does not.
package struct ContactProfile: Sendable {
    package let name: String?
    package let language: Language?
    package let picture: PictureID?

    package init(name: String?, language: Language?, picture: PictureID?) {
        (self.name, self.language, self.picture) = (name, language, picture)
    }
}

/// A profile ready to be written.
package struct PreparedProfile: Sendable {
    package let id: ContactID
    package let sealedName: [UInt8]?
    package let language: Language?
    package let picture: PictureID?

    package init(id: ContactID, sealedName: [UInt8]?, language: Language?, picture: PictureID?) {
        (self.id, self.sealedName, self.language, self.picture) = (id, sealedName, language, picture)
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

/// A contact's name, language or picture is another.
package struct ContactChanged: LiveNoticeEvent {
    package static let name = "crm.contact-changed.v1"
    package let contact: ContactID
    package var subject: String { contact.description }
    package var liveName: String { "contact.changed" }
    package var liveIdentifiers: [String: String] { ["contact_id": contact.description] }

    package init(contact: ContactID) { self.contact = contact }
}
