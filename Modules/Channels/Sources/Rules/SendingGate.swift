import ChannelsInterface
import Kernel
import Persistence

/// The last look before a message leaves: whether the account's rules let it.
///
/// It is taken in the transaction that marks the message as leaving, so nothing goes around it. Answers are not looked at: they cost
/// nothing here.
struct SendingGate {
    let transaction: any SQLTransaction
    let account: AccountID

    /// Nil when the rules let a message leave at `moment`.
    func hold(_ occasion: SendingOccasion, message: MessageID?, at moment: Instant) throws -> SendingHold? {
        guard !occasion.isAnswer(at: moment) else { return nil }
        let store = RuleStore(transaction: transaction)
        guard let rules = try store.rules(of: occasion.channel, account: account), !rules.isEmpty else { return nil }
        return try rules.hold(at: moment) { day in
            try store.initiated(to: occasion.contact, within: day, except: message, account: account)
        }
    }

    /// Counts a message that leaves now, unless it is an answer.
    func pass(_ message: MessageID, _ occasion: SendingOccasion, at now: Instant) throws {
        guard !occasion.isAnswer(at: now) else { return }
        try RuleStore(transaction: transaction).noteInitiated(message, to: occasion.contact, account: account, at: now)
    }
}
