import HTTPTypes
import Kernel
import Persistence
import WebSupport

/// `GET /api/v1/ai-calls?after=`: what was handed to which provider, and what it cost.
struct AICallRoutes: Sendable {
    let database: any Database

    struct Item: Codable, Sendable {
        let id: Identifier<AICallSubject>
        let at: Instant
        @Nullable var conversationId: ConversationID?
        let provider: String
        let model: String
        let result: String
        let detail: String
        let tokensIn: Int
        let tokensOut: Int
        @Nullable var cost: BotRoutes.Amount?
        let latencyMs: Double
        let segments: [CallSegment]
        let redactions: [CallRedaction]
    }

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/ai-calls", "The calls to AI providers, newest first", access: .permission(.readUsage),
                response: .page(of: Item.self), handler: list)
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        let limit = try call.limit()
        let after: AICallID? = try call.query("after").map { text in
            guard let id = AICallID(text) else { throw Problem.invalid(field: "after", "is not a cursor of this list") }
            return id
        }
        let rows = try await database.read(in: call.account) {
            try AICallStore(transaction: $0).page(after: after, limit: limit + 1)
        }
        return try .json(Page(rows.map(Item.init), size: limit) { $0.id.description })
    }
}

extension AICallRoutes.Item {
    init(_ row: AICallStore.Row) {
        let (call, outcome) = (row.call, row.outcome)
        self.init(
            id: call.id, at: call.at, conversationId: call.conversation, provider: call.provider, model: call.model,
            result: outcome.result.rawValue, detail: outcome.detail, tokensIn: outcome.tokensIn, tokensOut: outcome.tokensOut,
            cost: outcome.cost.map { BotRoutes.Amount(micros: $0.micros, currency: $0.currency) },
            latencyMs: Double(outcome.latency.wholeMicroseconds) / 1_000, segments: call.segments, redactions: call.redactions)
    }
}
