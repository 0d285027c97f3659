import AuditInterface
import Kernel
import Persistence
import PrivacyInterface

/// The ledger in the application's own database. `ConsentOrder` says which word is the last.
struct LiveConsentLedger: ConsentLedger {
    let database: any Database
    let audit: any AuditTrail
    let time: any TimeSource

    /// Recording the same id again changes nothing. Throws `Problem.invalid` for what would prove nothing, and `.conflict` when
    /// the id belongs to another word.
    func record(_ consent: ConsentRecord, account: AccountID) async throws {
        try await record(consent, account: account, actor: .system)
    }

    func record(_ consent: ConsentRecord, account: AccountID, actor: Actor) async throws {
        try ConsentRules.check(consent)
        let now = time.now()
        let order = ConsentOrder(given: consent.given, occurredAt: consent.occurredAt, now: now)
        let entry = AuditEntry(
            occurredAt: now, actor: actor, action: consent.given ? "consent.given" : "consent.withdrawn",
            object: "contact/\(consent.subject)", detail: consent.purpose)
        do {
            try await database.write(in: account) { [audit] transaction in
                let store = ConsentStore(transaction: transaction)
                // The turn first: it makes a concurrent copy of the same word wait, and then find this one.
                let turn = try store.take(consent.subject, of: account, atLeast: order.moment)
                if let earlier = try store.consent(consent.id, of: account) {
                    guard earlier.says(consent) else { throw Self.idIsTaken }
                    return
                }
                try store.insert(consent, order.place(in: turn), recordedAt: now, into: account)
                try audit.append(entry, in: transaction)
            }
        } catch SQLError.notUnique {
            throw Self.idIsTaken
        }
    }

    func holds(_ purpose: String, subject: ContactID, account: AccountID) async throws -> Bool {
        try await database.read(in: account) { transaction in
            try ConsentStore(transaction: transaction).lastWord(of: subject, on: purpose, account: account) ?? false
        }
    }

    func history(of subject: ContactID, account: AccountID) async throws -> [ConsentRecord] {
        try await database.read(in: account) { transaction in
            try ConsentStore(transaction: transaction).history(of: subject, account: account)
        }
    }

    /// The history, and a line of the audit trail that says who looked.
    func viewedHistory(of subject: ContactID, by principal: Principal) async throws -> [ConsentRecord] {
        let history = try await history(of: subject, account: principal.account)
        try await audit.append(
            AuditEntry(
                occurredAt: time.now(), actor: principal.actor, action: "consents.viewed", object: "contact/\(subject)"),
            account: principal.account)
        return history
    }

    private static let idIsTaken = Problem.conflict("This id belongs to another consent.")
}

extension ConsentRecord {
    /// Whether it is the same word: a repeated request may carry another time.
    fileprivate func says(_ other: ConsentRecord) -> Bool {
        subject == other.subject && purpose == other.purpose && given == other.given && textHash == other.textHash
            && textVersion == other.textVersion && source == other.source
    }
}
