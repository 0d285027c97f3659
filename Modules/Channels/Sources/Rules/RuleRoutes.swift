import AuditInterface
import ChannelsInterface
import HTTPTypes
import Kernel
import Persistence
import WebSupport

/// Quiet hours and caps over HTTP: the account's, and those a channel has instead.
struct RuleRoutes: Sendable {
    let database: any Database
    let audit: any AuditTrail
    let time: any TimeSource

    /// `own` is null where the channel follows the account's, which are in force then.
    struct View: Codable {
        let rules: SendingRules
        @Nullable var own: SendingRules?
        /// Set while quiet hours last.
        @Nullable var quietUntil: Instant?
    }

    /// One transaction's worth; the others leave at the time they are held until.
    private static let mostReleased = 500

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/sending-rules", "Quiet hours and the daily cap", access: .permission(.readChannels),
                response: .of(View.self)
            ) { call in try .json(try await view(nil, try call.account)) },
            Route(
                .put, "/api/v1/sending-rules", "Set quiet hours and the daily cap", access: .permission(.writeChannels),
                bodyLimit: 1 << 14, audit: .inTransaction, request: .of(SendingRules.self), response: .of(View.self)
            ) { call in try await set(try call.decode(SendingRules.self), of: nil, call) },
            Route(
                .get, "/api/v1/channels/{id}/sending-rules", "The rules in force for one channel",
                access: .permission(.readChannels), response: .of(View.self)
            ) { call in try .json(try await view(try call.id(), try call.account)) },
            Route(
                .put, "/api/v1/channels/{id}/sending-rules", "Give a channel rules of its own",
                access: .permission(.writeChannels), bodyLimit: 1 << 14, audit: .inTransaction, request: .of(SendingRules.self),
                response: .of(View.self)
            ) { call in try await set(try call.decode(SendingRules.self), of: try call.id(), call) },
            Route(
                .delete, "/api/v1/channels/{id}/sending-rules", "Let a channel follow the account's rules again",
                access: .permission(.writeChannels), audit: .inTransaction, response: .of(View.self)
            ) { call in try await set(nil, of: try call.id(), call) },
        ]
    }

    private func view(_ channel: ChannelID?, _ account: AccountID) async throws -> View {
        let now = time.now()
        return try await database.read(in: account) { transaction in
            if let channel { try Self.require(channel, account, transaction) }
            let store = RuleStore(transaction: transaction)
            let rules = try store.rules(of: channel, account: account) ?? SendingRules.anything
            return View(
                rules: rules, own: try store.own(channel, account: account), quietUntil: try rules.checked().end(at: now))
        }
    }

    private func set(_ rules: SendingRules?, of channel: ChannelID?, _ call: Call) async throws -> Reply {
        let (caller, audit, now) = (try call.principal, audit, time.now())
        if let rules { _ = try rules.checked() }
        try await database.write(in: caller.account) { transaction in
            if let channel { try Self.require(channel, caller.account, transaction) }
            try RuleStore(transaction: transaction).set(rules, of: channel, account: caller.account)
            // What was held is judged anew, each when it is about to leave.
            let outbound = OutboundStore(transaction: transaction)
            for id in try outbound.held(of: caller.account, limit: Self.mostReleased) {
                guard let row = try outbound.find(id, of: caller.account) else { continue }
                try HeldMessages.release(row, overriding: false, in: transaction, at: now)
            }
            let object = channel.map { "channel/\($0)" } ?? "account/\(caller.account)"
            let detail = rules.map {
                "\($0.quietHours.count) quiet windows, \($0.timeZone), cap \($0.dailyCap.map(String.init) ?? "none")"
            }
            try audit.append(
                AuditEntry(
                    occurredAt: now, actor: caller.actor, action: "sending-rules.changed", object: object,
                    detail: detail ?? "removed"),
                in: transaction)
        }
        return try .json(try await view(channel, caller.account))
    }

    private static func require(_ channel: ChannelID, _ account: AccountID, _ transaction: any SQLTransaction) throws {
        guard try ChannelStore(transaction: transaction).kind(of: channel, in: account) != nil else { throw Problem.notFound }
    }
}
