import ChannelsInterface
import Foundation
import Kernel
import Persistence
import Vault

enum WebhookDeliverySubject {}
typealias WebhookDeliveryID = Identifier<WebhookDeliverySubject>

/// One event on its way to one endpoint.
struct WebhookDelivery: Sendable {
    enum Status: String, Sendable, CaseIterable { case pending, delivered, failed }

    let account: AccountID
    let id: WebhookDeliveryID
    let endpoint: WebhookID
    let notice: WebhookNotice
    let status: Status
    /// Since it was made or last replayed: what the schedule counts.
    let tries: Int
    /// Ever made.
    let attempts: Int
    let nextAt: Instant?
    let settledAt: Instant?

    /// Somebody who asks for a test looks at what happens; repeating it for days helps nobody.
    var isRepeated: Bool { notice.event != .ping }
    /// The same at every attempt and replay, so that a receiver recognises what it has.
    var publicID: String { "msg_\(id)" }
}

/// One try, as people see it.
struct WebhookAttempt: Sendable {
    /// How much of an answer is kept, in bytes.
    static let answerBytes = 1_024

    let delivery: WebhookDeliveryID
    let number: Int
    /// Whose data was sent: what was answered may repeat it and is sealed under the same key.
    let person: ContactID?
    let at: Instant
    /// In milliseconds.
    let duration: Int64
    /// The HTTP status; nil when there was no answer.
    let code: Int?
    /// Why there was none.
    let failure: WebhookFailure?
    let answer: [UInt8]?

    /// Where the answer is sealed.
    static func context(_ delivery: WebhookDeliveryID, _ number: Int, _ account: AccountID) -> SealContext {
        SealContext(
            table: "channels_webhook_attempt", column: "answer", row: delivery.bytes + Array("\(number)".utf8), account: account)
    }
}

/// Why a try brought no answer.
enum WebhookFailure: String, Sendable {
    case timeout, unresolved, unreachable, tls, broken
    /// The address is not one of the public internet, or not https.
    case blocked
    /// What it would tell is longer than 256 KB.
    case tooLarge = "too_large"
}
