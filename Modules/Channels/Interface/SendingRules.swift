package import Kernel

/// Why a message may not leave yet, and until when.
package struct SendingHold: Hashable, Sendable {
    package enum Reason: String, Codable, Sendable {
        case quietHours = "quiet_hours"
        /// The contact got as many messages of ours as they may in a day.
        case dailyCap = "daily_cap"
    }

    package let reason: Reason
    package let until: Instant

    package init(reason: Reason, until: Instant) { (self.reason, self.until) = (reason, until) }

    /// In words, for people and for callers of the API.
    package var text: String {
        switch reason {
        case .quietHours: "Quiet hours last until \(until)."
        case .dailyCap: "This contact may get no more messages until \(until)."
        }
    }
}

/// Whom a message goes to, and what makes it an answer.
package struct SendingOccasion: Sendable {
    package let contact: ContactID
    package let channel: ChannelID
    /// When the customer last wrote in this conversation.
    package let lastInboundAt: Instant?

    package init(contact: ContactID, channel: ChannelID, lastInboundAt: Instant?) {
        (self.contact, self.channel, self.lastInboundAt) = (contact, channel, lastInboundAt)
    }

    /// So long after the customer's last message everything we say is an answer, and no rule holds an answer. It is the window that
    /// messengers give, too.
    package static let answerWindow = Duration.seconds(86_400)

    package func isAnswer(at moment: Instant) -> Bool {
        guard let lastInboundAt else { return false }
        return moment.duration(since: lastInboundAt) <= Self.answerWindow
    }
}
