import HTTPTypes
import Kernel
import PrivacyInterface
import WebSupport

/// `/api/v1/privacy/consents`: what a customer agreed to and took back.
struct ConsentRoutes: Sendable {
    let consents: LiveConsentLedger
    let hasContact: PrivacyModule.HasContact

    struct ConsentDTO: Codable {
        let id: Identifier<ConsentSubject>
        let contact: ContactID
        let purpose: String
        let given: Bool
        let source: String
        let textHash: String
        let textVersion: String
        let occurredAt: Instant
    }

    struct NewConsent: Codable {
        /// The caller's own, so that a repeated request records once; made here when absent.
        let id: Identifier<ConsentSubject>?
        let contact: ContactID
        let purpose: String
        let given: Bool
        let source: String
        let textHash: String
        let textVersion: String
        /// Now, when absent.
        let occurredAt: Instant?
    }

    var all: [Route] {
        [
            // The gate records the path, which does not name the contact here: the handler writes the line of the read itself.
            Route(
                .get, "/api/v1/privacy/consents", "The consents of `contact`, oldest first", access: .permission(.readPrivacy),
                audit: .inTransaction, response: .page(of: ConsentDTO.self), handler: list),
            Route(
                .post, "/api/v1/privacy/consents", "Record a consent or its withdrawal", access: .permission(.writePrivacy),
                bodyLimit: 8_192, audit: .inTransaction, request: .of(NewConsent.self), response: .of(ConsentDTO.self),
                handler: record),
        ]
    }

    @Sendable private func list(_ call: Call) async throws -> Reply {
        let principal = try call.principal
        guard let contact = call.query("contact").flatMap({ ContactID($0) }) else {
            throw Problem.invalid(field: "contact", "expected the id of a contact")
        }
        guard try await hasContact(contact, principal.account) else { throw Problem.notFound }
        let history = try await consents.viewedHistory(of: contact, by: principal)
        return try Reply.json(Page(history.map(ConsentDTO.init), next: nil))
    }

    @Sendable private func record(_ call: Call) async throws -> Reply {
        let principal = try call.principal
        let body = try call.decode(NewConsent.self)
        guard try await hasContact(body.contact, principal.account) else { throw Problem.notFound }
        let consent = ConsentRecord(
            id: body.id ?? .init(), subject: body.contact, purpose: body.purpose, given: body.given, source: body.source,
            textHash: body.textHash, textVersion: body.textVersion, occurredAt: body.occurredAt ?? consents.time.now())
        try await consents.record(consent, account: principal.account, actor: principal.actor)
        return try Reply.json(ConsentDTO(consent), status: .created)
    }
}

extension ConsentRoutes.ConsentDTO {
    fileprivate init(_ consent: ConsentRecord) {
        self.init(
            id: consent.id, contact: consent.subject, purpose: consent.purpose, given: consent.given, source: consent.source,
            textHash: consent.textHash, textVersion: consent.textVersion, occurredAt: consent.occurredAt)
    }
}
