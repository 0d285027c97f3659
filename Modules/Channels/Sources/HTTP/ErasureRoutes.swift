import AuditInterface
import ChannelsInterface
import HTTPTypes
import Kernel
import Persistence
import Vault
import WebSupport

/// Requests to delete somebody's data that came through a provider: their list for the account, and the page that the person sees.
struct ErasureRoutes: Sendable {
    let database: any Database
    let audit: any AuditTrail
    let time: any TimeSource

    struct View: Codable {
        let id: Identifier<ErasureSubject>, channelId: ChannelID, removed: Int, requestedAt: Instant, dueAt: Instant
        @Nullable var settledAt: Instant?
    }
    struct List: Codable { let items: [View], next: String? }

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/erasures", "Requests to delete somebody's data that came through a provider",
                access: .permission(.readPrivacy), response: .of(List.self), handler: list),
            Route(
                .post, "/api/v1/erasures/{id}/settle", "Say that a person's data is deleted", access: .permission(.writePrivacy),
                bodyLimit: 1 << 10, audit: .inTransaction, handler: settle),
            Route(
                .get, "/data-deletion/{code}", "What became of a request to delete somebody's data",
                access: .ownCredential(reason: "the number cannot be guessed and leads to no personal data"),
                scope: .keyedAccount,
                rate: .page, handler: page),
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        let account = try call.account
        let rows = try await database.read(in: account) { try ErasureStore(transaction: $0).all(of: account) }
        return try .json(
            List(
                items: rows.map { row in
                    View(
                        id: row.id, channelId: row.channel, removed: row.removed, requestedAt: row.requestedAt, dueAt: row.dueAt,
                        settledAt: row.settledAt)
                }, next: nil))
    }

    private func settle(_ call: Call) async throws -> Reply {
        let (id, caller, now, audit): (Identifier<ErasureSubject>, Principal, Instant, any AuditTrail) = (
            try call.id(), try call.principal, time.now(), audit
        )
        try await database.write(in: caller.account) { transaction in
            guard try ErasureStore(transaction: transaction).settle(id, of: caller.account, at: now) else {
                throw Problem.notFound
            }
            try audit.append(
                AuditEntry(occurredAt: now, actor: caller.actor, action: "erasure.settled", object: "erasure/\(id)"),
                in: transaction)
        }
        return .noContent
    }

    private func page(_ call: Call) async throws -> Reply {
        let hash = Digest.sha256(try call.parameter("code"))
        let row = try await database.readSystem(.channelRouting) { try ErasureStore(transaction: $0).find(codeHash: hash) }
        let language = ErasurePage.language(asked: call.query("lang"), accepted: call.headers[.acceptLanguage])
        return ErasurePage(row: row, language: language).reply
    }
}
