import AuditInterface
import Kernel
import Persistence
import Vault

/// The secret under which the owner's site signs whom it signed in, and the one before it while that still counts.
struct IdentitySecret: Codable, Sendable {
    let current: String
    let previous: String?
    let previousUntil: Instant?
    /// When `current` was made; nil for one from before this was kept.
    var madeAt: Instant?

    func accepted(at now: Instant) -> [String] {
        guard let previous, previousCounts(at: now) != nil else { return [current] }
        return [current, previous]
    }

    /// Until when the secret before this one counts; nil when it does no more.
    func previousCounts(at now: Instant) -> Instant? {
        guard let previousUntil, previous != nil, now < previousUntil else { return nil }
        return previousUntil
    }
}

/// Shows and changes the secret of a web chat.
struct IdentitySecrets: Sendable {
    let database: any Database
    let vault: Vault
    let channels: OpenChannels
    let audit: any AuditTrail
    let time: any TimeSource

    /// Long enough to bring a new secret to every server of a site.
    private static let overlap = Duration.seconds(86_400)

    /// Nil as long as none was made. Throws `Problem.notFound` for what is no web chat.
    func secret(of id: ChannelID, account: AccountID) async throws -> IdentitySecret? {
        try await chat(id, account).settings.identitySecret
    }

    /// Makes a new secret. With `keepsPrevious` the one before it counts for another day; without, it ends now and with it every
    /// session that a signed identity opened: what a thief of the secret got in by is shut.
    func rotate(_ id: ChannelID, keepsPrevious: Bool, by actor: Actor, account: AccountID) async throws -> IdentitySecret {
        let channel = try await chat(id, account)
        var (row, settings) = (channel.row, channel.settings)
        let now = time.now()
        let previous = keepsPrevious ? settings.identitySecret?.current : nil
        let secret = IdentitySecret(
            current: try Token(prefix: "wi_").text, previous: previous,
            previousUntil: previous == nil ? nil : now.advanced(by: Self.overlap), madeAt: now)
        settings.identitySecret = secret
        row.settings = try settings.sealed(by: try await vault.accountKey(account), channel: id, account: account)
        let (changed, audit) = (row, audit)
        try await database.write(in: account) { transaction in
            try ChannelStore(transaction: transaction).update(changed)
            if !keepsPrevious { try VisitorStore(transaction: transaction).endSessions(in: id, of: account) }
            try audit.append(
                AuditEntry(
                    occurredAt: now, actor: actor, action: "channel.identity-secret-changed", object: "channel/\(id)",
                    detail: keepsPrevious ? "the previous one counts for a day" : "the previous one ended"), in: transaction)
        }
        channels.forget()
        return secret
    }

    private func chat(_ id: ChannelID, _ account: AccountID) async throws -> OpenChannel {
        guard let channel = try await channels.channel(id, of: account), channel.row.kind == OpenChannel.webChat else {
            throw Problem.notFound
        }
        return channel
    }
}
