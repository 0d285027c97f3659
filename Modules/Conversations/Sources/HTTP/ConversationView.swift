import ChannelsInterface
import CRMInterface
import Kernel
import WebSupport

/// What brought a customer, or what they write about. All of it comes from outside.
struct ReferralView: Codable {
    /// `link`, `ad`, `listing`, `product`, `page`, `story` (answered), `story-mention`
    let source: String
    /// What the link carries, or the provider's id of the advertisement, listing, story or product.
    @Nullable var reference: String?
    /// The company's own name for it: the mark in an advertisement or in the address of a page.
    @Nullable var campaign: String?
    @Nullable var title: String?
    @Nullable var url: String?

    init(_ referral: Referral) {
        source = referral.source.rawValue
        (reference, campaign, title, url) = (referral.reference, referral.campaign, referral.title, referral.url)
    }
}

/// A conversation as the API shows it.
struct ConversationView: Codable {
    struct Named: Codable { let id: String, name: String }
    struct Contact: Codable {
        let id: ContactID, name: String
        /// Names `/api/v1/files/{id}`.
        @Nullable var picture: PictureID?
    }
    struct Channel: Codable { let id: ChannelID, kind: String, name: String }
    struct HandOff: Codable { let reason: String, detail: String, at: Instant }
    struct Rating: Codable { let score: Int, comment: String, at: Instant }
    struct LastMessage: Codable {
        let text: String, direction: String, author: String, at: Instant
        let deleted: Bool
        /// As in `MessageView`.
        let kind: String
        @Nullable var service: String?
        /// The kind of the first thing that came with it: a file, a place, a card.
        @Nullable var attachment: String?
    }

    let id: ConversationID
    let contact: Contact
    /// The owner's site vouches for who the customer is.
    let verified: Bool
    let channel: Channel
    let state: String
    let owner: String
    @Nullable var assignee: Named?
    let needsHuman: Bool
    @Nullable var handoff: HandOff?
    let unread: Int
    @Nullable var lastMessage: LastMessage?
    let botTyping: Bool
    /// What the customer gave when it was last closed and they were asked.
    @Nullable var rating: Rating?
    /// What brought the customer last, as far as their messenger tells it.
    @Nullable var referral: ReferralView?
    let createdAt: Instant
    let updatedAt: Instant
}

/// A message as the API shows it.
struct MessageView: Codable {
    struct Author: Codable {
        let type: String
        @Nullable var id: UserID?
        let name: String
    }
    struct Attachment: Codable {
        let id: String, kind: String
        /// Names `/api/v1/files/{id}` once the state is `stored`.
        @Nullable var file: FileID?
        /// `none` for what has no file: a place, a card.
        let state: String
        let name: String?, mime: String?, size: Int64?, note: String?
        /// Where a link or card leads.
        let url: String?
    }
    struct Failure: Codable { let code: String, reason: String }
    /// What keeps a message back: `quiet_hours` or `daily_cap`.
    struct Hold: Codable { let until: Instant, reason: String }
    /// When a message leaves that has not left.
    struct Schedule: Codable { let at: Instant, cancelOnReply: Bool }
    struct Quote: Codable { let entryId: EntryID, version: Int, title: String, quote: String, start: Int, end: Int }

    let id: MessageID
    let conversationId: ConversationID
    let direction: String
    /// `text`, `media`, `note`, `system` or `service`
    let kind: String
    /// Of a service line, which nobody said: `missed-call`, `call`, `notice`, `card`, `arrival`, `pinned`, `auto-delete`, `signed-in`
    @Nullable var service: String?
    let author: Author
    let text: String
    let attachments: [Attachment]
    /// What the message came with.
    @Nullable var referral: ReferralView?
    let status: String
    @Nullable var failure: Failure?
    @Nullable var schedule: Schedule?
    @Nullable var hold: Hold?
    let sentAt: Instant
    let edited: Bool
    let deleted: Bool
    let citations: [Quote]
    @Nullable var cost: Money?
}
