import BillingInterface
import ChannelsInterface
import Kernel
import Logging
import Persistence
import PluginHost
import Synchronization
import Vault

extension OutgoingMessage {
    /// Whether it may still be sent under the conversation's `fence`. A turn is the bot's to lose: what a person wrote leaves whoever took over.
    fileprivate func mayLeave(at fence: Int64) -> Bool { author != .bot || self.fence >= fence }
}

/// Somebody took the message back before it left.
private struct Withdrawn: Error {}

/// A rule of the account keeps the message back.
private struct Held: Error { let hold: SendingHold }

/// The chat's rate, or a pause of the chat, lets it leave only then.
private struct Early: Error { let until: Instant }

/// Brings one message to the provider, at most once.
///
/// A message is marked `sending` before its request leaves. Found in that state again, after a crash, its outcome is unknown: the plugin
/// may look it up, otherwise it becomes `uncertain` and a person decides. Nothing is ever sent twice on a guess.
struct Delivery: Sendable {
    let database: any Database
    let channels: OpenChannels
    let exchange: ProviderExchange
    let contents: OutgoingActions
    let usage: any UsageLedger
    let limiter: SendLimiter
    let held: HeldMessages
    let time: any TimeSource
    let logger: Logger

    /// Of a message whose chat refuses it.
    private static let mostAttempts = 10
    /// For a provider that is away: by then an answer helps nobody.
    private static let longestWait = Duration.seconds(86_400)

    func run(_ job: DeliverJob, _ context: JobContext) async throws {
        let account = context.job.account
        let found = try await database.read(in: account) { transaction in
            let store = OutboundStore(transaction: transaction)
            return try store.find(job.message, of: account).map { row in
                (
                    row, try store.fence(of: row.message.conversation, account: account),
                    try ChannelStore(transaction: transaction).find(row.message.channel, of: account)
                )
            }
        }
        guard let (row, fence, place) = found else { return try await context.complete { _ in } }
        guard row.status == .queued || row.status == .sending else { return try await context.complete { _ in } }
        guard row.status == .sending || row.message.mayLeave(at: fence) else { return try await drop(row, context) }
        guard let place else {
            return try await end(row, .failed, context, code: "channel_removed", reason: "The channel was removed.")
        }
        let channel = try await channels.open(place)
        // One that was found half sent is settled first: an echo of it may be waiting for that.
        guard channel.row.state == .active || row.status == .sending else { throw JobDeferred(by: .seconds(30)) }
        let prepared: (action: OutboundAction, occasion: SendingOccasion)?
        do { prepared = try await contents.prepared(for: row, account) } catch is FileGone {
            return try await endWithoutFile(row, hasLeft: row.status == .sending, context)
        }
        guard let (action, occasion) = prepared else {
            return try await end(
                row, row.status == .sending ? .uncertain : .failed, context, code: "erased",
                reason: "The message or its customer was deleted.")
        }
        if row.status != .sending, channel.row.mode != "none", let wait = try await limiter.delay(channel) {
            throw JobDeferred(by: wait)
        }
        try await send(action, occasion, row, channel, context)
    }

    private func send(
        _ action: OutboundAction, _ occasion: SendingOccasion, _ row: OutboundStore.Row, _ channel: OpenChannel,
        _ context: JobContext
    ) async throws {
        let (database, time, account, message) = (database, time, channel.account, row.message)
        var start: (state: PluginState, input: StepInput)?
        if let state = row.pluginState.map(PluginState.init) {
            start = (state, row.status == .sending ? .failure(.unknown) : .start)
        } else if row.status == .sending {
            return try await end(
                row, .uncertain, context, code: "interrupted", reason: "It was interrupted while it was being sent.", of: channel)
        }
        let (rate, isPaced) = (channel.driver.description.capabilities.chatRate, channel.row.mode != "none")
        let ending: ProviderExchange.Ending
        let hasLeft = Atomic(start != nil && row.status == .sending)
        do {
            ending = try await exchange.run(.deliver(action), in: channel, from: start) { state in
                failpoint("send.state_sending.before")
                try await database.write(in: account) { transaction in
                    let store = OutboundStore(transaction: transaction)
                    // The last look at who has the turn, in the transaction that makes the send irrevocable.
                    guard message.mayLeave(at: try store.fence(of: message.conversation, account: account)) else {
                        throw Problem.staleTurn
                    }
                    let (isFirst, now) = (!hasLeft.load(ordering: .relaxed), time.now())
                    if isFirst, isPaced,
                        let until = try store.enter(message.conversation, account: account, rate: rate, at: now)
                    {
                        throw Early(until: until)
                    }
                    if isFirst, !message.overridesRules {
                        let gate = SendingGate(transaction: transaction, account: account)
                        if let hold = try gate.hold(occasion, message: message.id, at: now) { throw Held(hold: hold) }
                        try gate.pass(message.id, occasion, at: now)
                    }
                    guard try store.begin(message.id, account: account, pluginState: state.text, at: time.now()) else {
                        throw Withdrawn()
                    }
                }
                hasLeft.store(true, ordering: .relaxed)
                failpoint("send.state_sending.after")
            }
        } catch Problem.staleTurn {
            return try await drop(row, context)
        } catch is FileGone {
            return try await endWithoutFile(row, hasLeft: hasLeft.load(ordering: .relaxed), context)
        } catch let early as Early {
            throw JobDeferred(by: max(.milliseconds(1), early.until.duration(since: time.now())))
        } catch is Withdrawn {
            return try await context.complete { _ in }
        } catch let refusal as Held {
            return try await context.complete { [held] in try held.hold(row, refusal.hold, in: $0) }
        } catch let error as BlockedAddress {
            return try await end(row, .failed, context, code: "blocked_address", reason: error.description)
        } catch let fault as PluginFault {
            // The plugin's own fault: the same call would end the same way.
            logger.error("a plugin failed to deliver", metadata: ["channel": "\(channel.id)", "fault": "\(fault)"])
            return try await end(
                row, hasLeft.load(ordering: .relaxed) ? .uncertain : .failed, context, code: "plugin_fault",
                reason: "The channel's plugin failed.", of: channel)
        }
        failpoint("send.after_response")
        if case .failed(let failure) = ending.result, failure.sent.isEmpty, failure.kind != .uncertain,
            !occasion.isAnswer(at: time.now())
        {
            // Nothing reached the contact: it does not count. What the provider answered is settled in any case.
            try? await database.write(in: account) {
                try RuleStore(transaction: $0).forgetInitiated(message.id, to: occasion.contact, account: account)
            }
        }
        try await settle(ending, row, channel, context)
    }

    private func settle(
        _ ending: ProviderExchange.Ending, _ row: OutboundStore.Row, _ channel: OpenChannel, _ context: JobContext
    ) async throws {
        await limiter.note(ending.result, of: channel)
        switch ending.result {
        case .sent(let ids):
            try await end(row, .sent, context, externalIDs: ids)
        case .failed(let failure): try await settle(failure, row, channel, context)
        default:
            try await end(
                row, .uncertain, context, code: "odd_answer", reason: "The channel plugin gave no clear answer.", of: channel)
        }
    }

    private func settle(
        _ failure: OperationFailure, _ row: OutboundStore.Row, _ channel: OpenChannel, _ context: JobContext
    ) async throws {
        let reason = failure.reason.text.english
        switch failure.kind {
        case .retry(let delay, let scope):
            // A provider that is away for an hour is no reason to lose what was written meanwhile; a chat that refuses again and again is.
            let isHopeless =
                scope == .chat
                ? row.attempts >= Self.mostAttempts
                : time.now().duration(since: row.message.queuedAt) > Self.longestWait
            guard !isHopeless else {
                return try await end(
                    row, .failed, context, externalIDs: failure.sent, code: failure.reason.code, reason: reason,
                    resume: failure.resume)
            }
            if let delay, scope == .channel { await limiter.pause(channel, for: delay) }
            try await backToQueue(row, failure, context.job.account, pausing: scope == .chat ? delay : nil)
            throw JobDeferred(by: delay ?? .seconds(Int64(1 << min(row.attempts, 6))))
        case .permanent, .blocked:
            try await end(
                row, .failed, context, externalIDs: failure.sent, code: failure.reason.code, reason: reason,
                resume: failure.resume)
        case .uncertain:
            try await end(
                row, .uncertain, context, externalIDs: failure.sent, code: failure.reason.code, reason: reason,
                resume: failure.resume, of: channel)
        case .reconnectNeeded:
            let (id, account) = (channel.id, channel.account)
            try await database.write(in: account) { transaction in
                try ChannelStore(transaction: transaction).set(problem: reason, state: .failed, of: id, account: account)
                try transaction.publish(ChannelChanged(channel: id))
            }
            try await backToQueue(row, failure, context.job.account)
            throw JobDeferred(by: .seconds(60))
        }
    }

    /// `pausing` is how long the provider asked for quiet in this chat.
    private func backToQueue(
        _ row: OutboundStore.Row, _ failure: OperationFailure, _ account: AccountID, pausing: Duration? = nil
    ) async throws {
        let (id, now) = (row.message.id, time.now())
        let ids = row.externalIDs + failure.sent.filter { !row.externalIDs.contains($0) }
        try await database.write(in: account) { transaction in
            let store = OutboundStore(transaction: transaction)
            if let pausing { try store.pause(row.message.conversation, account: account, until: now.advanced(by: pausing)) }
            try store.set(
                .queued, of: id, account: account, externalIDs: ids, pluginState: failure.resume?.text,
                failureCode: failure.reason.code, countingAttempt: true, at: now)
        }
    }

    private func endWithoutFile(_ row: OutboundStore.Row, hasLeft: Bool, _ context: JobContext) async throws {
        try await end(
            row, hasLeft ? .uncertain : .failed, context, code: "file_gone",
            reason: "The file of this message is no longer there. Attach it again.")
    }

    /// A bot's message that a person overtook: it never leaves.
    private func drop(_ row: OutboundStore.Row, _ context: JobContext) async throws {
        try await end(row, .failed, context, code: "overtaken", reason: "A person took the conversation over.", dropped: true)
    }

    /// `resume` is where another try goes on. `channel` is named where the end is uncertain: its provider may be asked.
    private func end(
        _ row: OutboundStore.Row, _ status: DeliveryStatus, _ context: JobContext, externalIDs fresh: [String] = [],
        code: String? = nil, reason: String? = nil, resume: PluginState? = nil, dropped: Bool = false,
        of channel: OpenChannel? = nil
    ) async throws {
        let (account, now, message, usage) = (context.job.account, time.now(), row.message, usage)
        // After a resumed delivery a plugin may name the earlier parts again.
        let externalIDs = row.externalIDs + fresh.filter { !row.externalIDs.contains($0) }
        let look = ReconcileJob(message: message.id, attempt: row.attempts + 1, round: 0)
        let canLook = channel?.driver.description.capabilities.canReconcile ?? false
        try await context.complete { transaction in
            try OutboundStore(transaction: transaction).set(
                status, of: message.id, account: account, externalIDs: externalIDs, pluginState: resume?.text, failureCode: code,
                countingAttempt: true,
                at: now)
            try transaction.publish(
                MessageDeliveryChanged(
                    message: message.id, conversation: message.conversation, status: status, externalIDs: externalIDs,
                    failureCode: code, failureReason: reason, dropped: dropped, occurredAt: now))
            if status == .sent {
                try usage.record(.messageOut, quantity: 1, cost: nil, source: message.id.description, at: now, in: transaction)
            }
            if canLook, let options = look.options { try transaction.enqueue(look, options) }
            failpoint("send.before_commit")
        }
    }
}
