import ConversationsInterface
import Kernel
import Vault

/// What stands unanswered in a conversation, as one question.
struct OpenQuestion: Sendable {
    /// The messages of the burst, each on a line; empty when they are pictures and the like.
    let text: String
    /// The last of them: the reply's id follows from it.
    let trigger: MessageID
    let lines: [TranscriptLine]
    /// What was said before, oldest first.
    let history: [TranscriptLine]

    /// Nil when nothing stands open, or nothing recent enough.
    ///
    /// A reply answers the messages up to the one its id was made from, not those that came while it was being written.
    init?(_ transcript: [TranscriptLine], at now: Instant) {
        let replies = Set(transcript.lazy.filter { $0.author == .bot }.map(\.id))
        let known = transcript.lazy.filter { $0.author == .customer && replies.contains(ReplyIdentity.reply(to: $0.id)) }
        // That a person will answer is no answer: the question stays open.
        let explained = Set(
            known.map { ReplyIdentity.reply(to: $0.id) }
                + transcript.lazy.filter { $0.author == .customer }.map { ReplyIdentity.farewell(to: $0.id) })
        var start = transcript.startIndex
        for (index, line) in transcript.enumerated() {
            switch line.author {
            case .user: start = index + 1
            case .bot: if !explained.contains(line.id) { start = index + 1 }
            case .customer: if replies.contains(ReplyIdentity.reply(to: line.id)) { start = index + 1 }
            case .system: break
            }
        }
        let open = transcript[start...].filter { $0.author == .customer }
        let recent = open.filter { now.duration(since: $0.at) <= TurnIntake.answerable }
        guard let last = recent.last else { return nil }
        (lines, trigger) = (recent.filter { !$0.text.trimmingSpaces.isEmpty }, last.id)
        text = lines.map(\.text.trimmingSpaces).joined(separator: "\n")
        let ids = Set(recent.map(\.id))
        history = transcript.filter { !ids.contains($0.id) && $0.author != .system }
    }
}

/// The ids of what the bot says to a message: the same however often the turn is repeated, so that it is said once.
enum ReplyIdentity {
    static func reply(to trigger: MessageID) -> MessageID { derive("bot.reply", trigger) }

    /// Of the line that a person will answer.
    static func farewell(to trigger: MessageID) -> MessageID { derive("bot.farewell", trigger) }

    private static func derive(_ purpose: String, _ trigger: MessageID) -> MessageID {
        let hash = Digest.sha256(Array(purpose.utf8) + trigger.bytes)
        guard let derived = MessageID(bytes: Array(hash.prefix(16))) else { return trigger }
        let low = derived.low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        guard trigger.high >> 12 & 0xF == 7 else {
            return MessageID(high: derived.high & ~0xF000 | 0x8000, low: low)
        }
        // A millisecond after its message, so that lists in the order of ids keep them together.
        let stamp = (trigger.high >> 16) &+ 1
        return MessageID(high: stamp << 16 | 0x7000 | derived.high & 0xFFF, low: low)
    }
}
