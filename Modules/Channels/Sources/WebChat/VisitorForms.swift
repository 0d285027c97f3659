import ChannelsInterface
import Kernel
import Persistence
import Vault

/// The form before the chat: what it asks, and what becomes of the answers.
extension LiveWebChatGateway {
    func answer(_ form: VisitorForm, by visitor: Visitor, in chat: WebChat) async throws -> Visitor {
        let found = try await database.read(in: chat.account) {
            try VisitorStore(transaction: $0).find(visitor.id, of: chat.account)
        }
        guard var row = found, let channel = try await channels.channel(chat.channel, of: chat.account),
            let seal = try await seal(row, channel)
        else { throw Problem.unauthenticated }
        var answers = try seal.answers(row)
        let known = try seal.name(row)
        if let name = try Self.checked(form.name, "name", "expected 1 to 100 characters", VisitorAnswers.name),
            // What the site says of whom it signed in goes before what they say themselves.
            row.subjectKey == nil || known.isEmpty
        {
            row.name = try seal.seal(name: name)
        }
        answers.email =
            try Self.checked(form.email, "email", "expected an address like name@example.kz", VisitorAnswers.email)
            ?? answers.email
        answers.phone =
            try Self.checked(form.phone, "phone", "expected a number like +7 701 123 45 67", VisitorAnswers.phone)
            ?? answers.phone
        let now = time.now()
        if let version = form.consentVersion {
            row.consent = try Self.consent(to: version, form.language, channel.settings.webChat, row.consent, now)
        }
        (row.answers, row.answeredAt) = (try seal.seal(answers), now)
        try await store(row)
        return try self.visitor(row, seal, channel)
    }

    private static func checked(
        _ text: String?, _ field: String, _ expected: String, _ read: (String?) -> String?
    ) throws -> String? {
        guard let text, text.contains(where: { !$0.isWhitespace }) else { return nil }
        guard let value = read(text) else { throw Problem.invalid(field: field, expected) }
        return value
    }

    /// The word on the wording that was shown; saying it again changes nothing.
    private static func consent(
        to version: Int, _ language: Language?, _ settings: WebChatSettings?, _ given: VisitorConsent?, _ now: Instant
    ) throws -> VisitorConsent {
        guard let settings, version == settings.consent.version,
            let text = settings.consent.text.text(in: language ?? settings.language, else: settings.language)
        else { throw Problem.invalid(field: "consent", "the text has changed: show the new one") }
        if let given, given.textVersion == String(version) { return given }
        // The link is a part of what was agreed to.
        return VisitorConsent(
            textVersion: String(version), textHash: Digest.sha256("\(text)\n\(settings.consent.link)").hex, givenAt: now)
    }
}

extension WebChatSettings {
    /// What somebody who said this much still has to say.
    func questions(name: String, answers: VisitorAnswers, consent given: VisitorConsent?) -> [VisitorQuestion] {
        var open: [VisitorQuestion] = []
        if preChat.name == .required, name.isEmpty { open.append(.name) }
        if preChat.email == .required, answers.email == nil { open.append(.email) }
        if preChat.phone == .required, answers.phone == nil { open.append(.phone) }
        if !consent.text.isEmpty, given?.textVersion != String(consent.version) { open.append(.consent) }
        return open
    }
}

extension Visitor {
    func mustOweNothing() throws {
        guard owes.isEmpty else {
            throw Problem.conflict("answer the form before the chat first: \(owes.map(\.rawValue).joined(separator: ", "))")
        }
    }
}
