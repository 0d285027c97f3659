import BillingInterface
import Kernel
import Persistence
import Synchronization

/// The ledger of one turn: every call is on disk before it is made, and settled with the next write.
///
/// Settling is left open until the turn's own transaction, so that outcome, usage and reply are one.
final class CallLedger: Sendable {
    fileprivate struct State {
        /// Calls that have no row yet: the builtin answerer's, which nothing can lose.
        var unwritten: [AICallStore.Prepared] = []
        var running: AICallID?
        var outcomes: [CallOutcome] = []
        var total: [String: Int64] = [:]
    }

    private let database: any Database
    private let usage: any UsageLedger
    private let account: AccountID
    let conversation: ConversationID?
    let trigger: MessageID?
    private let time: any TimeSource
    private let state = Mutex(State())

    init(
        database: any Database, usage: any UsageLedger, account: AccountID, conversation: ConversationID?, trigger: MessageID?,
        time: any TimeSource
    ) {
        (self.database, self.usage, self.account) = (database, usage, account)
        (self.conversation, self.trigger, self.time) = (conversation, trigger, time)
    }

    /// Notes a call that cannot leave the process: written with its outcome.
    func note(_ call: AICall, _ outcome: CallOutcome) throws {
        let prepared = try AICallStore.Prepared(call)
        state.withLock { state in
            state.unwritten.append(prepared)
            state.outcomes.append(outcome)
        }
    }

    /// Writes `call` as started, durably, and settles what ended before it.
    func begin(_ call: AICall) async throws {
        failpoint("ai.call.before_log")
        let prepared = try AICallStore.Prepared(call)
        let pending = state.withLock { $0.outcomes }
        let isFirst = state.withLock { $0.running == nil && $0.outcomes.isEmpty && $0.total.isEmpty }
        let (usage, trigger, now) = (usage, trigger, time.now())
        try await database.write(in: account) { transaction in
            let store = AICallStore(transaction: transaction)
            if isFirst, let trigger { try store.interruptOpen(trigger: trigger) }
            for outcome in pending {
                try store.settle(outcome)
                try Self.record(outcome, usage, at: now, in: transaction)
            }
            try store.insert(prepared, CallOutcome(id: call.id, result: .started))
        }
        state.withLock { state in
            state.running = call.id
            state.outcomes.removeFirst(pending.count)
            for outcome in pending { state.add(outcome.cost) }
        }
        failpoint("ai.call.after_log")
    }

    /// Notes how the running call ended.
    func end(_ outcome: CallOutcome) {
        state.withLock { state in
            state.running = nil
            state.outcomes.append(outcome)
        }
    }

    /// Adds a tool that `call` asked for.
    func addTool(_ tool: CallTool, to call: AICallID) {
        state.withLock { state in
            guard let index = state.outcomes.firstIndex(where: { $0.id == call }) else { return }
            state.outcomes[index].tools.append(tool)
        }
    }

    /// Changes the last call's result to how the whole turn ended.
    func mark(_ result: CallResult, detail: String = "") {
        state.withLock { state in
            guard let last = state.outcomes.indices.last, state.outcomes[last].result != .failed else { return }
            state.outcomes[last].result = result
            if !detail.isEmpty { state.outcomes[last].detail = detail }
        }
    }

    /// What the turn's calls cost together; nil when no call has a price or the currencies differ.
    var cost: Money? {
        state.withLock { state in
            var total = state
            for outcome in state.outcomes { total.add(outcome.cost) }
            guard total.total.count == 1, let (currency, micros) = total.total.first else { return nil }
            return Money(micros: micros, currency: currency)
        }
    }

    /// The ids of the calls not settled yet, for the audit line.
    var callIDs: [AICallID] { state.withLock { $0.outcomes.map(\.id) } }

    /// Writes what is not written yet. May run more than once (the transaction may), so it changes nothing here.
    func settle(in transaction: any SQLTransaction, at now: Instant) throws {
        let state = state.withLock { $0 }
        let store = AICallStore(transaction: transaction)
        for outcome in state.outcomes {
            if let prepared = state.unwritten.first(where: { $0.call.id == outcome.id }) {
                try store.insert(prepared, outcome)
            } else {
                try store.settle(outcome)
            }
            try Self.record(outcome, usage, at: now, in: transaction)
        }
    }

    /// Settles in a transaction of its own: for trying out, and when no turn will.
    func settle() async throws {
        let now = time.now()
        try await database.write(in: account) { try self.settle(in: $0, at: now) }
    }

    private static func record(
        _ outcome: CallOutcome, _ usage: any UsageLedger, at now: Instant, in transaction: any SQLTransaction
    ) throws {
        let source = outcome.id.description
        try usage.record(.aiCall, quantity: 1, cost: outcome.cost, source: source, at: now, in: transaction)
        if outcome.tokensIn > 0 {
            try usage.record(.tokenIn, quantity: Int64(outcome.tokensIn), cost: nil, source: source, at: now, in: transaction)
        }
        if outcome.tokensOut > 0 {
            try usage.record(.tokenOut, quantity: Int64(outcome.tokensOut), cost: nil, source: source, at: now, in: transaction)
        }
    }
}

extension CallLedger.State {
    fileprivate mutating func add(_ cost: Money?) {
        guard let cost else { return }
        total[cost.currency] = (total[cost.currency] ?? 0).addingReportingOverflow(cost.micros).partialValue
    }
}
