import CRMInterface
import HTTPTypes
import Kernel
import WebSupport

/// `/api/v1/contacts`: the customers of the caller's account and where they write from.
struct ContactRoutes: Sendable {
    let contacts: LiveContactDirectory
    let identities: CRMModule.Identities

    struct ContactDTO: Codable {
        struct Identity: Codable {
            let channelKind: String
            let handle: String
        }

        let id: ContactID
        /// Empty when the contact was erased.
        let name: String
        /// Names `/api/v1/files/{id}`.
        @Nullable var picture: PictureID?
        let identities: [Identity]
        let createdAt: Instant
    }

    struct Change: Codable { let name: String }

    var all: [Route] {
        [
            Route(
                .get, "/api/v1/contacts", "Customers, newest first", access: .permission(.readContacts),
                audit: .read("contacts.listed"), response: .page(of: ContactDTO.self), handler: list),
            Route(
                .get, "/api/v1/contacts/{id}", "One customer", access: .permission(.readContacts), audit: .read("contact.viewed"),
                response: .of(ContactDTO.self), handler: show),
            Route(
                .patch, "/api/v1/contacts/{id}", "Rename a customer", access: .permission(.writeContacts), bodyLimit: 8_192,
                audit: .inTransaction, request: .of(Change.self), response: .of(ContactDTO.self), handler: rename),
        ]
    }

    @Sendable private func list(_ call: Call) async throws -> Reply {
        let account = try call.account
        let page = try await contacts.contacts(of: account, after: call.query("after"), limit: try call.limit())
        let known = try await identities(Set(page.elements.map(\.id)), account)
        return try Reply.json(page.map { ContactDTO($0, known[$0.id] ?? []) })
    }

    @Sendable private func show(_ call: Call) async throws -> Reply {
        try await answer(try call.id(), try call.account)
    }

    @Sendable private func rename(_ call: Call) async throws -> Reply {
        let principal = try call.principal
        let id: ContactID = try call.id()
        let name = try ContactName(checking: try call.decode(Change.self).name)
        try await contacts.rename(id, to: name, account: principal.account, actor: principal.actor)
        return try await answer(id, principal.account)
    }

    private func answer(_ id: ContactID, _ account: AccountID) async throws -> Reply {
        guard let contact = try await contacts.contact(id, of: account) else { throw Problem.notFound }
        return try Reply.json(ContactDTO(contact, try await identities([id], account)[id] ?? []))
    }
}

extension ContactRoutes.ContactDTO {
    fileprivate init(_ contact: Contact, _ identities: [ContactIdentity]) {
        self.init(
            id: contact.id, name: contact.name, picture: contact.picture,
            identities: identities.map { Identity(channelKind: $0.channelKind, handle: $0.handle) }, createdAt: contact.createdAt)
    }
}
