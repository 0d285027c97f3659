import ChannelsInterface
import Kernel

/// Keeps what brought a customer: with the conversation what is known last, with a message what it told anew.
struct ReferralKeeper {
    let seal: MessageSeal

    enum News {
        /// Nothing that was not known.
        case none
        case told
        /// A listing of which only the number is known: the provider may know what it is called.
        case nameless
    }

    func keep(_ referral: Referral, in conversation: inout ConversationRow) throws -> News {
        guard referral.concernsConversation else { return .told }
        let known = try seal.openReferral(conversation)
        let merged = known?.followed(by: referral) ?? referral
        guard merged != known else { return .none }
        conversation.referral = try seal.referral(merged, of: conversation.id)
        guard merged.source == .listing else { return .told }
        // The listing stands above the whole conversation. On a message it is worth a line when it is another one.
        if merged.title == nil, merged.reference != known?.reference { return .nameless }
        return known == nil || known?.reference == merged.reference ? .none : .told
    }
}
