/// A fact that a module tells the others, past tense: `crm.contact-merged.v1`.
///
/// Payloads hold identifiers and facts. Personal text travels only as sealed fields.
package protocol Event: Codable, Sendable {
    /// Stable and versioned; never reused for another meaning.
    static var name: String { get }
    /// What the event is about within its account. Events of one subject are delivered in the order of their commits.
    var subject: String { get }
}

/// Publishing and reacting to events, inside one process and across the processes of an installation.
package protocol EventBus: Sendable {
    /// Calls `handler` for each event of type `E` at least once, in order within its account and subject.
    ///
    /// `consumer` names the subscription for ever (`conversations.inbound`): its unfinished deliveries survive restarts.
    /// What the handler does inside `Delivery.complete` happens exactly once. A handler that throws is called again later
    /// with a growing delay and finally parked; other subjects and consumers go on meanwhile.
    func subscribe<E: Event>(
        _ consumer: String, to type: E.Type, _ handler: @escaping @Sendable (Delivery<E>) async throws -> Void)

    /// Calls `reaction` within the transaction that publishes an event of type `E`: what it writes is committed with the event or not at
    /// all.
    ///
    /// For a few statements of a module's own that are not worth a delivery. It sees no other module's rows, waits for nothing, and what
    /// it throws undoes the publisher's transaction, which is then tried again like any failed one.
    func react<E: Event>(to type: E.Type, _ reaction: @escaping @Sendable (E, any Transaction) throws -> Void)
}

/// One event handed to one consumer.
package struct Delivery<E: Event>: Sendable {
    package let id: EventID
    package let account: AccountID
    package let occurredAt: Instant
    package let event: E
    /// 1 for the first try.
    package let attempt: Int
    private let commit: @Sendable (@escaping @Sendable (any Transaction) throws -> Void) async throws -> Void

    package init(
        id: EventID, account: AccountID, occurredAt: Instant, event: E, attempt: Int,
        commit: @escaping @Sendable (@escaping @Sendable (any Transaction) throws -> Void) async throws -> Void
    ) {
        (self.id, self.account, self.occurredAt) = (id, account, occurredAt)
        (self.event, self.attempt, self.commit) = (event, attempt, commit)
    }

    /// Runs `effects` and marks the event consumed, in one transaction of the event's account.
    ///
    /// Throws `DeliveryLost` without any effect when another process has taken the delivery over.
    package func complete(_ effects: @escaping @Sendable (any Transaction) throws -> Void) async throws {
        try await commit(effects)
    }
}

/// This process no longer holds the event or job: its lease ran out and another worker has it. Nothing was changed.
package struct DeliveryLost: Error {
    package init() {}
}

/// An open transaction of one account, passed between modules without showing them each other's tables.
package protocol Transaction {
    /// Nil in a system transaction.
    var account: AccountID? { get }

    /// Delivers `event` to its consumers if, and only if, this transaction commits.
    func publish(_ event: some Event) throws

    /// Runs `action` soon after the commit, and never when there is none. For waking live views, not for effects.
    func afterCommit(_ action: @escaping @Sendable () -> Void)
}

/// An event that open browsers are told about. The notice holds identifiers only; whoever may see the thing fetches it.
package protocol LiveNoticeEvent: Event {
    /// The public name: `message.added`.
    var liveName: String { get }
    var liveIdentifiers: [String: String] { get }
}
