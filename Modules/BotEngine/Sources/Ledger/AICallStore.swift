import BillingInterface
import Foundation
import Kernel
import Persistence

/// The `bot_ai_call` table: a row for every call to a provider, the builtin one included.
struct AICallStore {
    let transaction: any SQLTransaction

    static let migration = Migration(
        "bot.2-ai-calls",
        """
        CREATE TABLE bot_ai_call (
          account_id UUID NOT NULL, id UUID NOT NULL, at BIGINT NOT NULL, conversation_id UUID, trigger_id UUID,
          provider TEXT NOT NULL, model TEXT NOT NULL, region TEXT, purpose TEXT NOT NULL, segments TEXT NOT NULL,
          redactions TEXT NOT NULL, tools_offered TEXT NOT NULL, tool_calls TEXT NOT NULL, result TEXT NOT NULL,
          detail TEXT NOT NULL, tokens_in BIGINT NOT NULL, tokens_out BIGINT NOT NULL, cost_micros BIGINT, currency TEXT,
          latency_us BIGINT NOT NULL, request_id TEXT, retention TEXT,
          PRIMARY KEY (account_id, id)
        )
        """,
        "CREATE INDEX bot_ai_call_open ON bot_ai_call (account_id, trigger_id) WHERE result = 'started'")

    static let dataMap: [String: DataClass] = [
        "account_id": .identifier, "id": .identifier, "at": .operational, "conversation_id": .identifier,
        "trigger_id": .identifier, "provider": .operational, "model": .operational, "region": .operational,
        "purpose": .operational, "segments": .operational, "redactions": .operational, "tools_offered": .operational,
        "tool_calls": .operational, "result": .operational, "detail": .operational, "tokens_in": .operational,
        "tokens_out": .operational, "cost_micros": .operational, "currency": .operational, "latency_us": .operational,
        "request_id": .operational, "retention": .operational,
    ]

    struct Row: Sendable {
        let call: AICall
        let outcome: CallOutcome
    }

    /// Encoded before the transaction opens.
    struct Prepared: Sendable {
        let call: AICall
        let segments, redactions, toolsOffered: String

        init(_ call: AICall) throws {
            self.call = call
            segments = try AICallStore.json(call.segments)
            redactions = try AICallStore.json(call.redactions)
            toolsOffered = try AICallStore.json(call.toolsOffered)
        }
    }

    func insert(_ prepared: Prepared, _ outcome: CallOutcome) throws {
        let (call, account) = (prepared.call, try transaction.scopedAccount)
        try transaction.execute(
            """
            INSERT INTO bot_ai_call (account_id, id, at, conversation_id, trigger_id, provider, model, region, purpose, segments,
              redactions, tools_offered, tool_calls, result, detail, tokens_in, tokens_out, cost_micros, currency, latency_us,
              request_id, retention)
            VALUES (\(account), \(call.id), \(call.at), \(call.conversation), \(call.trigger), \(call.provider), \(call.model),
              \(call.region), \(call.purpose), \(prepared.segments), \(prepared.redactions), \(prepared.toolsOffered),
              \(try Self.json(outcome.tools)), \(outcome.result.rawValue), \(outcome.detail), \(outcome.tokensIn),
              \(outcome.tokensOut), \(outcome.cost?.micros), \(outcome.cost?.currency), \(outcome.latency.wholeMicroseconds),
              \(outcome.requestID), \(call.provider == "builtin" ? "none" : "store=false"))
            """)
    }

    /// Closes what a dead worker left open for this message: the call may have been made, its outcome is lost.
    func interruptOpen(trigger: MessageID) throws {
        try transaction.execute(
            """
            UPDATE bot_ai_call SET result = \(CallResult.interrupted.rawValue)
            WHERE account_id = \(try transaction.scopedAccount) AND trigger_id = \(trigger) AND result = 'started'
            """)
    }

    /// Writes the outcome of a started call.
    func settle(_ outcome: CallOutcome) throws {
        try transaction.execute(
            """
            UPDATE bot_ai_call SET result = \(outcome.result.rawValue), detail = \(outcome.detail),
              model = COALESCE(\(outcome.model), model), tool_calls = \(try Self.json(outcome.tools)),
              tokens_in = \(outcome.tokensIn), tokens_out = \(outcome.tokensOut), cost_micros = \(outcome.cost?.micros),
              currency = \(outcome.cost?.currency), latency_us = \(outcome.latency.wholeMicroseconds),
              request_id = \(outcome.requestID)
            WHERE account_id = \(try transaction.scopedAccount) AND id = \(outcome.id)
            """)
    }

    /// Newest first.
    func page(after: AICallID?, limit: Int) throws -> [Row] {
        var sql: SQL = "SELECT * FROM bot_ai_call WHERE account_id = \(try transaction.scopedAccount)"
        if let after { sql += " AND id < \(after)" }
        sql += " ORDER BY id DESC LIMIT \(limit)"
        return try transaction.rows(sql, Row.init(row:))
    }

    private static func json(_ value: some Collection<some Encodable> & Encodable) throws -> String {
        if value.isEmpty { return "[]" }
        return String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }
}

extension AICallStore.Row {
    fileprivate init(row: any SQLRow) throws {
        func decoded<Value: Decodable>(_ column: String, _ type: Value.Type = Value.self) throws -> Value {
            try JSONDecoder().decode(type, from: Data(try row.text(column).utf8))
        }
        call = AICall(
            id: try row.id("id"), at: try row.instant("at"), conversation: try row.optionalID("conversation_id"),
            trigger: try row.optionalID("trigger_id"), provider: try row.text("provider"), model: try row.text("model"),
            region: try row.optionalText("region"), purpose: try row.text("purpose"), segments: try decoded("segments"),
            redactions: try decoded("redactions"), toolsOffered: try decoded("tools_offered"))
        var cost: Money?
        if let micros = try row.optionalInteger("cost_micros"), let currency = try row.optionalText("currency") {
            cost = Money(micros: micros, currency: currency)
        }
        outcome = CallOutcome(
            id: call.id, result: try row.choice("result"), detail: try row.text("detail"), model: nil,
            tokensIn: try row.int("tokens_in"), tokensOut: try row.int("tokens_out"), cost: cost,
            latency: .microseconds(try row.integer("latency_us")), tools: try decoded("tool_calls"),
            requestID: try row.optionalText("request_id"))
    }
}
